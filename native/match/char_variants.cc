#include "char_variants.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>

#include "steps.h"

namespace mpicount {

FoldedPattern VariantTable::Decode(const uint8_t* at, const uint8_t* end) {
  FoldedPattern units;
  while (at < end) {
    const uint8_t* const start = at;
    CharVariants unit;
    for (uint8_t left = *at++; left > 0; --left) {
      const uint8_t length = *at++;
      unit.emplace_back(at, at + length);
      at += length;
    }
    units.push_back(&decoded_.try_emplace(std::string(start, at), std::move(unit)).first->second);
  }
  return units;
}

size_t ShortestOf(const CharVariants& unit) {
  size_t shortest = unit[0].size();
  for (const std::string& bytes : unit) shortest = std::min(shortest, bytes.size());
  return shortest;
}

size_t LongestOf(const CharVariants& unit) {
  size_t longest = 0;
  for (const std::string& bytes : unit) longest = std::max(longest, bytes.size());
  return longest;
}

bool IsFixed(const CharVariants& unit) {
  return std::all_of(unit.begin(), unit.end(),
                     [&](const std::string& bytes) { return bytes.size() == unit[0].size(); });
}

CharVariants OfLength(const CharVariants& unit, size_t length) {
  CharVariants some;
  std::copy_if(unit.begin(), unit.end(), std::back_inserter(some),
               [length](const std::string& bytes) { return bytes.size() == length; });
  return some;
}

const uint8_t* MatchForward(const CharVariants& unit, const uint8_t* at, const uint8_t* end) {
  CountStep();
  for (const std::string& bytes : unit) {
    if (static_cast<size_t>(end - at) >= bytes.size() &&
        std::memcmp(at, bytes.data(), bytes.size()) == 0)
      return at + bytes.size();
  }
  return nullptr;
}

const uint8_t* MatchBackward(const CharVariants& unit, const uint8_t* begin, const uint8_t* at) {
  CountStep();
  for (const std::string& bytes : unit) {
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

std::string BytesAt(const CharVariants& unit, std::ptrdiff_t place) {
  std::string bytes;
  for (const std::string& alternative : unit) {
    const size_t at = place < 0 ? alternative.size() - 1 : static_cast<size_t>(place);
    bytes += alternative[at];
  }
  return bytes;
}

}  // namespace mpicount
