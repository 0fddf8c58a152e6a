// Compiled patterns in memory that the ranks of a host share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "../match/patterns.h"

namespace mpicount {

struct CompiledPatterns {
  std::unique_ptr<PatternSet> patterns;
  std::vector<uint32_t>
      indices;  // for each given pattern its index among them; empty if all differ
};

// The reference by which other processes of the host find compiled patterns.
struct SharedPatterns {
  int process;
  int descriptor;  // in that process, which has to keep it open until all have loaded the patterns
  uint64_t size;
  uint64_t key;  // other memory does not have it; exact as a number of JavaScript
};

// Moves patterns to memory that can be shared. Returns nothing if that is not possible; they may
// then be lost, and are null.
std::optional<SharedPatterns> Share(CompiledPatterns& compiled, const PatternOptions& options);

// Loads patterns that another process has shared. Returns nothing if that is not possible.
std::optional<CompiledPatterns> LoadShared(const SharedPatterns& shared,
                                           const PatternOptions& options);

}  // namespace mpicount
