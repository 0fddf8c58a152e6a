#include "prefixes.h"

#include <algorithm>

namespace mpicount {
namespace {

bool AreSame(const std::string& one, const std::string& other, uint8_t fold) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [fold](char a, char b) {
    return ((static_cast<uint8_t>(a) ^ static_cast<uint8_t>(b)) & ~fold) == 0;
  });
}

// Adds those that go on from `head` with units[unit...].
void Add(const FoldedPattern& units, size_t unit, const Prefix& head, uint32_t most, uint8_t fold,
         std::vector<Prefix>& prefixes) {
  if (unit == units.size() || head.bytes == most) {
    prefixes.push_back(head);
    prefixes.back().is_whole = unit == units.size();
    return;
  }
  const CharVariants& alternatives = *units[unit];
  for (auto alternative = alternatives.begin(); alternative != alternatives.end(); ++alternative) {
    const auto is_same = [&](const std::string& other) {
      return AreSame(*alternative, other, fold);
    };
    if (std::any_of(alternatives.begin(), alternative, is_same)) continue;
    Prefix longer = head;
    const size_t taken = std::min<size_t>(alternative->size(), most - head.bytes);
    for (size_t i = 0; i < taken; ++i, ++longer.bytes) {
      longer.value |= uint64_t{static_cast<uint8_t>((*alternative)[i])} << 8 * longer.bytes;
    }
    if (taken < alternative->size()) {
      prefixes.push_back(longer);
    } else {
      Add(units, unit + 1, longer, most, fold, prefixes);
    }
  }
}

// Whether all bytes are letters of ASCII, which no other bytes become by setting the bit in which
// their cases differ.
bool AreLetters(const Prefix& head) {
  for (uint32_t i = 0; i < head.bytes; ++i) {
    const uint64_t byte = head.value >> 8 * i & 0xFF;
    if (byte < 'a' || byte > 'z') return false;
  }
  return true;
}

}  // namespace

std::vector<Prefix> PrefixesOf(const FoldedPattern& units, size_t from, uint32_t most,
                               uint64_t fold) {
  std::vector<Prefix> prefixes;
  Add(units, from, {}, most, static_cast<uint8_t>(fold), prefixes);
  for (Prefix& head : prefixes) {
    head.value |= FirstOf(fold, head.bytes);
    head.is_whole = head.is_whole && (fold == 0 || AreLetters(head));
  }
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

}  // namespace mpicount
