#include "pattern_folder.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "../text/utf8.h"
#include "utf8.h"

namespace mpicount {
namespace {

std::string Utf8Of(uint32_t code_point) {
  std::string bytes(kLongestUtf8, '\0');
  bytes.resize(WriteUtf8(code_point, reinterpret_cast<uint8_t*>(bytes.data())));
  return bytes;
}

uint64_t HashOfElements(const FoldedPattern& pattern) {
  // The multiplier of MurmurHash64A, and a fold of the high bits, in which the differences gather.
  uint64_t hash = pattern.size();
  for (const CharVariants* element : pattern) {
    hash = (hash ^ reinterpret_cast<uintptr_t>(element)) * 0xC6A4A7935BD1E995;
    hash ^= hash >> 47;
  }
  return hash;
}

// A hash table with open addressing of the indices of patterns, with 32 bits of the hash of each,
// so that few patterns have to be compared.
class PatternIndex {
 public:
  explicit PatternIndex(size_t size)
      : mask_((size_t{1} << (std::bit_width(size) + 1)) - 1), slots_(mask_ + 1) {}

  // Returns the index of the same pattern, or else makes `index` that of this one and returns it.
  uint32_t Add(const FoldedPattern& pattern, uint32_t index,
               const std::vector<FoldedPattern>& known) {
    const uint64_t hash = HashOfElements(pattern);
    const auto check = static_cast<uint32_t>(hash >> 32);
    size_t at = hash & mask_;
    for (; slots_[at].next != 0; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.check == check && known[slot.next - 1] == pattern) return slot.next - 1;
    }
    slots_[at] = {check, index + 1};
    return index;
  }

 private:
  struct Slot {
    uint32_t check;
    uint32_t next;  // the index after that of the pattern; 0 if the slot is free
  };

  size_t mask_;
  std::vector<Slot> slots_;
};

}  // namespace

PatternFolder::PatternFolder(VariantTable& variants, const std::vector<uint32_t>* classes)
    : variants_(variants), classes_(classes) {
  if (classes == nullptr) return;
  for (size_t at = 0; at < classes->size(); at += 1 + (*classes)[at]) {
    for (size_t i = 1; i <= (*classes)[at]; ++i) class_of_.emplace((*classes)[at + i], at);
  }
}

void PatternFolder::Fold(const uint8_t* at, const uint8_t* end, FoldedPattern& folded) {
  folded.clear();
  while (at < end) {
    if (classes_ == nullptr) {
      folded.push_back(OfByte(*at++));
    } else if (*at < 0x80) {
      const CharVariants*& element = of_ascii_[*at];
      if (element == nullptr) element = OfCharacter(*at);
      folded.push_back(element);
      ++at;
    } else if (const Character character = Decode(at, static_cast<size_t>(end - at));
               character.length > 0) {
      folded.push_back(OfCharacter(character.code_point));
      at += character.length;
    } else {
      folded.push_back(OfByte(*at++));
    }
  }
}

const CharVariants* PatternFolder::OfByte(uint8_t byte) {
  const CharVariants*& element = of_byte_[byte];
  if (element == nullptr) element = variants_.Add({std::string(1, static_cast<char>(byte))});
  return element;
}

const CharVariants* PatternFolder::OfCharacter(uint32_t code_point) {
  const auto known = of_character_.find(code_point);
  if (known != of_character_.end()) return known->second;
  const auto found = class_of_.find(code_point);
  if (found == class_of_.end()) {
    const CharVariants* element = variants_.Add({Utf8Of(code_point)});
    of_character_.emplace(code_point, element);
    return element;
  }
  const uint32_t* members = classes_->data() + found->second;
  CharVariants alternatives;
  for (size_t i = 1; i <= members[0]; ++i) alternatives.push_back(Utf8Of(members[i]));
  const CharVariants* element = variants_.Add(std::move(alternatives));
  for (size_t i = 1; i <= members[0]; ++i) of_character_.emplace(members[i], element);
  return element;
}

DistinctPatterns FoldAll(const ByteStrings& patterns, PatternFolder& folder) {
  DistinctPatterns distinct;
  distinct.patterns.reserve(patterns.size);
  PatternIndex known(patterns.size);
  FoldedPattern folded;
  for (size_t i = 0; i < patterns.size; ++i) {
    folder.Fold(patterns.begin(i), patterns.end(i), folded);
    const auto next = static_cast<uint32_t>(distinct.patterns.size());
    const uint32_t index = known.Add(folded, next, distinct.patterns);
    if (index == next) {
      distinct.patterns.push_back(folded);
    } else if (distinct.indices.empty()) {
      distinct.indices.reserve(patterns.size);
      for (uint32_t before = 0; before < i; ++before) distinct.indices.push_back(before);
    }
    if (next < i || index < next) distinct.indices.push_back(index);
  }
  return distinct;
}

}  // namespace mpicount
