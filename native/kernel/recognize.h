// Recognizes by the first bytes of a text that it is compressed or not UTF-8, so that counting its
// bytes is probably not what was meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mpicount {

// The facts about a text that are reported, numbered as in src/scan/findings.ts.
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
  // Counts of occurrences: those beside a non-ASCII character, and those beside an invalid byte
  // that passed the word rule.
  kBesideCharacter,
  kBesideOther,
  // The number of lines that are left out, since they are not valid.
  kInvalidLines,
  // The number of lines that do not name their group.
  kWithoutGroup,
};

// The number of first bytes that Recognize() and IsJsonLines() read.
constexpr uint64_t kMagicSize = 16;
constexpr uint64_t kJsonSize = 64 * 1024;

std::optional<Finding> Recognize(const uint8_t* text, size_t size);

// Returns whether the text begins as JSON Lines do.
bool MayBeJsonLines(const uint8_t* text, size_t size);

// Returns whether the first line looks like a JSON object, by its two ends, and the second line
// begins with one.
bool IsJsonLines(const uint8_t* text, size_t size);

}  // namespace mpicount
