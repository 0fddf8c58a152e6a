// Finds the offsets of a text at which one of many patterns may begin, by the first bytes there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "prefixes.h"

namespace mpicount {

// A hash bitmap: no false negatives, some false positives.
class HashBitmap {
 public:
  // `size` is the number of hashes that will be added.
  explicit HashBitmap(size_t size);

  unsigned bits() const { return bits_; }

  void Add(uint32_t hash) { words_[hash / 32] |= uint32_t{1} << hash % 32; }
  // Returns 1 or 0.
  uint32_t Has(uint32_t hash) const { return words_[hash / 32] >> hash % 32 & 1; }

 private:
  unsigned bits_;
  std::vector<uint32_t> words_;
};

// Filters by the first bytes of prefixes: a key of two to four bytes and, where nearly all prefixes
// are longer, the four bytes from the third on.
class KeyFilter {
 public:
  // `bytes` is the length of the key. The bits of `fold` are set in text and prefixes before they
  // are compared.
  KeyFilter(const std::vector<Prefix>& prefixes, uint32_t bytes, uint64_t fold);

  uint32_t mask() const { return mask_; }
  uint64_t fold() const { return fold_; }
  unsigned word_bits() const { return word_bits_; }
  bool checks_next() const { return checks_next_; }

  uint32_t KeyOf(uint64_t eight) const { return static_cast<uint32_t>(eight | fold_) & mask_; }

  static constexpr uint32_t kNext = 2;  // where the four bytes begin
  static constexpr uint32_t kLonger = kNext + 4;

  // The slot of prefixes that begin with these bytes: the hash of the key selects a word, and the
  // hash of the four bytes, or of the key, selects a bit in it.
  static constexpr unsigned kBit = 5;
  uint32_t SlotOf(uint64_t eight) const {
    if (!checks_next_) return HashOf(KeyOf(eight), word_bits_ + kBit);
    const auto next = static_cast<uint32_t>((eight | fold_) >> 8 * kNext);
    return HashOf(KeyOf(eight), word_bits_) << kBit | HashOf(next, kBit);
  }
  // Returns 1 or 0; 1 may be a false positive.
  uint32_t HasSlot(uint32_t slot) const { return words_[slot >> kBit] >> slot % 32 & 1; }
  uint32_t Has(uint64_t eight) const { return HasSlot(SlotOf(eight)); }

 private:
  uint32_t mask_;
  uint64_t fold_;
  unsigned word_bits_;
  bool checks_next_;
  std::vector<uint32_t> words_;
};

class PrefixFilter {
 public:
  // Each prefix has at least `key_bytes` bytes, which make its key.
  PrefixFilter(const std::vector<Prefix>& prefixes, uint32_t key_bytes, uint64_t fold);

  // A prefix is looked up by the longest of these lengths that it has.
  static constexpr size_t kLengths = 3;
  uint32_t length(size_t index) const { return lengths_[index]; }
  size_t IndexFor(const Prefix& prefix) const {
    return prefix.bytes >= lengths_[0] ? 0 : prefix.bytes >= lengths_[1] ? 1 : 2;
  }

  // An offset and the lengths of prefixes that may occur there: bit i stands for length(i).
  struct Candidate {
    uint16_t offset;
    uint16_t lengths;
  };

  // The number of offsets filtered in one call.
  static constexpr size_t kRangeSize = 2048;
  using Candidates = std::array<Candidate, kRangeSize>;

  // Finds the candidates in text[from, to), in order, with offsets relative to `from`, and returns
  // their number. The text has `size` bytes, at least a key more than `to`.
  size_t Find(const uint8_t* text, size_t size, size_t from, size_t to,
              Candidates& candidates) const;

 private:
  size_t FindKeys(const uint8_t* text, size_t size, size_t from, size_t to,
                  Candidates& candidates) const;

  std::array<uint32_t, kLengths> lengths_;
  KeyFilter keys_;
  HashBitmap prefixes_;
  // Teddy's nibble tables for a few keys: for byte i of a key, bit g tells that a key of group g
  // has this low (high) nibble.
  bool use_teddy_ = false;
  std::array<std::array<uint8_t, 16>, 4> low_{};
  std::array<std::array<uint8_t, 16>, 4> high_{};
};

}  // namespace mpicount
