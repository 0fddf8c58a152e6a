// The base of kernels whose records consist of lines, of which they search parts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../match/patterns.h"
#include "kernel.h"
#include "lines.h"
#include "long_record.h"
#include "record_batch.h"

namespace mpicount {

// A row has the number of occurrences of each pattern, the number of records that contain each
// pattern, and the number of all records.
class LineRecordsKernel : public Kernel {
 public:
  explicit LineRecordsKernel(std::unique_ptr<const PatternSet> patterns)
      : patterns_(std::move(patterns)) {}

  size_t width() const override { return 2 * patterns_->size() + 1; }
  Reach reach() const override { return {LineCutter::kBefore, 0, 0}; }
  bool reports_format() const override { return false; }

 protected:
  const PatternSet& patterns() const { return *patterns_; }

 private:
  const std::unique_ptr<const PatternSet> patterns_;
};

// The limits from which on lines are parsed and searched in parts.
struct LongLines {
  // Lines of up to so many bytes are held in memory as a whole. Tests have short ones not held,
  // which must be longer than a byte order mark.
  size_t longest_held;
  // How many bytes of the text of a line that is not held are searched at a time, in tests; 0: as
  // many as of other lines.
  size_t searched = 0;

  // A line that is not held has counters of its own (LongRecord), which must take less time to set
  // up and to add than the search: with a million patterns, some 35 ms.
  static LongLines For(const PatternSet& patterns) {
    return {.longest_held = std::max(size_t{1} << 20, 16 * patterns.size())};
  }
};

// Takes the lines that begin in a range, and those after it that its last record needs.
class LineRecordsCounter : public RangeCounter {
  // Return the functions that take a line, or a part of a long one, and return whether what comes
  // after it is wanted, too.
  auto TakeLine() {
    return [this](const Line& line) {
      Take(line);
      return !is_over_;
    };
  }
  auto TakeLinePart() {
    return [this](const LinePart& part) {
      TakePart(part);
      return !is_over_;
    };
  }

 public:
  // With `by_group`, the counts are also broken down by the groups of the records.
  LineRecordsCounter(const PatternSet& patterns, uint64_t end, const LongLines& long_lines,
                     bool by_group = false)
      : patterns_(patterns),
        searched_(long_lines.searched),
        records_in_row_(2 * patterns.size()),
        end_(end),
        cutter_(long_lines.longest_held),
        groups_(by_group ? std::make_unique<GroupCounts>(records_in_row_ + 1) : nullptr),
        batch_(patterns, groups_.get()) {}

  bool Scan(const Window& window) override {
    if (is_over_) return true;
    cutter_.Cut(window, TakeLine(), TakeLinePart());
    return !is_broken_;
  }

  bool Finish() override {
    if (!is_over_) cutter_.Finish(TakeLine(), TakeLinePart());
    if (!is_over_) TakeEnd();
    return batch_.Finish() && !is_broken_;
  }

  void SetEnd(uint64_t end) override { end_ = end; }

  const TextFault* fault() const override { return fault_ ? &*fault_ : nullptr; }

  const GroupCounts* groups() const override { return groups_.get(); }

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    batch_.AddTo(row, findings);
    if (long_record_) long_record_->AddTo(row, findings);
    row[records_in_row_] += records_;
  }

 protected:
  // Takes the next line.
  virtual void Take(const Line& line) = 0;

  // Takes the next part of a line that is not held.
  virtual void TakePart(const LinePart& part) = 0;

  // Takes the end of the text, if it comes before the last record of the range is over.
  virtual void TakeEnd() {}

  // Ends the range: no further line is wanted.
  void Stop() { is_over_ = true; }

  void SetFault(TextFault fault) {
    fault_ = std::move(fault);
    Stop();
  }

  // Returns the index of the group with this name, or nothing if there are too many groups.
  std::optional<uint32_t> GroupNamed(std::string_view name) {
    const uint32_t group = groups_->IndexOf(name);
    return groups_->is_full() ? std::nullopt : std::optional(group);
  }

  // Searches the text of a record. `group` is that of the record, if there are groups.
  void Search(const void* text, size_t size, uint32_t group = 0) {
    if (!batch_.Add(text, size, group)) Break();
  }

  // Returns what searches the text of a record that is not held, until SearchLong() takes it.
  LongRecord& long_record() {
    if (!long_record_) long_record_.emplace(patterns_, searched_, groups_.get(), batch_);
    return *long_record_;
  }
  void SearchLong(uint32_t group = 0) {
    if (!long_record().Take(group)) Break();
  }

  void CountRecord(uint32_t group = 0) {
    ++records_;
    if (groups_) groups_->Add(group, records_in_row_, 1);
  }

  uint64_t end() const { return end_; }
  bool is_over() const { return is_over_; }

  // Returns the offset of the next line to be taken, or LineCutter::kNoLine.
  uint64_t next_line() const { return cutter_.next(); }

 private:
  // Ends the range after a bug.
  void Break() {
    is_broken_ = true;
    Stop();
  }

  const PatternSet& patterns_;
  const size_t searched_;
  const size_t records_in_row_;
  uint64_t end_;
  LineCutter cutter_;
  const std::unique_ptr<GroupCounts> groups_;  // null without groups
  RecordBatch batch_;
  std::optional<LongRecord> long_record_;  // if there was one
  uint64_t records_ = 0;
  std::optional<TextFault> fault_;
  bool is_over_ = false;
  bool is_broken_ = false;  // by a bug
};

}  // namespace mpicount
