// Decodes xz: any number of streams and the zeros between them, by liblzma.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "stored_file.h"
#include "unit_decoder.h"

namespace mpicount {

const LibraryFacts& XzLibrary();

// Decodes from `begin` on, where a unit begins. In a file, units are the blocks that it lists at
// the end of each stream, unless it has too many streams. Without `file`, and in such a file, they
// are the streams. Returns null if the file cannot be read, or if it is damaged there, which
// `fault` then says. Call both functions only if the library is not missing.
std::unique_ptr<UnitCodec> MakeXzCodec(const DecodeLimits& limits, uint64_t begin,
                                       std::shared_ptr<StoredFile> file, std::string& fault);

// Returns where the first block begins at or after the offset, or the size of the file if none
// does; nothing if units are streams, and in the cases in which MakeXzCodec() returns null.
std::optional<uint64_t> FindXzBlock(std::shared_ptr<StoredFile> file, uint64_t offset,
                                    std::string& fault);

}  // namespace mpicount
