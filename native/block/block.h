// Counts the occurrences of all patterns in a range of a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../kernel/recognize.h"
#include "../match/patterns.h"
#include "../source/buffer_pool.h"
#include "../source/source.h"
#include "file_range.h"

namespace mpicount {

// What all blocks of a count share.
struct CountContext {
  CountContext(VariantTable variants, std::vector<FoldedPattern> folded, PatternOptions options)
      : patterns(std::move(variants), std::move(folded), std::move(options)) {}

  const PatternSet patterns;
  BufferPool buffers;
  std::atomic<bool> cancelled{false};  // counting ends early
};

struct RangeResult {
  std::vector<uint64_t> counts;  // one for each pattern
  uint64_t read_nanoseconds = 0;
  uint64_t scan_nanoseconds = 0;
  uint64_t text_size = 0;  // size of the file or stream in bytes
  std::map<Finding, uint64_t> findings;
  std::optional<ReadError> read_error;
  std::string failure;  // not empty: the count was cancelled or met a bug
};

// Counts by the seam rule (kernel/runs.h). Blocks the calling thread; any number of threads may
// call it concurrently.
RangeResult CountFileRange(CountContext& context, const FileRange& range);

}  // namespace mpicount
