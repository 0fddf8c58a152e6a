#include "word.h"

#include <algorithm>
#include <utility>

namespace mpicount {
namespace {

struct Character {
  uint32_t code_point = 0;
  size_t length = 0;  // 0: no well-formed character starts here
};

bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// The non-ASCII character at `text`, by table 3-7 of the Unicode standard (well-formed UTF-8 byte
// sequences).
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
  // Overlong forms, surrogates and what lies beyond the last code point.
  if (length == 3 && (code_point < 0x800 || (code_point >= 0xD800 && code_point <= 0xDFFF)))
    return {};
  if (length == 4 && (code_point < 0x10000 || code_point > 0x10FFFF)) return {};
  return {code_point, length};
}

}  // namespace

WordCharacters::WordCharacters(std::vector<uint32_t> ranges) : ranges_(std::move(ranges)) {
  for (uint32_t byte = 0; byte < 128; ++byte) ascii_[byte] = Contains(byte);
}

bool WordCharacters::Contains(uint32_t code_point) const {
  // The first range that does not end before code_point.
  size_t low = 0;
  size_t high = ranges_.size() / 2;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (ranges_[2 * middle + 1] < code_point) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < ranges_.size() / 2 && ranges_[2 * low] <= code_point;
}

bool WordCharacters::OwnsByte(const uint8_t* text, size_t size, size_t at) const {
  if (text[at] < 0x80) return ascii_[text[at]];
  for (size_t back = 0; back <= 3 && back <= at; ++back) {
    const size_t lead = at - back;
    if (IsContinuation(text[lead])) continue;
    if (text[lead] < 0x80) return false;
    const Character character = Decode(text + lead, size - lead);
    return character.length > back && Contains(character.code_point);
  }
  return false;
}

}  // namespace mpicount
