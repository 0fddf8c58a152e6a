#include "block.h"

#include <algorithm>

#include "stopwatch.h"

namespace mpicount {
namespace {

// The number of bytes of a step back, if a kernel needs text before a range that is out of reach.
constexpr uint64_t kStepBack = 64 * 1024;

uint64_t Back(uint64_t offset, uint64_t distance) { return offset - std::min(offset, distance); }

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

// Counts in one range.
class RangeCount {
 public:
  RangeCount(CountContext& context, const FileRange& range, ScratchBuffer& buffer)
      : context_(context),
        range_(range),
        buffer_(buffer),
        reach_(context.kernel->reach()),
        counter_(context.kernel->Begin(range.begin, range.end)) {}

  RangeResult Run(uint64_t* row) {
    ScanRange();
    if (!result_.failed()) ScanBefore();
    if (!result_.failed()) counter_->AddTo(row, result_.findings);
    return std::move(result_);
  }

 private:
  // Scans the range, its overhang, and as much after it as the kernel needs.
  void ScanRange() {
    const uint64_t last = range_.end + reach_.overhang;
    // Windows overlap by about the overhang, which is to be small against a window.
    const uint64_t window_size = std::max<uint64_t>(range_.window, 8 * reach_.overhang);
    uint64_t seen = range_.begin;
    uint64_t tail = reach_.before;
    const std::unique_ptr<Source> source = Open(Back(seen, reach_.before), last + reach_.after);
    if (source == nullptr) return;
    if (range_.begin == 0 && context_.kernel->reports_format()) {
      if (const std::optional<Finding> format = FormatOf(*source)) ++result_.findings[*format];
    }
    while (seen < source->size()) {
      // The end of the view is a multiple of the window size, so that whole pages are read.
      uint64_t next = seen + window_size - (seen + reach_.after) % window_size;
      if (seen < last) {
        next = std::min(next, last);
      } else if (counter_->NeedsAfter(seen)) {
        // Kernels usually need little after the range: read a little at first, and twice as much
        // each time.
        tail = std::min(2 * tail, window_size);
        next = seen + tail;
      } else {
        break;
      }
      const std::optional<uint64_t> limit = ScanWindow(*source, seen, next);
      // A stream that ends where the window begins has no new part.
      if (!limit || *limit == seen) break;
      seen = *limit;
    }
    result_.stored_size = source->stored_size();
  }

  // Scans the text before the range that the kernel needs, from its end to its beginning.
  void ScanBefore() {
    while (const uint64_t end = counter_->NeedsBefore()) {
      const uint64_t begin = Back(end, kStepBack);
      const std::unique_ptr<Source> source = Open(Back(begin, reach_.before), end + reach_.after);
      if (source == nullptr || !ScanWindow(*source, begin, end, true)) return;
    }
  }

  // Opens the source. Returns null and sets an error in the result if it cannot be decoded.
  std::unique_ptr<Source> Open(uint64_t begin, uint64_t likely_end) {
    ReadError error;
    std::unique_ptr<Source> source = OpenSource(range_, begin, likely_end, buffer_, error);
    if (source == nullptr) result_.read_error = std::move(error);
    return source;
  }

  // Scans a window with the new part [seen, next), or less if a stream ends earlier. Returns the
  // end of the new part, or nothing and sets an error in the result.
  std::optional<uint64_t> ScanWindow(Source& source, uint64_t seen, uint64_t next,
                                     bool is_before = false) {
    if (context_.cancelled) {
      result_.failure = "cancelled";
      return std::nullopt;
    }
    const uint64_t begin = Back(seen, reach_.before);
    const uint64_t wanted = std::min(next + reach_.after, source.size());
    ReadError error;
    const uint8_t* text = source.View(begin, wanted, error);
    const uint64_t end = std::min(wanted, source.size());
    const uint64_t limit = std::min(next, end);
    result_.read_nanoseconds += watch_.Lap();
    if (text == nullptr) {
      result_.read_error = error;
      return std::nullopt;
    }
    if (limit == seen) return limit;
    const Window window{text, end - begin, begin, seen, limit};
    if (is_before) {
      counter_->ScanBefore(window);
    } else if (!counter_->Scan(window)) {
      result_.failure = "occurrences were found out of order";
    }
    result_.scan_nanoseconds += watch_.Lap();
    if (!source.Confirm(error)) result_.read_error = error;
    if (result_.failed()) return std::nullopt;
    return limit;
  }

  CountContext& context_;
  const FileRange& range_;
  ScratchBuffer& buffer_;
  const Reach reach_;
  const std::unique_ptr<RangeCounter> counter_;
  RangeResult result_;
  Stopwatch watch_;
};

}  // namespace

RangeResult CountFileRange(CountContext& context, const FileRange& range, uint64_t* row) {
  std::unique_ptr<ScratchBuffer> buffer = context.buffers.Borrow();
  RangeResult result = RangeCount(context, range, *buffer).Run(row);
  context.buffers.GiveBack(std::move(buffer));
  if (range.drop) DropFromPageCache(range);
  return result;
}

}  // namespace mpicount
