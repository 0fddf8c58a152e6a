// Decodes gzip: any number of members, BGZF included, by zlib.
#pragma once

#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& GzipLibrary();

// Call this only if the library is not missing.
std::unique_ptr<UnitCodec> MakeGzipCodec();

}  // namespace mpicount
