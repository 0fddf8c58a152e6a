// Makes elements of patterns for the programs beside it.
#pragma once

#include <map>
#include <utility>

#include "match/char_variants.h"

// Elements with the same alternatives are one element, as those that PatternFolder makes.
class Elements {
 public:
  explicit Elements(mpicount::VariantTable& table) : table_(table) {}

  const mpicount::CharVariants* Of(mpicount::CharVariants alternatives) {
    const auto [element, is_new] = known_.try_emplace(alternatives, nullptr);
    if (is_new) element->second = table_.Add(std::move(alternatives));
    return element->second;
  }

 private:
  mpicount::VariantTable& table_;
  std::map<mpicount::CharVariants, const mpicount::CharVariants*> known_;
};
