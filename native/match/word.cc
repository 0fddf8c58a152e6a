#include "word.h"

#include <algorithm>
#include <utility>

#include "utf8.h"

namespace mpicount {
namespace {

// Returns the character that contains the non-ASCII byte text[at].
Character CharacterWith(const uint8_t* text, size_t size, size_t at) {
  for (size_t back = 0; back <= 3 && back <= at; ++back) {
    const size_t lead = at - back;
    if (IsContinuation(text[lead])) continue;
    if (text[lead] < 0x80) return {};
    const Character character = Decode(text + lead, size - lead);
    return character.length > back ? character : Character{};
  }
  return {};
}

}  // namespace

WordCharacters::WordCharacters(std::vector<uint32_t> ranges) : ranges_(std::move(ranges)) {
  for (uint32_t byte = 0; byte < 128; ++byte) ascii_[byte] = Contains(byte);
}

bool WordCharacters::Contains(uint32_t code_point) const {
  // Finds the first range that does not end before code_point.
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

WordCharacters::Kind WordCharacters::KindOfLong(const uint8_t* text, size_t size, size_t at) const {
  const Character character = CharacterWith(text, size, at);
  if (character.length == 0) return Kind::kInvalid;
  return Contains(character.code_point) ? Kind::kWord : Kind::kOther;
}

}  // namespace mpicount
