#include "patterns.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mpicount {
namespace {

// A list of short patterns would find candidates nearly everywhere, so these are searched for one
// by one. Patterns of a single byte have a fixed length, so each of them can be.
constexpr size_t kMaxPairs = 16;

bool OneByOne(uint32_t key_bytes, size_t parts) {
  return parts == 1 || key_bytes == 1 || (key_bytes == 2 && parts <= kMaxPairs);
}

FoldedPatterns LoadPatterns(Image& image) {
  FoldedPatterns patterns;
  patterns.Pass(image);
  return patterns;
}

}  // namespace

PatternSet::PatternSet(FoldedPatterns patterns, PatternOptions options)
    : parts_(std::move(patterns)), options_(std::move(options)) {
  std::array<std::vector<uint32_t>, MultiPatternSearch::kMaxKeyBytes + 1> by_key_bytes;
  for (uint32_t part = 0; part < parts_.size(); ++part) {
    max_length_ = std::max(max_length_, parts_.MaxLengthOf(part));
    by_key_bytes[MultiPatternSearch::KeyBytes(parts_.ElementsOf(part))].push_back(part);
  }
  for (uint32_t bytes = 1; bytes < by_key_bytes.size(); ++bytes) {
    if (!by_key_bytes[bytes].empty()) AddSearches(by_key_bytes[bytes], bytes);
  }
}

PatternSet::PatternSet(Image& image, PatternOptions options)
    : parts_(LoadPatterns(image)), options_(std::move(options)) {
  image.Value(max_length_);
  std::vector<uint32_t> literals;
  image.Copy(literals);
  image.ForEach(0, [&](size_t) { multi_searches_.emplace_back(parts_, options_.caseless, image); });
  if (image.failed()) return;
  for (const uint32_t part : literals)
    literals_.push_back({part, *LiteralSearch::For(parts_.ElementsOf(part))});
}

void PatternSet::Store(Image& image) {
  std::vector<uint32_t> literals;
  for (const Literal& literal : literals_) literals.push_back(static_cast<uint32_t>(literal.part));
  parts_.folded().Pass(image);
  image.Value(max_length_);
  image.Copy(literals);
  image.ForEach(multi_searches_.size(), [&](size_t i) { multi_searches_[i].Store(parts_, image); });
}

void PatternSet::AddSearches(const std::vector<uint32_t>& parts, uint32_t key_bytes) {
  const bool one_by_one = OneByOne(key_bytes, parts.size());
  std::vector<uint32_t> others;
  for (const uint32_t part : parts) {
    std::optional<LiteralSearch> search;
    if (one_by_one) search = LiteralSearch::For(parts_.ElementsOf(part));
    if (search) {
      literals_.push_back({part, std::move(*search)});
    } else {
      others.push_back(part);
    }
  }
  if (!others.empty()) multi_searches_.emplace_back(parts_, others, key_bytes, options_.caseless);
}

}  // namespace mpicount
