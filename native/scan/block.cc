#include "block.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "runs.h"

namespace mpicount {
namespace {

// Bytes beyond an occurrence that the word rule may look at: the longest character, of which it
// sees one byte at least.
constexpr uint64_t kContext = 4;

// A stretch of the file in memory, and which of the occurrences in it are new: those that end in
// (seen, limit].
struct Window {
  const PatternSet& patterns;
  RunCounter& runs;
  const uint8_t* text;
  size_t size;
  uint64_t begin;  // offset of text[0] in the file
  uint64_t seen;
  uint64_t limit;
  bool in_order = true;
};

bool StandsAlone(const WordCharacters& word, const Window& window, size_t start, size_t end) {
  return (start == 0 || !word.OwnsByte(window.text, window.size, start - 1)) &&
         (end == window.size || !word.OwnsByte(window.text, window.size, end));
}

int OnMatch(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  Window& window = *static_cast<Window*>(context);
  const uint64_t end = window.begin + to;
  if (end <= window.seen || end > window.limit) return 0;
  const size_t length = window.patterns.LengthBefore(id, window.text + to);
  const WordCharacters* word = window.patterns.word();
  if (word != nullptr && !StandsAlone(*word, window, to - length, to)) return 0;
  window.in_order = window.runs.Add(id, end - length, end);
  return window.in_order ? 0 : 1;
}

class Stopwatch {
 public:
  // Nanoseconds since the last call, or since the start.
  uint64_t Lap() {
    const auto now = std::chrono::steady_clock::now();
    const auto lap = std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_);
    last_ = now;
    return static_cast<uint64_t>(lap.count());
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

bool AnyOpen(const PatternSet& patterns, const RunCounter& runs, uint64_t seen) {
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (runs.Open(i, patterns.max_length(i), seen)) return true;
  }
  return false;
}

}  // namespace

BlockResult CountBlock(PatternSet& patterns, const Block& block) {
  BlockResult result;
  RunCounter runs(patterns.size(), block.begin, block.end, patterns.overlapping());
  std::unique_ptr<Workspace> workspace = patterns.Borrow();
  if (workspace == nullptr) {
    result.failure = "no memory to scan with";
    return result;
  }
  const uint64_t look_back = patterns.max_length() + kContext;
  // Every occurrence that starts in the block ends at or before this.
  const uint64_t reach = block.end - 1 + patterns.max_length();
  uint64_t seen = block.begin;  // all occurrences that end at or before this are dealt with
  uint64_t tail = patterns.max_length();
  Stopwatch watch;
  while (seen < block.file_size) {
    if (patterns.cancelled()) {
      result.failure = "cancelled";
      break;
    }
    uint64_t next = std::min(seen + block.window, reach);
    if (seen >= reach) {
      if (!AnyOpen(patterns, runs, seen)) break;
      // Runs are short, as a rule: begin with little and read more as one goes on.
      tail = std::min(2 * tail, std::max<uint64_t>(block.window, patterns.max_length()));
      next = seen + tail;
    }
    const uint64_t begin = seen - std::min(seen, look_back);
    const uint64_t end = std::min(next + kContext, block.file_size);
    const uint64_t limit = end == block.file_size ? end : next;
    ReadError error;
    const bool read = ReadExactly(block.fd, begin, end, workspace->text, error);
    result.read_nanoseconds += watch.Lap();
    if (!read) {
      result.read_error = error;
      break;
    }
    Window window{patterns, runs, workspace->text.data(), workspace->text.size(), begin,
                  seen,     limit};
    const hs_error_t status =
        hs_scan(patterns.database(), reinterpret_cast<const char*>(window.text),
                static_cast<unsigned>(window.size), 0, workspace->scratch, OnMatch, &window);
    result.scan_nanoseconds += watch.Lap();
    if (status != HS_SUCCESS) {
      result.failure = window.in_order ? "hs_scan failed with status " + std::to_string(status)
                                       : "hs_scan reported matches out of order";
      break;
    }
    seen = limit;
  }
  patterns.GiveBack(std::move(workspace));
  result.counts.resize(patterns.size());
  for (size_t i = 0; i < patterns.size(); ++i) result.counts[i] = runs.count(i);
  return result;
}

}  // namespace mpicount
