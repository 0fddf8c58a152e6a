// Decodes lz4: any number of frames and skippable frames, by liblz4.
#pragma once

#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& Lz4Library();

// Call this only if the library is not missing.
std::unique_ptr<UnitCodec> MakeLz4Codec();

}  // namespace mpicount
