// Finds many patterns: those of a large list by their grams, the others by their prefixes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "folded_patterns.h"
#include "gram_search.h"
#include "image.h"
#include "linear_search.h"
#include "parts.h"
#include "prefix_search.h"
#include "text_folding.h"

namespace mpicount {

class MultiPatternSearch {
 public:
  static constexpr uint32_t kMaxKeyBytes = PrefixSearch::kMaxKeyBytes;
  static uint32_t KeyBytes(const FoldedPattern& pattern) { return PrefixSearch::KeyBytes(pattern); }

  // Finds some of the parts, which must outlive it. `key_bytes` is KeyBytes() of all of these, 2 or
  // more. With `caseless`, ASCII letters match in both cases; without it, each element has one
  // alternative.
  MultiPatternSearch(const Parts& parts, const std::vector<uint32_t>& some, uint32_t key_bytes,
                     bool caseless);

  // Loads a search that was stored. `parts` must be those with which it was stored.
  MultiPatternSearch(const Parts& parts, bool caseless, Image& image);

  // An object that was stored must not be used.
  void Store(const Parts& parts, Image& image);

  // Calls found(part, start, end) for each occurrence in the text: those of one pattern in order,
  // overlapping ones included. The same occurrence may be reported twice. Any number of threads may
  // call it concurrently.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, const Found& found) const;

 private:
  // The search with one lookup, and the one that takes over from it.
  struct ByGrams {
    std::unique_ptr<GramSearch> search;
    std::unique_ptr<LinearSearch> linear;
  };

  void AddByPrefixes(const Parts& parts, const std::vector<uint32_t>& some, uint32_t key_bytes,
                     bool caseless);
  // Adds a search, and the one that takes over from it.
  void AddSearch(const Parts& parts, std::unique_ptr<GramSearch> search);

  // Adds the few that are found faster by their prefixes to the others.
  void AddByGrams(const Parts& parts, const std::vector<uint32_t>& some,
                  std::vector<uint32_t>& others);

  std::optional<TextFolding> folding_;  // if case is ignored and there are grams
  std::vector<ByGrams> by_grams_;
  std::optional<PrefixSearch> by_prefixes_;
};

template <typename Found>
void MultiPatternSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
  if (by_prefixes_) by_prefixes_->ForEach(text, size, found);
  if (by_grams_.empty()) return;
  std::optional<FoldedText> folded;
  if (folding_) folded = folding_->Fold(text, size);
  const auto before = [&](size_t offset) { return folded ? folded->OffsetBefore(offset) : offset; };
  const uint8_t* const searched = folded ? folded->bytes() : text;
  const size_t searched_size = folded ? folded->size() : size;
  for (const auto& [search, linear] : by_grams_) {
    const size_t reached = search->ForEach(
        searched, searched_size,
        [&](size_t part, size_t start, size_t end) { found(part, before(start), before(end)); });
    if (reached < searched_size) linear->ForEach(text, size, before(reached), found);
  }
}

}  // namespace mpicount
