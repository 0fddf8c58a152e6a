// The patterns of a count, and the search for each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "folded_patterns.h"
#include "image.h"
#include "literal.h"
#include "multi_pattern_search.h"
#include "parts.h"
#include "word.h"

namespace mpicount {

struct PatternOptions {
  bool caseless;  // elements of a letter have both cases
  bool overlapping;
  std::optional<WordCharacters> word;
};

class PatternSet {
 public:
  // Takes some 50 ms for 10,000 patterns.
  PatternSet(FoldedPatterns patterns, PatternOptions options);
  // Loads a set that was stored. It must not be used if Image::failed().
  PatternSet(Image& image, PatternOptions options);
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;

  // Measures or stores it. An object that was stored must not be used.
  void Store(Image& image);

  size_t size() const { return parts_.patterns(); }
  size_t max_length() const { return max_length_; }

  const Parts& parts() const { return parts_; }

  bool overlapping() const { return options_.overlapping; }
  const WordCharacters* word() const { return options_.word ? &*options_.word : nullptr; }

  // Each part is found by exactly one of these.
  struct Literal {
    size_t part;
    LiteralSearch search;
  };
  const std::vector<Literal>& literals() const { return literals_; }
  const std::vector<MultiPatternSearch>& multi_searches() const { return multi_searches_; }

 private:
  // Adds the searches for parts with the given KeyBytes().
  void AddSearches(const std::vector<uint32_t>& parts, uint32_t key_bytes);

  Parts parts_;
  size_t max_length_ = 0;
  PatternOptions options_;
  std::vector<Literal> literals_;
  std::vector<MultiPatternSearch> multi_searches_;
};

}  // namespace mpicount
