// Counts the lines, words, characters and bytes of a range of a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "../kernel/wc.h"
#include "../source/buffer_pool.h"
#include "file_range.h"

namespace mpicount {

// What all blocks of a count share.
struct WcContext {
  explicit WcContext(WcClasses of_characters) : classes(std::move(of_characters)) {}

  const WcClasses classes;
  BufferPool buffers;
  std::atomic<bool> cancelled{false};  // counting ends early
};

struct WcResult {
  WcCounts counts;
  uint64_t bytes = 0;
  uint64_t read_nanoseconds = 0;
  uint64_t scan_nanoseconds = 0;
  std::optional<ReadError> read_error;
  std::string failure;  // not empty: the count was cancelled
};

// Counts by the seam rule (kernel/wc.h). Blocks the calling thread; any number of threads may call
// it concurrently.
WcResult CountWc(WcContext& context, const FileRange& range);

}  // namespace mpicount
