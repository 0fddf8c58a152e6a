// Finding one pattern without Vectorscan, whose call for each match is what a common word costs:
// three of the pattern's bytes are compared with many places of the text at once, and what is left
// is looked at in full. The three are those that are rarest in the text itself. The algorithm is
// the "packed pair" of the memchr library for Rust
// (https://docs.rs/memchr/latest/memchr/arch/all/packedpair/), with bits of the bytes masked out to
// ignore case.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "places.h"

namespace mpicount {

// What may stand at a place of a pattern: byte strings, none of which begins or ends another.
using Unit = std::vector<std::string>;

class LiteralSearch {
 public:
  // Tests by which places are found that are then looked at in full.
  using Anchors = SomeTests;

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
  void ForEach(const uint8_t* text, size_t size, const Anchors& anchors, const Found& found) const;

 private:
  // Whether the first bytes of the fragment stand at `at`.
  bool HeadFits(const uint8_t* at) const {
    uint64_t bytes[2];
    std::memcpy(bytes, at, sizeof bytes);
    return (((bytes[0] & head_mask_[0]) ^ head_value_[0]) |
            ((bytes[1] & head_mask_[1]) ^ head_value_[1])) == 0;
  }
  bool FragmentFits(const uint8_t* at, const uint8_t* end) const;
  const uint8_t* StartBefore(const uint8_t* begin, const uint8_t* at) const;
  const uint8_t* EndAfter(const uint8_t* at, const uint8_t* end) const;

  template <typename Found>
  void Try(const uint8_t* text, size_t size, size_t place, const Found& found) const {
    const uint8_t* at = text + place;
    if (size - place >= kHead) {
      if (!HeadFits(at)) return;
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
  size_t length_ = 0;  // of the fragment
  // What may stand at the fragment's bytes, and right before and after it.
  std::vector<ByteTest> tests_;
  // The same for its first bytes, to be compared at once.
  static constexpr size_t kHead = 16;
  uint64_t head_mask_[2] = {};
  uint64_t head_value_[2] = {};
  bool head_tells_all_ = false;
  bool is_short_ = false;
  size_t max_length_ = 0;
};

template <typename Found>
void LiteralSearch::ForEach(const uint8_t* text, size_t size, const Anchors& anchors,
                            const Found& found) const {
  const size_t after = after_.empty() ? 0 : 1;
  if (size < length_ + after) return;
  // The fragment may begin in [at, end).
  size_t at = before_.empty() ? 0 : 1;
  const size_t end = size - length_ - after + 1;
  for (;;) {
    uint64_t bits;
    at = FindPlaces(text, at, end, anchors, bits);
    if (bits == 0) break;
    for (; bits != 0; bits &= bits - 1) {
      Try(text, size, at + static_cast<size_t>(std::countr_zero(bits)), found);
    }
    at += kPlacesAtOnce;
  }
  for (; at < end; ++at) {
    const uint8_t* place = text + at;
    const auto fits = [place](const ByteTest& test) { return test.Fits(place[test.distance]); };
    if (std::all_of(anchors.begin(), anchors.end(), fits)) Try(text, size, at, found);
  }
}

}  // namespace mpicount
