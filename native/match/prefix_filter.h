// Places of a text at which one of many patterns may stand, told by the first bytes there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "prefixes.h"

namespace mpicount {

// A set of numbers, which it may hold more of than were added.
class HashBitmap {
 public:
  // `size`: how many will be added.
  explicit HashBitmap(size_t size);

  unsigned bits() const { return bits_; }

  void Add(uint32_t hash) { words_[hash / 32] |= uint32_t{1} << hash % 32; }
  // 1 or 0.
  uint32_t Has(uint32_t hash) const { return words_[hash / 32] >> hash % 32 & 1; }

 private:
  unsigned bits_;
  std::vector<uint32_t> words_;
};

// What prefixes begin with, by which they are looked for first: a key of two to four bytes, and,
// where nearly all are longer, the four bytes from the third on.
class KeyFilter {
 public:
  // `bytes`: of the key. In text and prefixes, the bits of `fold` are taken to be set.
  KeyFilter(const std::vector<Prefix>& prefixes, uint32_t bytes, uint64_t fold);

  uint32_t mask() const { return mask_; }
  uint64_t fold() const { return fold_; }
  unsigned word_bits() const { return word_bits_; }
  bool checks_next() const { return checks_next_; }

  uint32_t KeyOf(uint64_t eight) const { return static_cast<uint32_t>(eight | fold_) & mask_; }

  static constexpr uint32_t kNext = 2;  // where the four bytes begin
  static constexpr uint32_t kLonger = kNext + 4;

  // Where to look for prefixes that begin with these bytes: the key has a word, and the four bytes
  // have a bit in it, or else the key has.
  static constexpr unsigned kBit = 5;
  uint32_t SlotOf(uint64_t eight) const {
    if (!checks_next_) return HashOf(KeyOf(eight), word_bits_ + kBit);
    const auto next = static_cast<uint32_t>((eight | fold_) >> 8 * kNext);
    return HashOf(KeyOf(eight), word_bits_) << kBit | HashOf(next, kBit);
  }
  // 1 or 0, sometimes 1 by mistake.
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
  // Each prefix has at least `key_bytes` bytes; so many make its key.
  PrefixFilter(const std::vector<Prefix>& prefixes, uint32_t key_bytes, uint64_t fold);

  // Prefixes are looked for by as many of their bytes as the longest of these lengths that they
  // have.
  static constexpr size_t kLengths = 3;
  uint32_t length(size_t index) const { return lengths_[index]; }
  size_t IndexFor(const Prefix& prefix) const {
    return prefix.bytes >= lengths_[0] ? 0 : prefix.bytes >= lengths_[1] ? 1 : 2;
  }

  // A offset, and for which lengths a prefix may stand there: a bit for the index of each.
  struct Candidate {
    uint16_t offset;
    uint16_t lengths;
  };

  // How many offsets to look at in one go.
  static constexpr size_t kRangeSize = 2048;
  using Candidates = std::array<Candidate, kRangeSize>;

  // Those of text[from, to), in order and with offsets counted from `from`; how many there are. The
  // text, of `size` bytes, goes on for a key at least.
  size_t Find(const uint8_t* text, size_t size, size_t from, size_t to,
              Candidates& candidates) const;

 private:
  size_t FindKeys(const uint8_t* text, size_t size, size_t from, size_t to,
                  Candidates& candidates) const;

  std::array<uint32_t, kLengths> lengths_;
  KeyFilter keys_;
  HashBitmap prefixes_;
  // For few keys: for each of their bytes, in which of 8 groups of keys it has these low four bits,
  // and these high ones.
  bool use_teddy_ = false;
  std::array<std::array<uint8_t, 16>, 4> low_{};
  std::array<std::array<uint8_t, 16>, 4> high_{};
};

}  // namespace mpicount
