#include "prefixes.h"

#include <algorithm>

namespace mpicount {
namespace {

bool AreSame(const std::string& one, const std::string& other, uint8_t fold) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [fold](char a, char b) {
    return ((static_cast<uint8_t>(a) ^ static_cast<uint8_t>(b)) & ~fold) == 0;
  });
}

// Adds the prefixes that continue `prefix` with pattern[element...].
void Add(const FoldedPattern& pattern, size_t element, const Prefix& prefix, uint32_t max_bytes,
         uint8_t fold, std::vector<Prefix>& prefixes) {
  if (element == pattern.size() || prefix.bytes == max_bytes) {
    prefixes.push_back(prefix);
    prefixes.back().is_whole = element == pattern.size();
    return;
  }
  const CharVariants& alternatives = *pattern[element];
  for (auto alternative = alternatives.begin(); alternative != alternatives.end(); ++alternative) {
    const auto is_same = [&](const std::string& other) {
      return AreSame(*alternative, other, fold);
    };
    if (std::any_of(alternatives.begin(), alternative, is_same)) continue;
    Prefix longer = prefix;
    const size_t taken = std::min<size_t>(alternative->size(), max_bytes - prefix.bytes);
    for (size_t i = 0; i < taken; ++i, ++longer.bytes) {
      longer.value |= uint64_t{static_cast<uint8_t>((*alternative)[i])} << 8 * longer.bytes;
    }
    if (taken < alternative->size()) {
      prefixes.push_back(longer);
    } else {
      Add(pattern, element + 1, longer, max_bytes, fold, prefixes);
    }
  }
}

// Returns whether all bytes are ASCII letters; no other byte becomes one when the case bit is set.
bool AreLetters(const Prefix& prefix) {
  for (uint32_t i = 0; i < prefix.bytes; ++i) {
    const uint64_t byte = prefix.value >> 8 * i & 0xFF;
    if (byte < 'a' || byte > 'z') return false;
  }
  return true;
}

}  // namespace

std::vector<Prefix> PrefixesOf(const FoldedPattern& pattern, size_t from, uint32_t max_bytes,
                               uint64_t fold) {
  std::vector<Prefix> prefixes;
  Add(pattern, from, {}, max_bytes, static_cast<uint8_t>(fold), prefixes);
  for (Prefix& prefix : prefixes) {
    prefix.value |= FirstOf(fold, prefix.bytes);
    prefix.is_whole = prefix.is_whole && (fold == 0 || AreLetters(prefix));
  }
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

}  // namespace mpicount
