// Counts the occurrences of patterns, and, if there is a record unit, the records that contain
// them.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "../match/patterns.h"
#include "kernel.h"

namespace mpicount {

// The unit of records. If it is the file, each range must be a whole file.
enum class RecordUnit { kNone, kLine, kFile };

// A row has the number of occurrences of each pattern. With a record unit, the number of records
// that contain each pattern follows, and then the number of all records.
class OccurrenceKernel : public Kernel {
 public:
  OccurrenceKernel(std::unique_ptr<const PatternSet> patterns, RecordUnit unit)
      : patterns_(std::move(patterns)), unit_(unit) {}

  size_t width() const override;
  Reach reach() const override;
  bool reports_format() const override { return true; }
  std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const override;

 private:
  const std::unique_ptr<const PatternSet> patterns_;
  const RecordUnit unit_;
};

}  // namespace mpicount
