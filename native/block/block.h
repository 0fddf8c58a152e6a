// Counting one block of a file.
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
  CountContext(VariantTable units, std::vector<FoldedPattern> folded, PatternOptions options)
      : patterns(std::move(units), std::move(folded), std::move(options)) {}

  const PatternSet patterns;
  BufferPool buffers;
  std::atomic<bool> cancelled{false};  // counting ends early
};

struct Block {
  int fd;
  uint64_t file_size;
  uint64_t begin;  // the block is [begin, end) of the file, not empty
  uint64_t end;
  uint64_t window;  // bytes to scan at a time: small enough for a core's cache
  uint64_t chunk;   // bytes to read at a time; 0: map the file, if possible
  bool drop;        // leave nothing of the block in the page cache
  bool stream;      // read what `fd` has left instead, to its end: all of it is the block
};

struct BlockResult {
  std::vector<uint64_t> counts;  // one a pattern
  uint64_t read_nanoseconds = 0;
  uint64_t scan_nanoseconds = 0;
  uint64_t text_size = 0;  // of the file or stream, in bytes
  std::map<Finding, uint64_t> findings;
  std::optional<ReadError> read_error;
  std::string failure;  // not empty: cancelled, or something happened that must not
};

// Counts by the seam rule (runs.h). Blocking; any number of threads may call it at a time.
BlockResult CountBlock(CountContext& context, const Block& block);

}  // namespace mpicount
