// The parts of patterns. A part is the unit of counting: a pattern, or those of its alternatives of
// which none touches another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"

namespace mpicount {

class Parts {
 public:
  explicit Parts(FoldedPatterns patterns);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // The number of parts, and of patterns.
  size_t size() const { return patterns_of_.empty() ? patterns_.size() : patterns_of_.size(); }
  size_t patterns() const { return patterns_.size(); }

  // Returns the pattern of a part. The parts of a pattern are next to each other.
  size_t PatternOf(size_t part) const { return patterns_of_.empty() ? part : patterns_of_[part]; }

  // Returns a view of the elements of a part, valid as long as this object.
  FoldedPattern ElementsOf(size_t part) const {
    const size_t pattern = PatternOf(part);
    if (patterns_[pattern].size() > 1) return patterns_[pattern];
    return FoldedPattern(alternatives_.at(static_cast<uint32_t>(part)));
  }

  // Returns the folded patterns; the second function is for storing them.
  const FoldedPatterns& folded() const { return patterns_; }
  FoldedPatterns& folded() { return patterns_; }

  // Returns the length of the longest occurrence of a part.
  size_t MaxLengthOf(size_t part) const;

 private:
  // Adds the parts of the next pattern.
  void Add(uint32_t pattern, size_t parts);

  FoldedPatterns patterns_;
  // By part; empty if each pattern has one.
  std::vector<uint32_t> patterns_of_;
  // By part, those of the patterns with one element.
  std::unordered_map<uint32_t, CharVariants> alternatives_;
};

}  // namespace mpicount
