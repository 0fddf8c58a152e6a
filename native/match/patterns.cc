#include "patterns.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mpicount {
namespace {

// A list of short patterns would find candidates nearly everywhere, so these are searched for one
// by one. Patterns of a single byte have a fixed length, so each of them can be.
constexpr size_t kMaxPairs = 16;

bool OneByOne(uint32_t key_bytes, size_t parts) {
  return parts == 1 || key_bytes == 1 || (key_bytes == 2 && parts <= kMaxPairs);
}

}  // namespace

PatternSet::PatternSet(FoldedPatterns patterns, PatternOptions options)
    : patterns_(std::move(patterns)), options_(std::move(options)) {
  parts_.reserve(patterns_.size());
  for (size_t i = 0; i < patterns_.size(); ++i) AddParts(i, patterns_[i]);
  std::array<std::vector<size_t>, MultiPatternSearch::kMaxKeyBytes + 1> by_key_bytes;
  for (size_t part = 0; part < parts_.size(); ++part) {
    max_length_ = std::max(max_length_, parts_[part].max_length);
    by_key_bytes[MultiPatternSearch::KeyBytes(parts_[part].elements)].push_back(part);
  }
  for (uint32_t bytes = 1; bytes < by_key_bytes.size(); ++bytes) {
    if (!by_key_bytes[bytes].empty()) AddSearches(by_key_bytes[bytes], bytes);
  }
}

void PatternSet::AddParts(size_t pattern, const FoldedPattern& elements) {
  if (elements.size() > 1) {
    size_t longest = 0;
    for (const CharVariants* element : elements) longest += LongestOf(*element);
    parts_.push_back({pattern, elements, longest});
    return;
  }
  // SIMD compares alternatives of one length at many offsets in one step.
  const CharVariants& element = *elements[0];
  std::set<size_t> lengths;
  for (const std::string& bytes : element) lengths.insert(bytes.size());
  for (const size_t length : lengths) {
    alternatives_.push_back(OfLength(element, length));
    parts_.push_back({pattern, FoldedPattern(alternatives_.back()), length});
  }
}

void PatternSet::AddSearches(const std::vector<size_t>& parts, uint32_t key_bytes) {
  const bool one_by_one = OneByOne(key_bytes, parts.size());
  std::vector<MultiPatternSearch::Member> others;
  for (const size_t part : parts) {
    std::optional<LiteralSearch> search;
    if (one_by_one) search = LiteralSearch::For(parts_[part].elements);
    if (search) {
      literals_.push_back({part, std::move(*search)});
    } else {
      others.push_back({part, &parts_[part].elements});
    }
  }
  if (!others.empty()) multi_searches_.emplace_back(others, key_bytes, options_.caseless);
}

}  // namespace mpicount
