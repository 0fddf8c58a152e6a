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

uint64_t HashOfNumbers(const std::vector<uint32_t>& numbers) {
  // The multiplier of MurmurHash64A, and a fold of the high bits, in which the differences gather.
  uint64_t hash = numbers.size();
  for (const uint32_t number : numbers) {
    hash = (hash ^ number) * 0xC6A4A7935BD1E995;
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

  // Returns the index of the pattern with these elements, or else makes `index` that of this one
  // and returns it.
  uint32_t Add(const std::vector<uint32_t>& numbers, uint32_t index, const FoldedPatterns& known) {
    const uint64_t hash = HashOfNumbers(numbers);
    const auto check = static_cast<uint32_t>(hash >> 32);
    size_t at = hash & mask_;
    for (; slots_[at].next != 0; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.check == check && known.IsAt(slot.next - 1, numbers)) return slot.next - 1;
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

PatternFolder::PatternFolder(FoldedPatterns& patterns, const std::vector<uint32_t>* classes)
    : patterns_(patterns), classes_(classes) {
  if (classes == nullptr) {
    patterns.AddBytes();
    for (uint32_t byte = 0; byte < of_byte_.size(); ++byte) of_byte_[byte] = byte;
    return;
  }
  of_byte_.fill(kUnknown);
  of_ascii_.fill(kUnknown);
  for (size_t at = 0; at < classes->size(); at += 1 + (*classes)[at]) {
    for (size_t i = 1; i <= (*classes)[at]; ++i) class_of_.emplace((*classes)[at + i], at);
  }
}

void PatternFolder::Fold(const uint8_t* at, const uint8_t* end, std::vector<uint32_t>& numbers) {
  numbers.clear();
  while (at < end) {
    if (classes_ == nullptr) {
      numbers.push_back(OfByte(*at++));
    } else if (*at < 0x80) {
      numbers.push_back(OfAscii(*at++));
    } else if (const Character character = Decode(at, static_cast<size_t>(end - at));
               character.length > 0) {
      numbers.push_back(OfCharacter(character.code_point));
      at += character.length;
    } else {
      numbers.push_back(OfByte(*at++));
    }
  }
}

uint32_t PatternFolder::OfByte(uint8_t byte) {
  uint32_t& number = of_byte_[byte];
  if (number == kUnknown) number = patterns_.AddElement({std::string(1, static_cast<char>(byte))});
  return number;
}

uint32_t PatternFolder::OfAscii(uint8_t byte) {
  uint32_t& number = of_ascii_[byte];
  if (number == kUnknown) number = OfCharacter(byte);
  return number;
}

uint32_t PatternFolder::OfCharacter(uint32_t code_point) {
  const auto known = of_character_.find(code_point);
  if (known != of_character_.end()) return known->second;
  const auto found = class_of_.find(code_point);
  if (found == class_of_.end()) {
    const uint32_t number = patterns_.AddElement({Utf8Of(code_point)});
    of_character_.emplace(code_point, number);
    return number;
  }
  const uint32_t* members = classes_->data() + found->second;
  CharVariants alternatives;
  for (size_t i = 1; i <= members[0]; ++i) alternatives.push_back(Utf8Of(members[i]));
  const uint32_t number = patterns_.AddElement(std::move(alternatives));
  for (size_t i = 1; i <= members[0]; ++i) of_character_.emplace(members[i], number);
  return number;
}

DistinctPatterns FoldAll(const ByteStrings& patterns, const std::vector<uint32_t>* classes) {
  DistinctPatterns distinct;
  if (patterns.size > 0) distinct.patterns.Reserve(patterns.size, patterns.ends[patterns.size - 1]);
  PatternFolder folder(distinct.patterns, classes);
  PatternIndex known(patterns.size);
  std::vector<uint32_t> numbers;
  for (size_t i = 0; i < patterns.size; ++i) {
    folder.Fold(patterns.begin(i), patterns.end(i), numbers);
    const auto next = static_cast<uint32_t>(distinct.patterns.size());
    const uint32_t index = known.Add(numbers, next, distinct.patterns);
    if (index == next) {
      distinct.patterns.Add(numbers);
    } else if (distinct.indices.empty()) {
      distinct.indices.reserve(patterns.size);
      for (uint32_t before = 0; before < i; ++before) distinct.indices.push_back(before);
    }
    if (next < i || index < next) distinct.indices.push_back(index);
  }
  return distinct;
}

}  // namespace mpicount
