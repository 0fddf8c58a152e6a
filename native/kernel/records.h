// Counts the records that contain a pattern. Where records end is told from outside.
//
// The seam rule: a record belongs to the block in which its first byte lies. So each record is
// counted by exactly one block, and the sum over blocks is the number of all records that contain
// the pattern. For the block [begin, end) this means:
//  - No occurrence leaves its record, so the one that contains an occurrence is that of its first
//    byte. Any occurrence that passes the word rule makes its record count, whether or not counting
//    without overlap takes it: the first one of a run is always taken, and is in the same record.
//  - Whether a record begins at `begin` is told by the byte before it, which then is a record end.
//    No further look back is needed, also if offsets are those in the text of decoding units, whose
//    place in the whole text nobody knows.
//  - The last record that begins in the block is followed past `end` until it is over; occurrences
//    there make it count, but belong to other blocks as occurrences. Nothing is kept of it but
//    where it began, so a record may be longer than memory.
//  - A record is followed only by the block that owns it, so all blocks together read the file at
//    most twice, however long records are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../match/literal.h"
#include "kernel.h"
#include "sparse_states.h"

namespace mpicount {

// One bit for each byte of a window; the lowest bit of the first word is that of window.text[0].
using ByteBits = std::vector<uint64_t>;

// Returns the number of words for so many bytes.
inline size_t WordsFor(uint64_t bytes) { return (bytes + 63) / 64; }

// Returns the number of the bits [from, to) that are set.
uint64_t CountBits(const ByteBits& bits, uint64_t from, uint64_t to);

// The record ends in a window: the last bytes of records. A newline is one, if records are lines.
class RecordEnds {
 public:
  // Moves on to the next window of a text, and clears the ends. The first window begins before the
  // block, or with the text.
  void Begin(const Window& window);

  // Makes the byte at this offset a record end; it must lie in the window, before its limit.
  void Add(uint64_t offset) {
    const uint64_t bit = offset - begin_;
    bits_[bit / 64] |= uint64_t{1} << bit % 64;
    ++count_;
  }

  // Makes all newlines before the limit of the window record ends, instead of those added.
  void SetToNewlines(const Window& window);

  // Does the same in one pass with a search for a short pattern, and returns the number of its
  // occurrences that start at window.text[0, offsets): see LiteralSearch::MarkShort().
  uint64_t SetToNewlines(const Window& window, const LiteralSearch& search, size_t offsets,
                         uint64_t* starts);

  struct Record {
    uint64_t begin;
    uint64_t end;
  };
  // Returns the record that contains the byte at this offset, which must lie in the window, before
  // its limit. A record that began before the block may be said to begin anywhere before it; one
  // that is open at the limit of the window is said to end there.
  Record At(uint64_t offset) {
    if (offset < latest_.begin || offset >= latest_.end) latest_ = {OpenAt(offset), EndOf(offset)};
    return latest_;
  }

  // Returns the offset after the last record end before `offset`, which is at most the limit of the
  // window: where the record begins that is open there.
  uint64_t OpenAt(uint64_t offset) const;

  // Returns the number of record ends at the offsets [from, to) of the window.
  uint64_t CountIn(uint64_t from, uint64_t to) const {
    // Most windows have few bytes that are not in the range.
    return count_ - CountBits(bits_, 0, from - begin_) -
           CountBits(bits_, to - begin_, limit_ - begin_);
  }

  // Returns the record ends as bits, and the offset of window.text[0].
  const ByteBits& bits() const { return bits_; }
  uint64_t begin() const { return begin_; }

 private:
  // Returns the offset after the first record end at or after `offset`.
  uint64_t EndOf(uint64_t offset) const;

  uint64_t begin_ = 0;
  uint64_t limit_ = 0;
  uint64_t before_ = 0;  // where the record begins that contains the byte at `begin_`
  ByteBits bits_;
  uint64_t count_ = 0;
  Record latest_{0, 0};  // what At() has found: the next occurrence is mostly in the same record
};

// Counts the records of the block [begin, end) that contain a pattern, for each of many patterns.
class RecordCounter {
 public:
  RecordCounter(size_t patterns, uint64_t begin, uint64_t end)
      : end_(end), records_(patterns, {begin, 0}) {}

  // Takes the next occurrence of a pattern that passes the word rule, by its start. They must come
  // in order; the same one may come twice. `ends` are those of the window.
  void Add(size_t pattern, uint64_t start, RecordEnds& ends) {
    Records& records = records_.Of(pattern);
    if (start < records.until) return;
    const RecordEnds::Record record = ends.At(start);
    if (record.begin >= records.until && record.begin < end_) ++records.count;
    records.until = record.end;
  }

  // Takes, instead of Add(), all occurrences of a pattern that start at the offsets [from, to) of
  // the window: those with their bit set.
  void AddAll(size_t pattern, const ByteBits& starts, uint64_t from, uint64_t to, RecordEnds& ends);

  // Sets the end of the block, before an occurrence is added in a record that begins past it.
  void SetEnd(uint64_t end) { end_ = end; }

  uint64_t count(size_t pattern) const { return records_.At(pattern).count; }

  // Calls take(pattern, count) for all patterns that records contain.
  template <typename Take>
  void ForEachCount(const Take& take) const {
    records_.ForEach([&take](size_t pattern, const Records& records) {
      if (records.count > 0) take(pattern, records.count);
    });
  }

 private:
  struct Records {
    // The records that begin before this are done: they were counted, or belong to other blocks. It
    // lies in the record counted last if that one was open when it was counted.
    uint64_t until;
    uint64_t count;
  };

  uint64_t end_;
  SparseStates<Records> records_;
};

}  // namespace mpicount
