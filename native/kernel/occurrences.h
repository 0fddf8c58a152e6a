// Counts the occurrences of patterns by the seam rule (runs.h): a counter for each pattern.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "../match/patterns.h"
#include "kernel.h"

namespace mpicount {

class OccurrenceKernel : public Kernel {
 public:
  OccurrenceKernel(VariantTable variants, std::vector<FoldedPattern> folded, PatternOptions options)
      : patterns_(std::move(variants), std::move(folded), std::move(options)) {}

  size_t width() const override { return patterns_.size(); }
  Reach reach() const override;
  bool reports_format() const override { return true; }
  std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const override;

 private:
  const PatternSet patterns_;
};

}  // namespace mpicount
