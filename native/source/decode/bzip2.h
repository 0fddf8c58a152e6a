// Decodes bzip2: any number of blocks in any number of streams, by libbz2.
#pragma once

#include <cstdint>
#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& Bzip2Library();

// Decodes from the start on, where a stream or a block begins; at 0, a stream does. Call this only
// if the library is not missing.
std::unique_ptr<UnitCodec> MakeBzip2Codec(const DecodeStart& start);

}  // namespace mpicount
