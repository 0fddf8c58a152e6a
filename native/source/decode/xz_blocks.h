// Decodes the blocks of an xz file, each of which can be decoded alone.
#pragma once

#include <memory>

#include "unit_decoder.h"
#include "xz_index.h"

namespace mpicount {

// Decodes from `begin` on, where a unit of the index begins.
std::unique_ptr<UnitCodec> MakeXzBlockCodec(const DecodeLimits& limits,
                                            std::unique_ptr<XzIndex> index, uint64_t begin);

// Says what a result of liblzma means; `memory` is how much was needed.
UnitStep JudgeXz(int result, uint64_t memory, const DecodeLimits& limits);

}  // namespace mpicount
