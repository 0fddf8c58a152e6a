#include "utf8.h"

namespace mpicount {

Character Decode(const uint8_t* text, size_t size) {
  const uint8_t lead = text[0];
  size_t length = 0;
  uint32_t code_point = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    code_point = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    code_point = lead & 0x0Fu;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    code_point = lead & 0x07u;
  }
  if (length == 0 || length > size) return {};
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {};
    code_point = code_point << 6 | (text[i] & 0x3Fu);
  }
  // Overlong forms, surrogates, and values beyond the last code point are not well-formed.
  if (length == 3 && (code_point < 0x800 || (code_point >= 0xD800 && code_point <= 0xDFFF)))
    return {};
  if (length == 4 && (code_point < 0x10000 || code_point > 0x10FFFF)) return {};
  return {code_point, length};
}

}  // namespace mpicount
