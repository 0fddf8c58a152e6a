// Breaks down what is counted in the records of a window by the groups that the records belong to.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "group_counts.h"
#include "records.h"

namespace mpicount {

// The row of a group has the number of occurrences of each pattern, the number of records that
// contain each pattern, and the number of all records.
class RecordGroups {
 public:
  // The counts must outlive it.
  RecordGroups(size_t patterns, GroupCounts& counts) : patterns_(patterns), counts_(counts) {}

  // Takes the next record of the window, by its record end, and its group. A record begins where
  // the one before ended.
  void Take(uint64_t record_end, uint32_t group) {
    ends_.push_back(record_end);
    groups_.push_back(group);
  }

  // Forgets the records, before those of the next window.
  void Clear() {
    ends_.clear();
    groups_.clear();
    latest_ = 0;
  }

  // Counts an occurrence of a pattern that starts at this offset, in one of the records.
  void AddOccurrence(size_t pattern, uint64_t start) {
    counts_.Add(groups_[RecordAt(start)], pattern, 1);
  }

  // Counts the record that contains this offset as one that contains the pattern.
  void AddRecord(size_t pattern, uint64_t start) {
    counts_.Add(groups_[RecordAt(start)], patterns_ + pattern, 1);
  }

  // Starts of occurrences: a bit for each byte from the offset `begin` on, of which those at the
  // offsets [from, to) are meant.
  struct Starts {
    const ByteBits& bits;
    uint64_t begin;
    uint64_t from;
    uint64_t to;
  };

  // Counts all these occurrences of a pattern.
  void AddOccurrences(size_t pattern, const Starts& starts) {
    ForEachRecord(starts, [&](size_t record, uint64_t from, uint64_t to) {
      counts_.Add(groups_[record], pattern, CountBits(starts.bits, from, to));
    });
  }

  // Counts the records in which these occurrences of a pattern are.
  void AddRecords(size_t pattern, const Starts& starts) {
    ForEachRecord(starts, [&](size_t record, uint64_t, uint64_t) {
      counts_.Add(groups_[record], patterns_ + pattern, 1);
    });
  }

 private:
  // Calls take(record, from, to) for each record with an occurrence, with the range of its bits.
  template <typename TakeRecord>
  void ForEachRecord(const Starts& starts, const TakeRecord& take) {
    const auto& [bits, begin, first, last] = starts;
    const uint64_t end = last - begin;
    for (uint64_t at = NextBit(bits, first - begin, end); at < end;) {
      const size_t record = RecordAt(begin + at);
      const uint64_t after = std::min(ends_[record] + 1, last) - begin;
      take(record, at, after);
      at = NextBit(bits, after, end);
    }
  }

  // Returns the index of the record that contains this offset: mostly the latest one again.
  size_t RecordAt(uint64_t offset) {
    const auto holds = [&](size_t record) {
      return offset <= ends_[record] && (record == 0 || offset > ends_[record - 1]);
    };
    if (!holds(latest_)) {
      const auto found = std::lower_bound(ends_.begin(), ends_.end(), offset);
      latest_ = static_cast<size_t>(found - ends_.begin());
    }
    return latest_;
  }

  // Returns the first bit of [from, to) that is set, or `to`.
  static uint64_t NextBit(const ByteBits& bits, uint64_t from, uint64_t to) {
    if (from >= to) return to;
    uint64_t word = bits[from / 64] >> from % 64 << from % 64;
    for (size_t index = from / 64;; word = bits[++index]) {
      if (word != 0) return std::min<uint64_t>(to, 64 * index + std::countr_zero(word));
      if (index + 1 >= WordsFor(to)) return to;
    }
  }

  const size_t patterns_;
  GroupCounts& counts_;
  std::vector<uint64_t> ends_;
  std::vector<uint32_t> groups_;
  size_t latest_ = 0;
};

}  // namespace mpicount
