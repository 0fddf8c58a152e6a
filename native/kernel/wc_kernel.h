// Counts lines, words, characters and bytes, in this order, by the seam rule in wc.h.
#pragma once

#include <memory>
#include <utility>

#include "kernel.h"
#include "wc.h"

namespace mpicount {

class WcKernel : public Kernel {
 public:
  explicit WcKernel(WcClasses classes) : classes_(std::move(classes)) {}

  size_t width() const override { return 4; }
  Reach reach() const override;
  bool reports_format() const override { return false; }
  std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const override;

 private:
  const WcClasses classes_;
};

}  // namespace mpicount
