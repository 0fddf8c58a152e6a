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

namespace mpicount {

// What all blocks of a count share.
struct CountContext {
  CountContext(VariantTable variants, std::vector<FoldedPattern> folded, PatternOptions options)
      : patterns(std::move(variants), std::move(folded), std::move(options)) {}

  const PatternSet patterns;
  BufferPool buffers;
  std::atomic<bool> cancelled{false};  // counting ends early
};

struct FileRange {
  int fd;
  uint64_t file_size;
  uint64_t begin;  // the range is [begin, end) of the file, not empty
  uint64_t end;
  uint64_t window;  // bytes to scan at a time; small enough for the cache of a core
  uint64_t chunk;   // bytes to read at a time; 0: map the file if possible
  bool drop;        // drop the range from the page cache afterwards
  bool stream;      // read `fd` as a stream to its end instead; the range is all of it
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
