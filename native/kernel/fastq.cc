#include "fastq.h"

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpicount {
namespace {

// A line, and what the parts of a record ask about it.
struct ReadLine {
  uint64_t offset;
  size_t size;          // without the CR of a CR LF
  uint8_t first;        // byte, or 0 if there is none
  bool is_held;         // a sequence that is not is in the long record
  const uint8_t* text;  // if it is held
};

bool BeginsWith(const ReadLine& line, char byte) {
  return line.first == static_cast<uint8_t>(byte);
}

ReadLine Read(const Line& line) {
  const bool has_cr = line.size > 0 && line.text[line.size - 1] == '\r';
  const uint8_t first = line.size > 0 ? line.text[0] : 0;
  return {line.offset, line.size - (has_cr ? 1 : 0), first, true, line.text};
}

class FastqCounter : public LineRecordsCounter {
 public:
  FastqCounter(const PatternSet& patterns, const LongLines& long_lines, uint64_t begin,
               uint64_t end)
      : LineRecordsCounter(patterns, end, long_lines),
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
    ReadLine read;
    std::vector<uint8_t> text;

    ReadLine line() const {
      return {read.offset, read.size, read.first, read.is_held, text.data()};
    }
  };

  void Take(const Line& line) override { TakeLine(Read(line)); }

  void TakePart(const LinePart& part) override {
    if (part.is_first) {
      long_line_ = {part.offset, 0, part.text[0], false, nullptr};
      ends_in_cr_ = false;
      may_be_sequence_ = (next_ == Part::kUnknown || (next_ == Part::kSequence && is_owned())) &&
                         !BeginsWith(long_line_, '@') && !BeginsWith(long_line_, '+');
      if (may_be_sequence_) long_record().Clear();
    }
    if (part.size > 0) {
      // A CR belongs to the line unless the newline follows.
      if (ends_in_cr_) AddToLong("\r");
      ends_in_cr_ = part.text[part.size - 1] == '\r';
      AddToLong({reinterpret_cast<const char*>(part.text), part.size - (ends_in_cr_ ? 1 : 0)});
    }
    if (part.is_last) TakeLine(long_line_);
  }

  void AddToLong(std::string_view text) {
    long_line_.size += text.size();
    if (may_be_sequence_) long_record().Add(text);
  }

  void TakeLine(const ReadLine& line) {
    if (next_ == Part::kUnknown) {
      LookForHeader(line);
    } else {
      TakePartOfRecord(line);
    }
  }

  // Decides by three lines whether the first is a header. If the second is a sequence that was not
  // held, it still is in the long record: the third, which begins with '+', cannot be in it.
  void LookForHeader(const ReadLine& line) {
    kept_.push_back({line, {}});
    if (line.is_held) kept_.back().text.assign(line.text, line.text + line.size);
    if (kept_.front().read.offset >= end()) return Stop();
    if (kept_.size() < 3) return;
    if (BeginsWith(kept_[0].line(), '@') && BeginsWith(kept_[2].line(), '+')) {
      next_ = Part::kHeader;
      for (const KeptLine& kept : kept_) {
        if (!is_over()) TakePartOfRecord(kept.line());
      }
      kept_.clear();
    } else {
      kept_.pop_front();
    }
  }

  // Returns the offset of the first line that may be a header.
  uint64_t FirstCandidate() const {
    return kept_.empty() ? next_line() : kept_.front().read.offset;
  }

  void TakePartOfRecord(const ReadLine& line) {
    switch (next_) {
      case Part::kUnknown:
      case Part::kHeader: return TakeHeader(line);
      case Part::kSequence: return TakeSequence(line);
      case Part::kPlus: return TakePlus(line);
      case Part::kQuality: return TakeQuality(line);
      case Part::kBlank: return TakeBlank(line);
    }
  }

  void TakeHeader(const ReadLine& line) {
    record_ = line.offset;
    if (line.size == 0) {
      next_ = Part::kBlank;
    } else if (BeginsWith(line, '@')) {
      next_ = Part::kSequence;
    } else {
      Reject(line, "a record begins with '@', but the line does not");
    }
  }

  void TakeSequence(const ReadLine& line) {
    if (BeginsWith(line, '@') || BeginsWith(line, '+')) {
      return Reject(line, "a sequence does not begin with '@' or '+', but the line does");
    }
    next_ = Part::kPlus;
    sequence_size_ = line.size;
    if (!is_owned()) return;
    if (line.is_held) {
      Search(line.text, sequence_size_);
    } else {
      SearchLong();
    }
  }

  void TakePlus(const ReadLine& line) {
    if (!BeginsWith(line, '+')) {
      return Reject(line,
                    "the third line of a record begins with '+', but the line does not; records of "
                    "more than four lines are not read");
    }
    next_ = Part::kQuality;
    // The record after the last one of the block is checked no further.
    if (!is_owned()) Stop();
  }

  void TakeQuality(const ReadLine& line) {
    if (line.size != sequence_size_) {
      return Reject(line, "a quality is as long as its sequence, but the line is not");
    }
    next_ = Part::kHeader;
    CountRecord();
  }

  void TakeBlank(const ReadLine& line) {
    if (line.size > 0) Reject(line, "no record follows a blank line, but the line does");
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

  void Reject(const ReadLine& line, const char* why) { Reject(line.offset, why); }

  void Reject(uint64_t offset, std::string why, const char* subject = "the line") {
    SetFault({offset, subject, "is no FASTQ: " + std::move(why)});
  }

  Part next_;
  std::deque<KeptLine> kept_;  // before the first header: the latest lines
  // The line that comes in parts, so far, whether its latest byte is a CR, which is not in it yet,
  // and whether it may be a sequence of the block, which is then given to the long record.
  ReadLine long_line_{};
  bool ends_in_cr_ = false;
  bool may_be_sequence_ = false;
  uint64_t record_ = 0;       // where the record begins
  size_t sequence_size_ = 0;  // of the record
};

}  // namespace

std::unique_ptr<RangeCounter> FastqKernel::Begin(uint64_t begin, uint64_t end) const {
  return std::make_unique<FastqCounter>(
      patterns(), long_lines_.value_or(LongLines::For(patterns())), begin, end);
}

}  // namespace mpicount
