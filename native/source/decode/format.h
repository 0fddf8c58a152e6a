// The formats of files that are decoded.
#pragma once

#include <cstdint>
#include <string>

namespace mpicount {

// Numbered as in src/corpus/file-format.ts.
enum class Format : uint8_t {
  kPlain,
  kGzip,
  kZstd,
  kXz,
  kBzip2,
  kLz4,
  kUtf16,
  kEncoding,       // plain text in the encoding that the user names
  kUnknown = 255,  // to be told by the first bytes; as unknownFormat in src/scan/kernel.ts
};

// Returns whether a file in this format consists of units. Text in an encoding is divided only if
// it can be decoded from any byte on, so that a unit begins with every byte.
constexpr bool HasUnits(Format format) {
  return format != Format::kPlain && format != Format::kUtf16 && format != Format::kUnknown;
}

// The library that serves a format on this host.
struct LibraryFacts {
  std::string version;
  std::string file;     // the file that the functions were loaded from
  std::string missing;  // not empty: why there is no library; continues "FILE: "
  // The file of a second library, which decodes some units; empty without it.
  std::string helper = {};
};

// Looks for the library of a format that needs one.
const LibraryFacts& LibraryOf(Format format);

}  // namespace mpicount
