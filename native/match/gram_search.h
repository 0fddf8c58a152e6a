// Finds very many byte strings in one pass. Each is looked up by one of its grams, its anchor, at
// every offset of the text: a bitmap, most of which a core's caches hold, tells most offsets at
// which no anchor stands; the others are looked up in a hash table by groups, step by step, with a
// prefetch before each step, so that their waits for memory overlap. What the anchor says is then
// verified. It is the search of Wu and Manber (A Fast Algorithm for Multi-Pattern Searching,
// Technical Report TR-94-17, University of Arizona, 1994) without its shifts, which are short if
// there are many patterns. A Bloom filter before the table is the idea of Moraru and Andersen
// (Exact Pattern Matching with Feed-Forward Bloom Filters, 2012); that all bits of a gram are in
// one word, that of Putze, Sanders and Singler (Cache-, Hash- and Space-Efficient Bloom Filters,
// 2009).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "gram.h"
#include "huge_pages.h"
#include "linear_search.h"
#include "steps.h"

namespace mpicount {

class GramSearch {
 public:
  // A byte string to find, and its number. Its gram at the offset `anchor` is looked up.
  struct Member {
    uint32_t part;
    const uint8_t* bytes;
    uint32_t length;
    uint32_t anchor;
  };

  // Copies the bytes.
  GramSearch(const std::vector<Member>& members, uint32_t gram_bytes);

  // Calls found(part, start, end) for each occurrence in the text: those of one byte string in
  // order, overlapping ones included. Returns the size of the text, or, after too many steps (see
  // LinearSearch), the offset from which another search has to take over: that of the first anchor
  // at which an occurrence may have been left out. Any number of threads may call it concurrently.
  template <typename Found>
  size_t ForEach(const uint8_t* text, size_t size, const Found& found) const;

 private:
  // The number of offsets that are filtered, and whose candidates are looked up, in one step.
  static constexpr size_t kRangeSize = 512;

  // An offset of the range at which an anchor may stand, and where the records of its key begin.
  struct Candidate {
    uint32_t offset;
    uint32_t records;
  };
  using Candidates = std::array<Candidate, kRangeSize>;

  // A key of grams, and where the records of the byte strings with such an anchor begin. The table
  // is looked up from the slot that the first bits of the key name on (linear probing).
  struct Slot {
    uint32_t key;
    uint32_t records;
  };
  static constexpr uint32_t kEmpty = UINT32_MAX;

  // A record is a header, followed by the bytes. It begins with a word of records_.
  struct Header {
    uint32_t part;
    uint32_t anchor;
    uint32_t length : 31;
    uint32_t is_last : 1;  // of those with the same key
  };
  static constexpr size_t kWord = sizeof(uint32_t);
  static constexpr size_t kHeaderWords = sizeof(Header) / kWord;

  // Bytes that are compared in one step.
  static constexpr size_t kStepBytes = 16;

  void AddRecord(const Member& member, bool is_last);
  void AddSlot(uint32_t key, uint32_t records);

  // Six bits of a hash each, after those of FilterWord().
  uint64_t FirstBit(uint64_t hash) const { return hash >> (58 - filter_bits_) & 63; }
  uint64_t SecondBit(uint64_t hash) const { return hash >> (52 - filter_bits_) & 63; }
  size_t FilterWord(uint64_t hash) const { return hash >> (64 - filter_bits_); }
  size_t FirstSlot(uint32_t key) const { return key >> (32 - slot_bits_); }

  // Finds the candidates in [from, to), and returns their number.
  size_t Find(const uint8_t* text, size_t size, size_t from, size_t to,
              Candidates& candidates) const;

  // The grams at some offsets of a range that passed the filter.
  struct Passed {
    std::array<uint64_t, kRangeSize> hashes;
    std::array<uint16_t, kRangeSize> offsets;
  };
  size_t Filter(const uint8_t* text, size_t size, size_t from, size_t to, Passed& passed) const;

  GramHash gram_;
  unsigned filter_bits_;
  Table<uint64_t> filter_;
  unsigned slot_bits_;
  Table<Slot> slots_;
  Table<uint32_t> records_;
};

template <typename Found>
size_t GramSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
  if (size < gram_.bytes()) return size;
  const size_t max_steps = LinearSearch::kMaxListSteps * size;
  size_t steps = 0;
  Candidates candidates;
  const size_t end = size - gram_.bytes() + 1;
  for (size_t from = 0; from < end; from += kRangeSize) {
    const size_t to = std::min(end, from + kRangeSize);
    const size_t count = Find(text, size, from, to, candidates);
    for (size_t i = 0; i < count; ++i) {
      const size_t offset = from + candidates[i].offset;
      const uint32_t* record = &records_[candidates[i].records];
      for (bool is_last = false; !is_last;) {
        Header header;
        std::memcpy(&header, record, sizeof header);
        is_last = header.is_last != 0;
        const auto* bytes = reinterpret_cast<const uint8_t*>(record + kHeaderWords);
        record += kHeaderWords + (header.length + kWord - 1) / kWord;
        const size_t wanted = 1 + header.length / kStepBytes;
        CountSteps(wanted);
        steps += wanted;
        if (steps > max_steps) return offset;
        if (offset < header.anchor) continue;
        const size_t start = offset - header.anchor;
        if (size - start < header.length) continue;
        if (std::memcmp(text + start, bytes, header.length) != 0) continue;
        found(header.part, start, start + header.length);
      }
    }
  }
  return size;
}

}  // namespace mpicount
