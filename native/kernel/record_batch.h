// Counts in the texts of records that are taken out of a text one by one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "kernel.h"
#include "occurrence_counter.h"
#include "record_groups.h"
#include "records.h"

namespace mpicount {

// Collects the texts of records, each followed by a newline, and searches them when there are
// enough for a window. No occurrence leaves its record, since no pattern contains a newline, which
// is no word character, either. The texts may contain newlines themselves.
class RecordBatch {
 public:
  // `groups`, if not null, are those by which counts are broken down, and must outlive it.
  RecordBatch(const PatternSet& patterns, GroupCounts* groups)
      : before_(OccurrenceCounter::ReachOf(patterns).before),
        wanted_(WantedFor(before_)),
        counter_(patterns, before_, kUnknownEnd, true, GroupsOf(patterns, groups)),
        texts_(before_, '\n'),
        used_(before_) {}

  // Returns how many bytes are searched at a time: as many as stay in the cache of a core, unless
  // the look-back is large.
  static size_t WantedFor(size_t before) { return std::max<size_t>(128 * 1024, 8 * before); }

  // Takes the text of the next record, and its group if there are groups. Returns false after a
  // bug.
  bool Add(const void* text, size_t size, uint32_t group) {
    if (size == 0) return true;  // it contains nothing
    const size_t needed = used_ + size + 1;
    if (texts_.size() < needed) texts_.resize(needed);
    std::memcpy(texts_.data() + used_, text, size);
    texts_[used_ + size] = '\n';
    used_ += size + 1;
    ends_at_.push_back(used_ - 1);
    if (groups_) groups_->Take(seen_ - before_ + used_ - 1, group);
    return used_ - before_ < wanted_ || Search();
  }

  // Counts in the records that are left. Returns false after a bug.
  bool Finish() { return ends_at_.empty() || Search(); }

  // Adds to a row the occurrences of each pattern, and the records that contain it.
  void AddTo(uint64_t* row, FindingCounts& findings) const { counter_.AddTo(row, findings); }

 private:
  RecordGroups* GroupsOf(const PatternSet& patterns, GroupCounts* groups) {
    if (groups == nullptr) return nullptr;
    return &groups_.emplace(patterns.size(), *groups);
  }

  // Before the texts stand newlines, for the look-back of the counter.
  bool Search() {
    const uint64_t begin = seen_ - before_;
    const Window window{texts_.data(), used_, begin, seen_, begin + used_};
    ends_.Begin(window);
    ends_.Add(seen_ - 1);
    for (const size_t at : ends_at_) ends_.Add(begin + at);
    seen_ = window.limit;
    used_ = before_;
    ends_at_.clear();
    const bool in_order = counter_.Scan(window, &ends_);
    if (groups_) groups_->Clear();
    return in_order;
  }

  const size_t before_;
  const size_t wanted_;
  std::optional<RecordGroups> groups_{};
  OccurrenceCounter counter_;
  RecordEnds ends_;
  std::vector<uint8_t> texts_;
  size_t used_;
  std::vector<size_t> ends_at_;  // where the newlines after the texts are
  uint64_t seen_ = before_;      // the size of all texts that were searched, and of the look-back
};

}  // namespace mpicount
