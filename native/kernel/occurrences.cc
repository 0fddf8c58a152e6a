#include "occurrences.h"

#include <algorithm>
#include <vector>

#include "occurrence_counter.h"
#include "records.h"

namespace mpicount {
namespace {

class OccurrencesInRange : public RangeCounter {
 public:
  OccurrencesInRange(const PatternSet& patterns, uint64_t begin, uint64_t end)
      : counter_(patterns, begin, end, false) {}

  bool Scan(const Window& window) override { return counter_.Scan(window, nullptr); }
  void SetEnd(uint64_t end) override { counter_.SetEnd(end); }
  bool NeedsAfter(uint64_t seen) const override { return counter_.NeedsAfter(seen); }
  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    counter_.AddTo(row, findings);
  }

 protected:
  // Returns the patterns of which occurrences were counted, one with several parts several times.
  std::vector<size_t> FoundPatterns() const {
    std::vector<size_t> found;
    counter_.ForEachCount([&found](size_t pattern, uint64_t) { found.push_back(pattern); });
    return found;
  }

 private:
  OccurrenceCounter counter_;
};

// The range is a record.
class FileAsRecord : public OccurrencesInRange {
 public:
  FileAsRecord(const PatternSet& patterns, uint64_t begin, uint64_t end)
      : OccurrencesInRange(patterns, begin, end), patterns_(patterns.size()) {}

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    OccurrencesInRange::AddTo(row, findings);
    std::vector<size_t> contained = FoundPatterns();
    // The parts of a pattern come one by one.
    std::sort(contained.begin(), contained.end());
    const auto end = std::unique(contained.begin(), contained.end());
    for (auto pattern = contained.begin(); pattern < end; ++pattern) ++row[patterns_ + *pattern];
    ++row[2 * patterns_];
  }

 private:
  size_t patterns_;
};

// Records are lines: a last line without a newline is one, too.
class LinesInRange : public RangeCounter {
 public:
  LinesInRange(const PatternSet& patterns, uint64_t begin, uint64_t end)
      : counter_(patterns, begin, end, true),
        begin_(begin),
        end_(end),
        lines_in_row_(2 * patterns.size()) {}

  bool Scan(const Window& window) override {
    ends_.Begin(window);
    counter_.SetToNewlines(window, ends_);
    CountLines(window);
    open_ = ends_.OpenAt(window.limit);
    return counter_.Scan(window, &ends_);
  }

  void SetEnd(uint64_t end) override {
    end_ = end;
    counter_.SetEnd(end);
  }

  bool NeedsAfter(uint64_t seen) const override {
    return (open_ >= begin_ && open_ < end_) || counter_.NeedsAfter(seen);
  }

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    counter_.AddTo(row, findings);
    row[lines_in_row_] += lines_;
  }

 private:
  // Counts the lines that begin in the new part of the window, after the end of the line before.
  void CountLines(const Window& window) {
    const uint64_t to = std::min(window.limit, end_);
    if (window.seen >= to) return;
    if (window.seen == 0) ++lines_;
    const uint64_t from = std::max<uint64_t>(window.seen, 1);
    lines_ += ends_.CountIn(from - 1, to - 1);
  }

  OccurrenceCounter counter_;
  RecordEnds ends_;
  uint64_t begin_;
  uint64_t end_;
  size_t lines_in_row_;
  uint64_t lines_ = 0;
  uint64_t open_ = 0;  // where the line begins that is open at the end of what was scanned
};

}  // namespace

size_t OccurrenceKernel::width() const {
  return unit_ == RecordUnit::kNone ? patterns_->size() : 2 * patterns_->size() + 1;
}

Reach OccurrenceKernel::reach() const { return OccurrenceCounter::ReachOf(*patterns_); }

std::unique_ptr<RangeCounter> OccurrenceKernel::Begin(uint64_t begin, uint64_t end) const {
  switch (unit_) {
    case RecordUnit::kNone: break;
    case RecordUnit::kLine: return std::make_unique<LinesInRange>(*patterns_, begin, end);
    case RecordUnit::kFile: return std::make_unique<FileAsRecord>(*patterns_, begin, end);
  }
  return std::make_unique<OccurrencesInRange>(*patterns_, begin, end);
}

}  // namespace mpicount
