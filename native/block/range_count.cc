#include "range_count.h"

#include <algorithm>
#include <utility>

namespace mpicount {
namespace {

// The number of bytes of a step back, if a kernel needs text before a range that is out of reach.
constexpr uint64_t kStepBack = 64 * 1024;

// The reason for which a kernel returns false.
constexpr const char* kOutOfOrder = "occurrences were found out of order";

// Recognizes the format of the text by its first bytes. Read errors are left to the count that
// follows, which reports them.
std::optional<Finding> FormatOf(Source& source) {
  ReadError error;
  const auto view = [&source, &error](uint64_t size) {
    return source.View(0, std::min(size, source.size()), error);
  };
  const uint8_t* bytes = view(kMagicSize);
  if (bytes == nullptr) return std::nullopt;
  const auto size = [&source](uint64_t wanted) { return std::min(wanted, source.size()); };
  const std::optional<Finding> format = Recognize(bytes, size(kMagicSize));
  if (format || !MayBeJsonLines(bytes, size(kMagicSize))) return format;
  bytes = view(kJsonSize);
  if (bytes == nullptr || !IsJsonLines(bytes, size(kJsonSize))) return std::nullopt;
  return Finding::kJsonLines;
}

// The range of the text of units [s, e) is [start of s + reach, start of e + reach), where the text
// is decoded from s on: the kernel reads that far back, and no unit has to be decoded for it twice.
// The first range of a file begins with its text.
uint64_t BeginOf(const FileRange& range, uint64_t start, const Reach& reach) {
  if (range.is_stored()) return range.begin;
  return range.has_units() && start > 0 ? reach.before : 0;
}

}  // namespace

RangeCount::RangeCount(CountContext& context, const FileRange& range, uint64_t start,
                       ScratchBuffer& buffer)
    : context_(context),
      range_(range),
      start_(start),
      buffer_(buffer),
      reach_(context.kernel->reach()),
      begin_(BeginOf(range, start, reach_)),
      end_(range.is_stored() ? range.end : kUnknownEnd),
      counter_(context.kernel->Begin(begin_, end_)) {}

RangeResult RangeCount::Run(const CountSums& sums) {
  ScanRange();
  if (!result_.failed()) ScanBefore();
  if (!result_.failed()) Finish(sums);
  return std::move(result_);
}

void RangeCount::Finish(const CountSums& sums) {
  if (!counter_->Finish()) result_.failure = kOutOfOrder;
  CheckFault();
  if (result_.failed()) return;
  counter_->AddTo(sums.row, result_.findings);
  const GroupCounts* groups = counter_->groups();
  if (groups != nullptr && sums.groups != nullptr) {
    sums.groups->AddAll(*groups);
    // The groups of each range are few enough, but not those of all ranges of the block.
    if (sums.groups->is_full()) {
      result_.read_error =
          ReadError{0, begin_,
                    "this file and those before it have groups too many, " + GroupCounts::Limits()};
      return;
    }
  }
  const InvalidLines* invalid = counter_->invalid_lines();
  if (invalid == nullptr) return;
  const uint64_t start = range_.has_units() ? start_ : 0;
  for (const uint64_t offset : invalid->first) result_.invalid_lines.push_back({start, offset});
}

void RangeCount::CheckFault() {
  const TextFault* fault = counter_->fault();
  if (fault == nullptr) return;
  std::string place = " at byte " + std::to_string(fault->offset);
  if (!range_.is_stored()) place += " of the text";
  if (range_.has_units() && start_ > 0) {
    place += " that is decoded from byte " + std::to_string(start_) + " of the file on";
  }
  result_.read_error = ReadError{0, fault->offset, fault->subject + place + " " + fault->predicate};
}

void RangeCount::ScanRange() {
  // Windows overlap by about the overhang, which is to be small against a window.
  const uint64_t window_size = std::max<uint64_t>(range_.window, 8 * reach_.overhang);
  uint64_t seen = begin_;
  uint64_t tail = reach_.before;
  const std::unique_ptr<Source> source = Open(Back(seen, reach_.before), last() + reach_.after);
  if (source == nullptr) return;
  const bool is_start = range_.has_units() ? start_ == 0 : begin_ == 0;
  if (is_start && context_.kernel->reports_format()) {
    if (const std::optional<Finding> format = FormatOf(*source)) ++result_.findings[*format];
  }
  while (seen < source->size()) {
    // The end of the view is a multiple of the window size, so that whole pages are read.
    uint64_t next = seen + window_size - (seen + reach_.after) % window_size;
    if (seen < last()) {
      next = std::min(next, last());
    } else if (counter_->NeedsAfter(seen)) {
      // Kernels usually need little after the range: read a little at first, and twice as much
      // each time.
      tail = std::min(2 * tail, window_size);
      next = seen + tail;
    } else {
      break;
    }
    const std::optional<uint64_t> limit = ScanWindow(*source, seen, next);
    has_whole_unit_ = source->has_whole_unit();
    // A stream that ends where the window begins, or before, has no new part.
    if (!limit || *limit <= seen) break;
    seen = *limit;
  }
  AddDecoding(*source);
  result_.stored_size = source->stored_size();
  result_.text_size = std::max(begin_, std::min(seen, end_)) - begin_;
  if (const std::optional<UnitBorder> border = source->border()) {
    result_.link = UnitLink{start_, border->stored, border->sums};
  }
}

void RangeCount::ScanBefore() {
  while (const uint64_t end = counter_->NeedsBefore()) {
    const uint64_t begin = Back(end, kStepBack);
    const std::unique_ptr<Source> source = Open(Back(begin, reach_.before), end + reach_.after);
    if (source == nullptr || !ScanWindow(*source, begin, end, true)) return;
    AddDecoding(*source);
  }
}

void RangeCount::AddDecoding(const Source& source) {
  const uint64_t decoding = std::min(source.decode_nanoseconds(), result_.read_nanoseconds);
  result_.decode_nanoseconds += decoding;
  result_.read_nanoseconds -= decoding;
}

std::unique_ptr<Source> RangeCount::Open(uint64_t begin, uint64_t likely_end) {
  ReadError error;
  std::unique_ptr<Source> source = range_.has_units()
                                       ? OpenUnits(range_, start_, buffer_, error)
                                       : OpenSource(range_, begin, likely_end, buffer_, error);
  if (source == nullptr) result_.read_error = std::move(error);
  return source;
}

std::optional<uint64_t> RangeCount::ScanWindow(Source& source, uint64_t seen, uint64_t next,
                                               bool is_before) {
  if (context_.cancelled) {
    result_.failure = "cancelled";
    return std::nullopt;
  }
  const uint64_t begin = Back(seen, reach_.before);
  const uint64_t wanted = std::min(next + reach_.after, source.size());
  ReadError error;
  const uint8_t* text = source.View(begin, wanted, error);
  const uint64_t end = std::min(wanted, source.size());
  result_.read_nanoseconds += watch_.Lap();
  if (text == nullptr) {
    result_.read_error = error;
    return std::nullopt;
  }
  LearnEnd(source);
  if (!is_before && seen < last()) next = std::min(next, last());
  const uint64_t limit = std::min(next, end);
  if (limit <= seen) return limit;
  const Window window{text, end - begin, begin, seen, limit};
  if (is_before) {
    counter_->ScanBefore(window);
  } else if (!counter_->Scan(window)) {
    result_.failure = kOutOfOrder;
  }
  result_.scan_nanoseconds += watch_.Lap();
  // A page that could not be read looks like zeros, which may be a fault to the kernel.
  if (source.Confirm(error)) {
    CheckFault();
  } else {
    result_.read_error = error;
  }
  if (result_.failed()) return std::nullopt;
  return limit;
}

void RangeCount::LearnEnd(const Source& source) {
  if (end_ != kUnknownEnd) return;
  const std::optional<UnitBorder> border = source.border();
  if (!border) return;
  end_ = border->decoded + reach_.before;
  counter_->SetEnd(end_);
}

}  // namespace mpicount
