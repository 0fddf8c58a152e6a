#include "literal.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mpicount {
namespace {

constexpr size_t kMaxChoices = 64;  // to choose from
constexpr size_t kSample = 4096;    // bytes of the text to choose by

// Returns the longest sequence [first, last) of elements with alternatives of equal length, by
// bytes.
std::pair<size_t, size_t> LongestFixed(const FoldedPattern& pattern) {
  std::pair<size_t, size_t> best{0, 0};
  size_t max_bytes = 0;
  for (size_t first = 0; first < pattern.size(); ++first) {
    size_t last = first;
    size_t bytes = 0;
    for (; last < pattern.size() && IsFixed(*pattern[last]); ++last)
      bytes += (*pattern[last])[0].size();
    if (bytes > max_bytes) {
      max_bytes = bytes;
      best = {first, last};
    }
    first = std::max(first, last);
  }
  return best;
}

// The best test has one byte as its `other`, and the remaining bytes have many bits in common.
ByteTest TestFor(std::ptrdiff_t distance, const std::string& bytes) {
  Masked best = MaskFor(bytes);
  auto other = static_cast<uint8_t>(bytes[0]);
  for (size_t i = 0; bytes.size() > 1 && i < bytes.size(); ++i) {
    const Masked rest = MaskFor(std::string(bytes).erase(i, 1));
    if (rest.bytes + 1 >= best.bytes) continue;
    best = rest;
    other = static_cast<uint8_t>(bytes[i]);
  }
  return {distance, best.mask, best.value, other};
}

}  // namespace

std::optional<LiteralSearch> LiteralSearch::For(const FoldedPattern& pattern) {
  const auto [first, last] = LongestFixed(pattern);
  if (first == last) return std::nullopt;
  LiteralSearch search(pattern, first);
  bool tests_are_exact = true;
  for (size_t i = first; i < last; ++i) {
    const CharVariants& element = *pattern[i];
    size_t combinations = 1;
    for (size_t offset = 0; offset < element[0].size(); ++offset) {
      const std::string bytes = BytesAt(element, static_cast<std::ptrdiff_t>(offset));
      combinations *= MaskFor(bytes).bytes;
      search.tests_.push_back(TestFor(static_cast<std::ptrdiff_t>(search.length_), bytes));
      ++search.length_;
    }
    tests_are_exact = tests_are_exact && combinations == element.size();
  }
  search.begins_ = first == 0;
  search.ends_ = last == pattern.size();
  search.is_short_ =
      tests_are_exact && search.length_ <= kMaxTests && search.begins_ && search.ends_;
  if (search.tests_.size() > kMaxChoices) search.tests_.resize(kMaxChoices);
  if (!search.begins_) search.tests_.push_back(TestFor(-1, BytesAt(*pattern[first - 1], -1)));
  if (!search.ends_) {
    const auto end = static_cast<std::ptrdiff_t>(search.length_);
    search.tests_.push_back(TestFor(end, BytesAt(*pattern[last], 0)));
  }
  return search;
}

uint64_t LiteralSearch::CountShort(const uint8_t* text, size_t offsets) const {
  return CountMatches(text, offsets, tests_.data(), length_);
}

uint64_t LiteralSearch::MarkShort(const uint8_t* text, size_t offsets, uint64_t* bits) const {
  return MarkMatches(text, offsets, tests_.data(), length_, bits);
}

Marked LiteralSearch::MarkShortAndNewlines(const uint8_t* text, size_t offsets, uint64_t* bits,
                                           uint64_t* newlines) const {
  return MarkMatchesAndNewlines(text, offsets, tests_.data(), length_, bits, newlines);
}

bool LiteralSearch::CanOverlapItself() const {
  for (size_t shift = 1; shift < length_; ++shift) {
    bool fits = true;
    for (size_t i = 0; i + shift < length_; ++i) {
      const uint8_t both = tests_[i].mask & tests_[i + shift].mask;
      fits = fits && (tests_[i].value & both) == (tests_[i + shift].value & both);
    }
    if (fits) return true;
  }
  return false;
}

LiteralSearch::RareBytes LiteralSearch::ChooseRareBytes(const uint8_t* text, size_t size) const {
  uint32_t frequency[256] = {};
  for (size_t at = 0; at < std::min(size, kSample); ++at) ++frequency[text[at]];
  const auto passes = [&frequency](const ByteTest& test) {
    uint64_t sum = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (test.Fits(static_cast<uint8_t>(byte))) sum += frequency[byte];
    }
    return sum;
  };
  std::vector<std::pair<uint64_t, size_t>> order;
  for (size_t i = 0; i < tests_.size(); ++i) order.emplace_back(passes(tests_[i]), i);
  std::sort(order.begin(), order.end());
  RareBytes best;
  for (size_t i = 0; i < best.size(); ++i) {
    best[i] = tests_[order[std::min(i, order.size() - 1)].second];
  }
  std::partition(best.begin(), best.end(), [](const ByteTest& test) { return test.has_other(); });
  return best;
}

}  // namespace mpicount
