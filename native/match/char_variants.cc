#include "char_variants.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

#include "steps.h"

namespace mpicount {

size_t ShortestOf(const CharVariants& element) {
  size_t shortest = element[0].size();
  for (const std::string& bytes : element) shortest = std::min(shortest, bytes.size());
  return shortest;
}

size_t LongestOf(const CharVariants& element) {
  size_t longest = 0;
  for (const std::string& bytes : element) longest = std::max(longest, bytes.size());
  return longest;
}

bool IsFixed(const CharVariants& element) {
  return std::all_of(element.begin(), element.end(),
                     [&](const std::string& bytes) { return bytes.size() == element[0].size(); });
}

CharVariants OfLength(const CharVariants& element, size_t length) {
  CharVariants some;
  std::copy_if(element.begin(), element.end(), std::back_inserter(some),
               [length](const std::string& bytes) { return bytes.size() == length; });
  return some;
}

const uint8_t* MatchForward(const CharVariants& element, const uint8_t* at, const uint8_t* end) {
  CountStep();
  for (const std::string& bytes : element) {
    if (static_cast<size_t>(end - at) >= bytes.size() &&
        std::memcmp(at, bytes.data(), bytes.size()) == 0)
      return at + bytes.size();
  }
  return nullptr;
}

const uint8_t* MatchBackward(const CharVariants& element, const uint8_t* begin, const uint8_t* at) {
  CountStep();
  for (const std::string& bytes : element) {
    if (static_cast<size_t>(at - begin) >= bytes.size() &&
        std::memcmp(at - bytes.size(), bytes.data(), bytes.size()) == 0)
      return at - bytes.size();
  }
  return nullptr;
}

Masked MaskFor(const std::string& bytes) {
  uint8_t different = 0;
  for (const char byte : bytes) different |= static_cast<uint8_t>(byte ^ bytes[0]);
  const auto mask = static_cast<uint8_t>(~different);
  return {mask, static_cast<uint8_t>(bytes[0] & mask), size_t{1} << std::popcount(different)};
}

std::string BytesAt(const CharVariants& element, std::ptrdiff_t offset) {
  std::string bytes;
  for (const std::string& alternative : element) {
    const size_t at = offset < 0 ? alternative.size() - 1 : static_cast<size_t>(offset);
    bytes += alternative[at];
  }
  return bytes;
}

}  // namespace mpicount
