#include "parts.h"

#include <set>
#include <string>
#include <utility>

namespace mpicount {

Parts::Parts(FoldedPatterns patterns) : patterns_(std::move(patterns)) {
  for (uint32_t i = 0, part = 0; i < patterns_.size(); ++i) {
    if (patterns_[i].size() > 1) {
      Add(i, 1);
      ++part;
      continue;
    }
    // SIMD compares alternatives of one length at many offsets in one step.
    const CharVariants& element = *patterns_[i].front();
    std::set<size_t> lengths;
    for (const std::string& bytes : element) lengths.insert(bytes.size());
    Add(i, lengths.size());
    for (const size_t length : lengths) alternatives_.emplace(part++, OfLength(element, length));
  }
}

void Parts::Add(uint32_t pattern, size_t parts) {
  if (parts > 1 && patterns_of_.empty()) {
    for (uint32_t before = 0; before < pattern; ++before) patterns_of_.push_back(before);
  }
  for (size_t i = 0; i < parts && (parts > 1 || !patterns_of_.empty()); ++i)
    patterns_of_.push_back(pattern);
}

size_t Parts::MaxLengthOf(size_t part) const {
  size_t length = 0;
  for (const CharVariants* element : ElementsOf(part)) length += LongestOf(*element);
  return length;
}

}  // namespace mpicount
