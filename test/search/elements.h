// Makes patterns of elements for the programs beside it.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "match/folded_patterns.h"

// Elements with the same alternatives are one element, as those that PatternFolder makes.
class Elements {
 public:
  explicit Elements(mpicount::FoldedPatterns& patterns) : patterns_(patterns) {}

  // Returns the number of an element.
  uint32_t Of(mpicount::CharVariants alternatives) {
    const auto [element, is_new] = known_.try_emplace(alternatives, 0);
    if (is_new) element->second = patterns_.AddElement(std::move(alternatives));
    return element->second;
  }

 private:
  mpicount::FoldedPatterns& patterns_;
  std::map<mpicount::CharVariants, uint32_t> known_;
};
