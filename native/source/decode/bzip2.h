// Decodes bzip2: any number of streams, by libbz2.
#pragma once

#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& Bzip2Library();

// Call this only if the library is not missing.
std::unique_ptr<UnitCodec> MakeBzip2Codec();

}  // namespace mpicount
