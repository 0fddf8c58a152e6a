// Finding one pattern without Vectorscan, whose call for each match is what a common word costs:
// two of the pattern's bytes are compared with 16 places of the text at once, and what is left is
// looked at in full. The two bytes are those that are rarest in the text itself. The algorithm is
// the "packed pair" of the memchr library for Rust
// (https://docs.rs/memchr/latest/memchr/arch/all/packedpair/), with bits of the bytes masked out to
// ignore case.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vector.h"

namespace mpicount {

// What may stand at a place of a pattern: byte strings, none of which begins or ends another.
using Unit = std::vector<std::string>;

class LiteralSearch {
 public:
  // Bytes that may stand at a distance from a place in the pattern: those that are `value` once
  // masked, and `other`.
  struct Anchor {
    std::ptrdiff_t distance;
    uint8_t mask;
    uint8_t value;
    uint8_t other;
    bool Fits(uint8_t byte) const { return (byte & mask) == value || byte == other; }
    bool has_other() const { return (other & mask) != value; }
  };
  using Anchors = std::array<Anchor, 2>;

  // Nothing for a pattern in which no unit has alternatives of one length: it has no fragment to
  // look for.
  static std::optional<LiteralSearch> For(std::vector<Unit> units);

  size_t max_length() const { return max_length_; }

  // For a pattern of few bytes, which is often a common one: how many places of the text
  // [0, places) it stands at, seen without looking at each. It has a length.
  bool is_short() const { return is_short_; }
  size_t length() const { return length_; }
  uint64_t CountShort(const uint8_t* text, size_t places) const;

  // Whether occurrences of a short pattern may overlap each other.
  bool CanOverlapItself() const;

  // The anchors that are found least often by mistake in text like this.
  Anchors Choose(const uint8_t* text, size_t size) const;

  // Calls found(start, end) for each occurrence that lies in the text, in order, overlapping ones
  // too.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const Anchors& anchors, const Found& found) const {
    if (anchors[0].has_other() || anchors[1].has_other()) {
      Find<true>(text, size, anchors, found);
    } else {
      Find<false>(text, size, anchors, found);
    }
  }

 private:
  template <size_t kLength>
  uint64_t CountAll(const uint8_t* text, size_t places) const;
  template <bool kOthers, typename Found>
  void Find(const uint8_t* text, size_t size, const Anchors& anchors, const Found& found) const;

  // Whether the rest of the fragment stands at `at`, of which the head does.
  bool FragmentFits(const uint8_t* at, const uint8_t* end) const;
  const uint8_t* StartBefore(const uint8_t* begin, const uint8_t* at) const;
  const uint8_t* EndAfter(const uint8_t* at, const uint8_t* end) const;

  template <typename Found>
  void Try(const uint8_t* text, size_t size, size_t place, const Found& found) const {
    const uint8_t* at = text + place;
    if (size - place >= sizeof(Vector)) {
      if (Any((LoadVector(at) & head_mask_) != head_value_)) return;
      if (!head_tells_all_ && !FragmentFits(at, text + size)) return;
    } else if (!FragmentFits(at, text + size)) {
      return;
    }
    const uint8_t* start = before_.empty() ? at : StartBefore(text, at);
    const uint8_t* end = at + length_;
    if (!after_.empty() && start != nullptr) end = EndAfter(end, text + size);
    if (start == nullptr || end == nullptr) return;
    found(static_cast<size_t>(start - text), static_cast<size_t>(end - text));
  }

  // The fragment are units in a row whose alternatives are of one length each; the others stand
  // before and after it.
  std::vector<Unit> before_;
  std::vector<Unit> fragment_;
  std::vector<Unit> after_;
  size_t length_ = 0;            // of the fragment
  std::vector<Anchor> anchors_;  // by distance from the fragment's start
  // The first bytes of the fragment, for all of them to be compared at once.
  Vector head_mask_{};
  Vector head_value_{};
  bool head_tells_all_ = false;
  bool is_short_ = false;
  size_t max_length_ = 0;
};

template <bool kOthers, typename Found>
void LiteralSearch::Find(const uint8_t* text, size_t size, const Anchors& anchors,
                         const Found& found) const {
  constexpr size_t kStep = sizeof(Vector);
  constexpr size_t kStride = 4 * kStep;
  const size_t after = after_.empty() ? 0 : 1;
  if (size < length_ + after) return;
  // The fragment may begin in [at, end).
  size_t at = before_.empty() ? 0 : 1;
  const size_t end = size - length_ - after + 1;
  const auto [one, other] = anchors;
  const auto fits = [](const Anchor& anchor, const uint8_t* place) {
    const Vector bytes = LoadVector(place + anchor.distance);
    auto fit = (bytes & FillVector(anchor.mask)) == FillVector(anchor.value);
    if constexpr (kOthers) fit |= bytes == FillVector(anchor.other);
    return fit;
  };
  const auto candidates = [&](size_t place) {
    return fits(one, text + place) & fits(other, text + place);
  };
  for (; at + kStride <= end; at += kStride) {
    const auto a = candidates(at), b = candidates(at + kStep);
    const auto c = candidates(at + 2 * kStep), d = candidates(at + 3 * kStep);
    if (!Any(a | b | c | d)) continue;
    uint64_t bits = BitsOf(a) | BitsOf(b) << 16 | BitsOf(c) << 32 | BitsOf(d) << 48;
    for (; bits != 0; bits &= bits - 1) {
      Try(text, size, at + static_cast<size_t>(std::countr_zero(bits)), found);
    }
  }
  for (; at < end; ++at) {
    if (one.Fits(text[at + one.distance]) && other.Fits(text[at + other.distance])) {
      Try(text, size, at, found);
    }
  }
}

}  // namespace mpicount
