// Classifies single bytes of JSON, for the parsers of lines.
#pragma once

#include <array>
#include <cstdint>

#include "../match/vector.h"

namespace mpicount {

// Returns a bit for each byte that ends a stretch of plain bytes in a string: a quote, a backslash,
// or a control character, such as the newline after the line.
inline uint64_t EndsOf(Vector bytes) {
  return BitsOf((bytes == Fill('"')) | (bytes == Fill('\\')) | (bytes < Fill(' ')));
}

inline bool IsJsonSpace(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

inline bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

// The value of each byte as a hexadecimal digit, or kNoDigit.
constexpr uint8_t kNoDigit = 16;
constexpr std::array<uint8_t, 256> kHexDigits = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t value = 0; value < 10; ++value) values['0' + value] = value;
  for (uint8_t value = 10; value < 16; ++value) {
    values['A' + value - 10] = values['a' + value - 10] = value;
  }
  return values;
}();

inline uint32_t HexOf(uint8_t byte) { return kHexDigits[byte]; }

// Returns the byte that an escape of one letter stands for, or 0.
inline uint8_t SimpleEscape(uint8_t letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

}  // namespace mpicount
