#include "fastq.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace mpicount {
namespace {

// Longer lines are refused, since a line is held in memory. No read is that long.
constexpr LongLines kLongLines{size_t{256} << 20};

bool BeginsWith(const Line& line, char byte) {
  return line.size > 0 && line.text[0] == static_cast<uint8_t>(byte);
}

// Returns the size of the line without the CR of a CR LF.
size_t SizeOf(const Line& line) {
  return line.size > 0 && line.text[line.size - 1] == '\r' ? line.size - 1 : line.size;
}

class FastqCounter : public LineRecordsCounter {
 public:
  FastqCounter(const PatternSet& patterns, uint64_t begin, uint64_t end)
      : LineRecordsCounter(patterns, end, kLongLines),
        next_(begin == 0 ? Part::kHeader : Part::kUnknown) {}

  bool NeedsAfter(uint64_t) const override {
    if (is_over()) return false;
    // Without a line that may be a header, no record begins in the block.
    return next_ != Part::kUnknown || FirstCandidate() < end();
  }

 private:
  // The part of a record that the next line is. It is unknown before the first header.
  enum class Part { kUnknown, kHeader, kSequence, kPlus, kQuality, kBlank };

  // A line in memory of its own.
  struct KeptLine {
    uint64_t offset;
    std::vector<uint8_t> text;

    Line line() const { return {text.data(), text.size(), offset}; }
  };

  void Take(const Line& line) override {
    if (next_ == Part::kUnknown) {
      LookForHeader(line);
    } else {
      TakePart(line);
    }
  }

  void TakePart(const LinePart& part) override {
    Reject(part.offset, "the line is longer than 256 MiB");
  }

  // Decides by three lines whether the first is a header.
  void LookForHeader(const Line& line) {
    kept_.push_back({line.offset, {line.text, line.text + line.size}});
    if (kept_.front().offset >= end()) return Stop();
    if (kept_.size() < 3) return;
    if (BeginsWith(kept_[0].line(), '@') && BeginsWith(kept_[2].line(), '+')) {
      next_ = Part::kHeader;
      for (const KeptLine& kept : kept_) {
        if (!is_over()) TakePart(kept.line());
      }
      kept_.clear();
    } else {
      kept_.pop_front();
    }
  }

  // Returns the offset of the first line that may be a header.
  uint64_t FirstCandidate() const { return kept_.empty() ? next_line() : kept_.front().offset; }

  void TakePart(const Line& line) {
    switch (next_) {
      case Part::kUnknown:
      case Part::kHeader: return TakeHeader(line);
      case Part::kSequence: return TakeSequence(line);
      case Part::kPlus: return TakePlus(line);
      case Part::kQuality: return TakeQuality(line);
      case Part::kBlank: return TakeBlank(line);
    }
  }

  void TakeHeader(const Line& line) {
    record_ = line.offset;
    if (SizeOf(line) == 0) {
      next_ = Part::kBlank;
    } else if (BeginsWith(line, '@')) {
      next_ = Part::kSequence;
    } else {
      Reject(line, "a record begins with '@', but the line does not");
    }
  }

  void TakeSequence(const Line& line) {
    if (BeginsWith(line, '@') || BeginsWith(line, '+')) {
      return Reject(line, "a sequence does not begin with '@' or '+', but the line does");
    }
    next_ = Part::kPlus;
    sequence_size_ = SizeOf(line);
    if (is_owned()) Search(line.text, sequence_size_);
  }

  void TakePlus(const Line& line) {
    if (!BeginsWith(line, '+')) {
      return Reject(line,
                    "the third line of a record begins with '+', but the line does not; records of "
                    "more than four lines are not read");
    }
    next_ = Part::kQuality;
    // The record after the last one of the block is checked no further.
    if (!is_owned()) Stop();
  }

  void TakeQuality(const Line& line) {
    if (SizeOf(line) != sequence_size_) {
      return Reject(line, "a quality is as long as its sequence, but the line is not");
    }
    next_ = Part::kHeader;
    CountRecord();
  }

  void TakeBlank(const Line& line) {
    if (SizeOf(line) > 0) Reject(line, "no record follows a blank line, but the line does");
  }

  void TakeEnd() override {
    Stop();
    switch (next_) {
      case Part::kUnknown:
      case Part::kHeader:
      case Part::kBlank: return;
      case Part::kQuality:
        // An empty line without a newline.
        if (sequence_size_ == 0) return CountRecord();
        [[fallthrough]];
      case Part::kSequence:
      case Part::kPlus: Reject(record_, "it is cut off", "the record");
    }
  }

  // Returns whether the record belongs to the block.
  bool is_owned() const { return record_ < end(); }

  void Reject(const Line& line, const char* why) { Reject(line.offset, why); }

  void Reject(uint64_t offset, std::string why, const char* subject = "the line") {
    SetFault({offset, subject, "is no FASTQ: " + std::move(why)});
  }

  Part next_;
  std::deque<KeptLine> kept_;  // before the first header: the latest lines
  uint64_t record_ = 0;        // where the record begins
  size_t sequence_size_ = 0;   // of the record
};

}  // namespace

std::unique_ptr<RangeCounter> FastqKernel::Begin(uint64_t begin, uint64_t end) const {
  return std::make_unique<FastqCounter>(patterns(), begin, end);
}

}  // namespace mpicount
