// Counts in the texts of records that may be longer than memory, one after the other. A text comes
// in parts and is searched as they come. What is found counts only when the record is taken, since
// a text may turn out to be void when much of it has been searched.
//
// A text is searched like a file, window by window (occurrence_counter.h): each window has as much
// of the text around its new part as the counter reads, so where the parts end does not matter.
// Before and after the text stand newlines, as in RecordBatch, so no occurrence leaves it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "kernel.h"
#include "occurrence_counter.h"
#include "record_batch.h"

namespace mpicount {

class LongRecord {
 public:
  // `searched` is the number of bytes that are searched at a time; 0: as many as of other records.
  // `groups`, if not null, are those by which counts are broken down. All must outlive it.
  LongRecord(const PatternSet& patterns, size_t searched, GroupCounts* groups, RecordBatch& batch)
      : patterns_(patterns),
        groups_(groups),
        batch_(batch),
        before_(OccurrenceCounter::ReachOf(patterns).before),
        after_(OccurrenceCounter::ReachOf(patterns).after),
        text_(before_ + (searched > 0 ? searched : RecordBatch::WantedFor(before_)) + after_ + 1),
        row_(2 * patterns.size()) {
    Clear();
  }

  // Begins the text of a record. What was found in that of one that was not taken is void.
  void Clear() {
    counter_.reset();
    is_in_order_ = true;
    std::fill_n(text_.begin(), before_, '\n');
    used_ = seen_ = before_;
  }

  // Adds the next part of the text.
  void Add(std::string_view part) {
    while (!part.empty()) {
      const size_t size = std::min(part.size(), text_.size() - 1 - used_);
      std::memcpy(text_.data() + used_, part.data(), size);
      part.remove_prefix(size);
      used_ += size;
      if (used_ == text_.size() - 1) Search(after_);
    }
  }

  // Counts what the text of the record contains, which is over, and clears it. `group` is that of
  // the record, if there are groups. Returns false after a bug.
  bool Take(uint32_t group) {
    if (counter_) {
      text_[used_++] = '\n';
      Search(0);
      if (is_in_order_) Count(group);
    } else {
      // There is less text than is searched at a time.
      is_in_order_ = batch_.Add(text_.data() + before_, used_ - before_, group);
    }
    const bool is_in_order = is_in_order_;
    Clear();
    return is_in_order;
  }

  // Adds to a row the occurrences of each pattern, and the records that contain it.
  void AddTo(uint64_t* row, FindingCounts& findings) const {
    for (size_t i = 0; i < row_.size(); ++i) row[i] += row_[i];
    for (const auto& [finding, count] : findings_) findings[finding] += count;
  }

 private:
  // Searches what has not been searched, but for the last `after` bytes, which are context.
  void Search(size_t after) {
    if (!counter_) counter_.emplace(patterns_, before_, kUnknownEnd, false);
    const uint64_t begin = seen_ - before_;
    const Window window{text_.data(), used_, begin, seen_, begin + used_ - after};
    is_in_order_ = counter_->Scan(window, nullptr) && is_in_order_;
    seen_ = window.limit;
    const size_t kept = before_ + after;
    std::memmove(text_.data(), text_.data() + used_ - kept, kept);
    used_ = kept;
  }

  void Count(uint32_t group) {
    const size_t patterns = patterns_.size();
    std::vector<uint64_t> counts(patterns);
    counter_->AddTo(counts.data(), findings_);
    for (size_t pattern = 0; pattern < patterns; ++pattern) {
      if (counts[pattern] == 0) continue;
      row_[pattern] += counts[pattern];
      ++row_[patterns + pattern];
      if (groups_ == nullptr) continue;
      groups_->Add(group, pattern, counts[pattern]);
      groups_->Add(group, patterns + pattern, 1);
    }
  }

  const PatternSet& patterns_;
  GroupCounts* const groups_;
  RecordBatch& batch_;
  const size_t before_;
  const size_t after_;
  std::optional<OccurrenceCounter> counter_;  // of the record, once some of its text was searched
  bool is_in_order_ = true;                   // until a bug
  // The text that is context, and that which has not been searched; and room for a newline.
  std::vector<uint8_t> text_;
  size_t used_ = 0;
  uint64_t seen_ = 0;  // the size of the text that was searched, and of the look-back
  // The sums over the records that were taken.
  std::vector<uint64_t> row_;
  FindingCounts findings_;
};

}  // namespace mpicount
