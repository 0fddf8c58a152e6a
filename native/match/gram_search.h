// Finds very many byte strings in one pass. Each is looked up by some of its grams, from its anchor
// on (GramLookup): a bitmap, most of which a core's caches hold, tells most offsets at which none
// of them stands; the others are looked up in a hash table by groups, step by step, with a prefetch
// before each step, so that their waits for memory overlap. What the gram says is then verified. It
// is the search of Wu and Manber (A Fast Algorithm for Multi-Pattern Searching,
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
#include "image.h"
#include "linear_search.h"
#include "shareable_vector.h"
#include "steps.h"

namespace mpicount {

class GramSearch {
 public:
  // A byte string to find, and its number. Its grams from the offset `anchor` on are looked up.
  // With a stride of more than one, the last one of them does not begin with a continuation byte.
  struct Member {
    uint32_t part;
    const uint8_t* bytes;
    uint32_t length;
    uint32_t anchor;
  };

  // Copies the bytes.
  GramSearch(const std::vector<Member>& members, const GramLookup& lookup);
  // Loads a search that was stored.
  explicit GramSearch(Image& image) { Pass(image); }

  // An object that was stored must not be used.
  void Pass(Image& image);

  // Calls found(part, start, end) for each occurrence in the text: those of one byte string in
  // order, overlapping ones included. Returns the size of the text, or, after too many steps (see
  // LinearSearch), the offset from which another search has to take over: it has to find the
  // occurrences of which the last gram that is looked up begins there or later. Any number of
  // threads may call it concurrently.
  template <typename Found>
  size_t ForEach(const uint8_t* text, size_t size, const Found& found) const;

  uint32_t stride() const { return stride_; }

  // Calls take(part, anchor) for each member.
  template <typename Take>
  void ForEachMember(const Take& take) const {
    for (size_t at = 0; at < records_.size();) {
      Header header;
      std::memcpy(&header, &records_[at], sizeof header);
      take(header.part, header.anchor);
      at += WordsOf(header.length);
    }
  }

 private:
  // The number of offsets that are filtered, and whose candidates are looked up, in one step.
  static constexpr size_t kRangeSize = 512;
  static constexpr uint32_t kMaxStride = 4;

  // The grams with one key: the only one, or the node of the last one that was added.
  class Grams {
   public:
    static constexpr Grams None() { return Grams(UINT32_MAX); }
    // `record` is where the record of its byte string begins, and `shift` its distance from the
    // anchor.
    static Grams Only(size_t record, uint32_t shift) {
      return Grams(static_cast<uint32_t>(record) | shift << kRecordBits);
    }
    static Grams Node(size_t index) { return Grams(static_cast<uint32_t>(index) | kIsNode); }

    bool is_none() const { return value_ == UINT32_MAX; }
    bool is_node() const { return (value_ & kIsNode) != 0; }
    size_t node() const { return value_ & ~kIsNode; }
    size_t record() const { return value_ & ((uint32_t{1} << kRecordBits) - 1); }
    uint32_t shift() const { return value_ >> kRecordBits; }

   private:
    static constexpr uint32_t kIsNode = uint32_t{1} << 31;
    static constexpr unsigned kRecordBits = 29;
    static_assert(kMaxStride - 1 < kIsNode >> kRecordBits);

    constexpr explicit Grams(uint32_t value) : value_(value) {}
    uint32_t value_;
  };
  struct Node {
    Grams gram;
    Grams before;  // those that were added before it
  };

  // An offset of the range at which a gram may stand, and those with its key.
  struct Candidate {
    uint32_t offset = 0;
    Grams grams = Grams::None();
  };
  using Candidates = std::array<Candidate, kRangeSize>;

  // A key, and the grams with it. The table is looked up from the slot that the first bits of the
  // key name on (linear probing).
  struct Slot {
    uint32_t key;
    Grams grams;
  };

  // A record is a header, followed by the bytes. It begins with a word of records_.
  struct Header {
    uint32_t part;
    uint32_t anchor;
    uint32_t length;
  };
  static constexpr size_t kWord = sizeof(uint32_t);
  static constexpr size_t kHeaderWords = sizeof(Header) / kWord;

  // Bytes that are compared in one step.
  static constexpr size_t kStepBytes = 16;

  // The size of the record of a byte string with this length.
  static size_t WordsOf(uint32_t length) { return kHeaderWords + (length + kWord - 1) / kWord; }

  // Returns where the record begins.
  size_t AddRecord(const Member& member);
  void AddGram(uint64_t hash, Grams gram);

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

  struct Occurrence {
    size_t part;
    size_t start;
    size_t end;
  };

  // Returns where another search takes over from this one, which did not get beyond the offset.
  size_t TakeOver(const uint8_t* text, size_t size, size_t offset) const;

  GramHash gram_{GramHash::kMin};
  uint32_t stride_ = 1;
  unsigned filter_bits_ = 0;
  ShareableVector<uint64_t> filter_;
  unsigned slot_bits_ = 0;
  ShareableVector<Slot> slots_;
  ShareableVector<Node> nodes_;
  ShareableVector<uint32_t> records_;
};

template <typename Found>
size_t GramSearch::ForEach(const uint8_t* text, size_t size, const Found& found) const {
  if (size < gram_.bytes()) return size;
  const size_t max_steps = LinearSearch::kMaxListSteps * size;
  size_t steps = 0;
  Candidates candidates;
  std::vector<Occurrence> occurrences;  // at one offset
  const size_t end = size - gram_.bytes() + 1;
  for (size_t from = 0; from < end; from += kRangeSize * stride_) {
    const size_t to = std::min(end, from + kRangeSize * stride_);
    const size_t count = Find(text, size, from, to, candidates);
    for (size_t i = 0; i < count; ++i) {
      const size_t offset = from + candidates[i].offset;
      Grams grams = candidates[i].grams;
      for (bool is_last = false; !is_last;) {
        is_last = !grams.is_node();
        Grams gram = grams;
        if (!is_last) {
          gram = nodes_[grams.node()].gram;
          grams = nodes_[grams.node()].before;
        }
        const uint32_t* const record = &records_[gram.record()];
        Header header;
        std::memcpy(&header, record, sizeof header);
        const size_t wanted = 1 + header.length / kStepBytes;
        CountSteps(wanted);
        steps += wanted;
        if (steps > max_steps) return TakeOver(text, size, offset);
        const size_t before = header.anchor + gram.shift();
        if (offset < before) continue;
        const size_t start = offset - before;
        if (size - start < header.length) continue;
        if (std::memcmp(text + start, record + kHeaderWords, header.length) != 0) continue;
        occurrences.push_back({header.part, start, start + header.length});
      }
      for (const auto& [part, start, after] : occurrences) found(part, start, after);
      occurrences.clear();
    }
  }
  return size;
}

}  // namespace mpicount
