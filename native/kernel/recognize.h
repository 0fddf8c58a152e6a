// Telling from a text's first bytes that it is not what it would be counted as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mpicount {

// What can be found of a text, numbered as in src/corpus/findings.ts.
enum class Finding : uint32_t {
  kGzip,
  kZstd,
  kXz,
  kBzip2,
  kLz4,
  kZip,
  k7z,
  kUtf16,
  kUtf32,
  kJsonLines,
  // Occurrences beside a character outside of ASCII, and those beside a byte of no character that
  // passed the word rule.
  kBesideCharacter,
  kBesideOther,
};

// The first bytes that Recognize() looks at; of what may be JSON lines, the first bytes that
// IsJsonLines() does.
constexpr uint64_t kMagicSize = 16;
constexpr uint64_t kJsonSize = 64 * 1024;

std::optional<Finding> Recognize(const uint8_t* text, size_t size);

// Whether the text begins as JSON objects in lines do.
bool MayBeJsonLines(const uint8_t* text, size_t size);

// Whether the first line is an object, as far as its two ends tell, and the second begins with one.
bool IsJsonLines(const uint8_t* text, size_t size);

}  // namespace mpicount
