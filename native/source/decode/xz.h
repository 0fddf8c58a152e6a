// Decodes xz: any number of streams and the zeros between them, by liblzma.
#pragma once

#include <memory>

#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& XzLibrary();

// Call this only if the library is not missing.
std::unique_ptr<UnitCodec> MakeXzCodec(const DecodeLimits& limits);

}  // namespace mpicount
