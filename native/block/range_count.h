// Runs a kernel over one range of a file, window by window.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "../source/stopwatch.h"
#include "block.h"

namespace mpicount {

class RangeCount {
 public:
  // `start` says where the first decoding unit of the range begins, in a file that is decoded by
  // units; otherwise it is not used.
  RangeCount(CountContext& context, const FileRange& range, uint64_t start, ScratchBuffer& buffer);

  // Counts in the range and adds the counters to the sums, unless the result says that it failed.
  RangeResult Run(const CountSums& sums);

  // Returns whether a unit was decoded to its end, with its checks.
  bool has_whole_unit() const { return has_whole_unit_; }

 private:
  // Scans the range, its overhang, and as much after it as the kernel needs.
  void ScanRange();

  // Scans the text before the range that the kernel needs, from its end to its beginning.
  void ScanBefore();

  // Tells apart from reading what decoding took.
  void AddDecoding(const Source& source);

  // Opens the source. Returns null and sets an error in the result if it cannot be decoded.
  std::unique_ptr<Source> Open(uint64_t begin, uint64_t likely_end);

  // Scans a window with the new part [seen, next), or less if the range or a stream ends earlier.
  // Returns the end of the new part, or nothing and sets an error in the result.
  std::optional<uint64_t> ScanWindow(Source& source, uint64_t seen, uint64_t next,
                                     bool is_before = false);

  // Counts what is left when all windows were scanned, and adds the counters to the sums.
  void Finish(const CountSums& sums);

  // Sets an error in the result if the kernel has found a fault.
  void CheckFault();

  // Learns the end of the range, if the source has come to know it.
  void LearnEnd(const Source& source);

  // Returns the end of what belongs to the new part of the windows of the range.
  uint64_t last() const { return end_ == kUnknownEnd ? kUnknownEnd : end_ + reach_.overhang; }

  CountContext& context_;
  const FileRange& range_;
  uint64_t start_;
  ScratchBuffer& buffer_;
  const Reach reach_;
  // The range in the text, which begins with the first unit if the file is decoded.
  uint64_t begin_;
  uint64_t end_;
  const std::unique_ptr<RangeCounter> counter_;
  RangeResult result_;
  bool has_whole_unit_ = false;
  Stopwatch watch_;
};

}  // namespace mpicount
