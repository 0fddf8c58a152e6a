// Decodes zstd: any number of frames and skippable frames, by libzstd.
#pragma once

#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& ZstdLibrary();

// Call this only if the library is not missing.
std::unique_ptr<UnitCodec> MakeZstdCodec(const DecodeLimits& limits);

}  // namespace mpicount
