// Runs a kernel over ranges of files, window by window.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../kernel/kernel.h"
#include "../source/buffer_pool.h"
#include "../source/source.h"
#include "file_range.h"

namespace mpicount {

// What all blocks of a count share.
struct CountContext {
  explicit CountContext(std::unique_ptr<const Kernel> of_count) : kernel(std::move(of_count)) {}

  const std::unique_ptr<const Kernel> kernel;
  BufferPool buffers;
  std::atomic<bool> cancelled{false};  // counting ends early
};

// The units of a range: the first one begins at `start`, and the first one after the range at
// `end`, which is the size of the file if there is none. Offsets are those of stored bytes.
struct UnitLink {
  uint64_t start;
  uint64_t end;
  StreamSums sums = {};  // of the units
};

// The link of a range in which no unit was found, and of one that cannot be decoded from where a
// unit was thought to begin.
constexpr UnitLink kNoUnit{UINT64_MAX, UINT64_MAX};
constexpr UnitLink kUndecodable{UINT64_MAX - 1, UINT64_MAX - 1};

// A line that is left out: its offset in the text that is decoded from the unit at `start` on, or
// in the file.
struct InvalidLine {
  uint64_t start;
  uint64_t offset;
};

struct RangeResult {
  FindingCounts findings;
  std::vector<InvalidLine> invalid_lines;  // the first ones
  uint64_t read_nanoseconds = 0;
  uint64_t decode_nanoseconds = 0;
  uint64_t scan_nanoseconds = 0;
  uint64_t stored_size = 0;      // of the file or stream, in bytes
  uint64_t text_size = 0;        // of the text of the range, in bytes
  std::optional<UnitLink> link;  // of a range of a file that is decoded by units
  std::optional<ReadError> read_error;
  std::string failure;  // not empty: the count was cancelled or met a bug

  bool failed() const { return read_error || !failure.empty(); }
  // Returns whether the bytes were read but could not be decoded, or their text could not be
  // counted, which may be so since they were decoded from a wrong guess.
  bool is_undecodable() const { return read_error && !read_error->fault.empty(); }
};

// The sums to which the counters of a range are added.
struct CountSums {
  uint64_t* row;        // of Kernel::width() counters
  GroupCounts* groups;  // null if the kernel has none
};

// Counts in a range and adds the counters to the sums, unless the result says that it failed.
// Blocks the calling thread; any number of threads may call it concurrently.
RangeResult CountFileRange(CountContext& context, const FileRange& range, const CountSums& sums);

}  // namespace mpicount
