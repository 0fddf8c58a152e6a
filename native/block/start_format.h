// The format of a file by its first bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../source/decode/format.h"

namespace mpicount {

struct StartFormat {
  Format format;     // kUnknown: one that is not decoded
  const char* name;  // as in src/corpus/file-format.ts; empty for plain text
};

// Tells the format of a file that begins with these bytes; kMagicSize of them are enough.
StartFormat FormatOfStart(const uint8_t* bytes, size_t size);

}  // namespace mpicount
