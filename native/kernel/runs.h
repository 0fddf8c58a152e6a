// The seam rule: which block counts an occurrence, so that the sum over blocks does not depend on
// the cut.
//
// Take one pattern, and its occurrences in the whole file that pass the word rule, overlapping ones
// too, by start: [s1, e1), [s2, e2), ... Ends rise with starts. (Within one pattern, all encodings
// of a character are whole UTF-8 characters and any other unit is one byte; none is the end of
// another, so two occurrences with the same end are the same, and an occurrence inside another
// would need a character inside a character.) A run is a longest stretch of these in which each
// starts before the end of the one before. Counting without overlap, left to right, takes an
// occurrence if it starts at or after the end of the one taken before. The first of a run starts at
// or after all ends before it, so it is always taken, whatever was taken earlier: counting starts
// afresh at each run. Hence the total is the sum over runs of a number that depends on the run
// alone, and any rule that gives each run to exactly one block is right. The rule: a run belongs to
// the block in which its first byte lies. For the block [begin, end) this means:
// Whether the first occurrence in the block starts a run depends only on the one right before it,
// which can matter only if it reaches into the block, so starts at most max_length - 1 bytes before
// it. No further look back is needed. A run of the block is followed past the block's end until it
// is over; a run that starts there is left to others.
// A run is followed by the one block that owns it, so for one pattern all blocks together read the
// file at most twice, however long runs are. A run is not divided among ranks, though.
// With overlapping occurrences counted, each belongs to the block in which it starts, and there is
// nothing to follow.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sparse_states.h"

namespace mpicount {

class RunCounter {
 public:
  RunCounter(size_t patterns, uint64_t begin, uint64_t end, bool overlapping)
      : begin_(begin), end_(end), overlapping_(overlapping), runs_(patterns, {}) {}

  // Takes the next occurrence of a pattern; they must come in order, the same one may come twice.
  // False if out of order.
  bool Add(size_t pattern, uint64_t start, uint64_t end) {
    Run& run = runs_.Of(pattern);
    if (end <= run.end) return end == run.end;
    if (start >= run.end || overlapping_) {
      run.owned = start >= begin_ && start < end_;
      run.counted_end = 0;
    }
    run.end = end;
    if (run.owned && start >= run.counted_end) {
      run.counted_end = end;
      ++run.count;
    }
    return true;
  }

  // Prefetch what Add() reads of a pattern, the one after the other.
  void PrefetchNumber(size_t pattern) const { runs_.PrefetchNumber(pattern); }
  void PrefetchState(size_t pattern) const { runs_.PrefetchState(pattern); }

  // Takes so many occurrences in the block, each of which is a run.
  void AddNonOverlapping(size_t pattern, uint64_t count) { runs_.Of(pattern).count += count; }

  // Sets the end of the block, before an occurrence that starts past it is added.
  void SetEnd(uint64_t end) { end_ = end; }

  uint64_t begin() const { return begin_; }
  uint64_t end() const { return end_; }

  // Whether an occurrence of a pattern that ends after `seen` could still be counted, once all that
  // end at or before `seen` were added: one that starts in the block, of which the longest have
  // `max_length` bytes, or one in a run that goes on past the block, which has
  // max_length_of(pattern).
  template <typename MaxLengthOf>
  bool IsOpen(size_t max_length, const MaxLengthOf& max_length_of, uint64_t seen) const {
    if (end_ - 1 + max_length > seen) return true;
    bool is_open = false;
    runs_.ForEach([&](size_t pattern, const Run& run) {
      if (!run.owned || overlapping_ || run.end <= end_) return;
      is_open = is_open || run.end - 1 + max_length_of(pattern) > seen;
    });
    return is_open;
  }

  uint64_t count(size_t pattern) const { return runs_.At(pattern).count; }

  // Calls take(pattern, count) for all patterns of which occurrences were counted.
  template <typename Take>
  void ForEachCount(const Take& take) const {
    runs_.ForEach([&take](size_t pattern, const Run& run) {
      if (run.count > 0) take(pattern, run.count);
    });
  }

 private:
  struct Run {
    uint64_t end = 0;          // of the latest occurrence
    uint64_t counted_end = 0;  // end of the latest one that was counted in this run
    uint64_t count = 0;
    bool owned = false;  // the run began in this block
  };

  uint64_t begin_;
  uint64_t end_;
  bool overlapping_;
  SparseStates<Run> runs_;
};

}  // namespace mpicount
