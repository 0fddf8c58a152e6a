// Searches a range of a file for the place at which its first decoding unit may begin.
#pragma once

#include <cstdint>
#include <optional>

#include "block.h"

namespace mpicount {

struct UnitFound {
  std::optional<uint64_t> start;  // in the file; nothing: no unit begins in the range
  bool is_sure = false;           // the file lists its units, so that the start is no guess
  std::optional<ReadError> read_error;
  bool cancelled = false;
};

// Searches in [from, end of the range). Unless it is sure, the place found is a guess, which
// decoding has to confirm.
UnitFound FindUnitIn(const CountContext& context, const FileRange& range, uint64_t from,
                     ScratchBuffer& buffer);

}  // namespace mpicount
