#include "wc_block.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "stopwatch.h"

namespace mpicount {
namespace {

// The number of bytes before a range that usually contain a space or a word character.
constexpr uint64_t kNear = 64;
// The size of a step of the look-back if they do not.
constexpr uint64_t kFar = 64 * 1024;

// Returns the class of the last character in [from, at) of the file that is not ignored, or
// kIgnored if there is none. `text` holds [begin, end) of the file, with WcScan::kContext on either
// side.
WcClasses::Class Before(const WcClasses& classes, const uint8_t* text, uint64_t begin, uint64_t end,
                        uint64_t from, uint64_t at) {
  WcScan scan(classes, text, end - begin, from - begin);
  scan.Scan(text, end - begin, from - begin, at - begin);
  // The start of the file acts as a space.
  return scan.last() == WcClasses::kIgnored && from == 0 ? WcClasses::kSpace : scan.last();
}

uint64_t Back(uint64_t offset, uint64_t distance) { return offset - std::min(offset, distance); }

// Returns the class of the last character before the range that is not ignored, however far away it
// is. Returns kIgnored and sets a failure in `result` if it cannot be read.
WcClasses::Class LookBack(WcContext& context, const FileRange& range, ScratchBuffer& buffer,
                          WcResult& result) {
  auto found = WcClasses::kIgnored;
  for (uint64_t at = range.begin; found == WcClasses::kIgnored;) {
    if (context.cancelled) {
      result.failure = "cancelled";
      return found;
    }
    const uint64_t from = Back(at, kFar);
    const uint64_t begin = Back(from, WcScan::kContext);
    const uint64_t end = std::min(at + WcScan::kContext, range.file_size);
    const std::unique_ptr<Source> source = OpenSource(range, begin, end, buffer);
    ReadError error;
    const uint8_t* bytes = source->View(begin, end, error);
    if (bytes != nullptr) found = Before(context.classes, bytes, begin, end, from, at);
    if (bytes == nullptr || !source->Confirm(error)) {
      result.read_error = error;
      return WcClasses::kIgnored;
    }
    at = from;
  }
  return found;
}

}  // namespace

WcResult CountWc(WcContext& context, const FileRange& range) {
  WcResult result;
  std::unique_ptr<ScratchBuffer> buffer = context.buffers.Borrow();
  Stopwatch watch;
  const uint64_t from = Back(range.begin, kNear);
  uint64_t begin = Back(from, WcScan::kContext);
  uint64_t seen = range.begin;
  std::unique_ptr<Source> source =
      OpenSource(range, begin, std::min(range.end + WcScan::kContext, range.file_size), *buffer);
  auto before = WcClasses::kIgnored;
  std::optional<WcScan> scan;
  while (seen < std::min(range.end, source->size())) {
    if (context.cancelled) {
      result.failure = "cancelled";
      break;
    }
    // Windows end at multiples of their size, so that whole pages are read.
    const uint64_t next = std::min(seen + range.window - seen % range.window, range.end);
    const uint64_t wanted = std::min(next + WcScan::kContext, source->size());
    ReadError error;
    const uint8_t* bytes = source->View(begin, wanted, error);
    result.read_nanoseconds += watch.Lap();
    if (bytes == nullptr) {
      result.read_error = error;
      break;
    }
    // The stream may have ended early.
    const uint64_t end = std::min(wanted, source->size());
    const uint64_t limit = std::min(next, end);
    if (!scan) {
      before = Before(context.classes, bytes, begin, end, from, seen);
      scan.emplace(context.classes, bytes, end - begin, seen - begin);
    }
    scan->Scan(bytes, end - begin, seen - begin, limit - begin);
    result.scan_nanoseconds += watch.Lap();
    if (!source->Confirm(error)) {
      result.read_error = error;
      break;
    }
    seen = limit;
    begin = seen;
  }
  source.reset();
  const bool failed = result.read_error || !result.failure.empty();
  if (scan && !failed) {
    result.counts = scan->counts();
    result.bytes = seen - range.begin;
    if (scan->first() == WcClasses::kWord) {
      if (before == WcClasses::kIgnored) before = LookBack(context, range, *buffer, result);
      // The first word began before the range.
      if (before == WcClasses::kWord) --result.counts.words;
    }
  }
  result.read_nanoseconds += watch.Lap();
  context.buffers.GiveBack(std::move(buffer));
  if (range.drop) DropFromPageCache(range);
  return result;
}

}  // namespace mpicount
