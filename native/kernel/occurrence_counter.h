// Counts the occurrences of patterns in a block by the seam rule (runs.h), and the records that
// contain them (records.h), in the windows of any text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "../match/patterns.h"
#include "kernel.h"
#include "record_groups.h"
#include "records.h"
#include "runs.h"

namespace mpicount {

class OccurrenceCounter {
 public:
  // How far from its block a counter reads.
  static Reach ReachOf(const PatternSet& patterns);

  // Counts in the block [begin, end), which may be kUnknownEnd. The patterns must outlive it, and
  // so must `groups`, by which counts are broken down: null, or the groups of the records of each
  // window, all of which then belong to the block.
  OccurrenceCounter(const PatternSet& patterns, uint64_t begin, uint64_t end, bool counts_records,
                    RecordGroups* groups = nullptr);

  // Makes the newlines of the next window record ends, before Scan(). This may find occurrences in
  // the same pass.
  void SetToNewlines(const Window& window, RecordEnds& ends);

  // Counts in the next window. `ends` are the record ends in it, or null if records are not
  // counted. Returns false after a bug, which makes the counts void.
  bool Scan(const Window& window, RecordEnds* ends);

  void SetEnd(uint64_t end);

  // Returns whether an occurrence that ends after `seen` may still have to be counted. One that
  // only makes a record count does not matter here.
  bool NeedsAfter(uint64_t seen) const;

  // Adds the number of occurrences of each pattern to a row. If records are counted, the numbers of
  // records that contain each pattern follow in the row.
  void AddTo(uint64_t* row, FindingCounts& findings) const;

  // Calls take(pattern, count) for the patterns of which occurrences were counted: for each of
  // their parts.
  template <typename Take>
  void ForEachCount(const Take& take) const {
    runs_.ForEachCount(
        [&](size_t part, uint64_t count) { take(patterns_.parts().PatternOf(part), count); });
  }

 private:
  // Counts an occurrence of a part, and its record by the record ends, unless these are null.
  // Returns false if it is out of order.
  bool Count(RecordEnds* ends, size_t part, uint64_t start, uint64_t end);

  // Takes a new occurrence [start, end) of the window's text if it passes the word rule. Returns
  // false if it is out of order.
  bool Take(const Window& window, RecordEnds* ends, size_t part, size_t start, size_t end);

  // Decides the word rule, and counts the occurrences that begin in the block beside bytes that are
  // not ASCII.
  bool IsWholeWord(const WordCharacters& word, const Window& window, size_t start, size_t end);

  // Returns whether each occurrence counts independently of all others, because none can overlap or
  // because overlapping ones count, too.
  bool CannotOverlap(const LiteralSearch& search) const;
  void CountNonOverlapping(const Window& window, RecordEnds* ends,
                           const PatternSet::Literal& literal);
  // Finds where the occurrences of a short pattern start in the window, before the last offset at
  // which one can end in it.
  void Mark(const Window& window, const PatternSet::Literal& literal, RecordEnds* newlines);

  // Counts the records of the patterns with several parts, since occurrences of one part do not
  // come in order with those of another.
  void CountSharedRecords(const Window& window, RecordEnds& ends);
  ByteBits* SharedStarts(size_t part);

  const PatternSet& patterns_;
  RecordGroups* const groups_;
  RunCounter runs_;
  std::optional<RecordCounter> records_;  // by part, as runs are
  // The rare bytes of each literal, chosen from the first window of the range.
  std::vector<std::optional<LiteralSearch::RareBytes>> rare_bytes_;
  // Where the occurrences of a short pattern start in the window, how many there are, and whose
  // they are, if that is known before they are counted.
  ByteBits starts_;
  uint64_t marked_ = 0;
  const PatternSet::Literal* marked_literal_ = nullptr;
  // The same for each pattern with several parts, one of which has its records; and its index here
  // by part.
  struct Shared {
    size_t part;
    ByteBits starts;
  };
  std::vector<Shared> shared_;
  std::vector<uint32_t> shared_of_part_;
  // The occurrences beside a non-ASCII character, and those beside an invalid byte that the word
  // rule accepted as the end of a word.
  uint64_t beside_character_ = 0;
  uint64_t beside_other_ = 0;
};

}  // namespace mpicount
