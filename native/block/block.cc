#include "block.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "../kernel/runs.h"

namespace mpicount {
namespace {

// Bytes before and after an occurrence that the word rule may look at: the longest character, of
// which it sees one byte at least.
constexpr uint64_t kContext = 4;

// Occurrences with something outside of ASCII beside them: a character, or a byte of none that
// passed for the end of a word.
struct WordEdges {
  uint64_t beside_character = 0;
  uint64_t beside_other = 0;
};

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
  WordEdges& edges;
  bool in_order = true;

  bool IsNew(size_t end) const { return begin + end > seen && begin + end <= limit; }
};

bool IsWholeWord(const WordCharacters& word, const Window& window, size_t start, size_t end) {
  return (start == 0 || !word.IsInWordCharacter(window.text, window.size, start - 1)) &&
         (end == window.size || !word.IsInWordCharacter(window.text, window.size, end));
}

void CountEdges(Window& window, size_t start, size_t end, bool alone) {
  const auto is_ascii = [&window](size_t at) { return window.text[at] < 0x80; };
  const bool before = start > 0 && !is_ascii(start - 1);
  const bool after = end < window.size && !is_ascii(end);
  // One that starts in another block is counted there.
  const uint64_t offset = window.begin + start;
  if ((!before && !after) || offset < window.runs.begin() || offset >= window.runs.end()) return;
  const auto is_other = [&window](size_t at) {
    return !WordCharacters::IsInCharacter(window.text, window.size, at);
  };
  if (alone && ((before && is_other(start - 1)) || (after && is_other(end)))) {
    ++window.edges.beside_other;
  } else {
    ++window.edges.beside_character;
  }
}

// Takes a new occurrence [start, end) of the window's text. False if it is out of order.
inline bool Take(Window& window, size_t part, size_t start, size_t end) {
  const WordCharacters* word = window.patterns.word();
  if (word != nullptr) {
    const bool alone = IsWholeWord(*word, window, start, end);
    CountEdges(window, start, end, alone);
    if (!alone) return true;
  }
  return window.runs.Add(part, window.begin + start, window.begin + end);
}

// For occurrences that do not overlap, or of which all count: each is for itself.
bool CannotOverlap(const PatternSet& patterns, const LiteralSearch& search) {
  return search.is_short() && patterns.word() == nullptr &&
         (patterns.overlapping() || !search.CanOverlapItself());
}

void CountNonOverlapping(Window& window, size_t part, const LiteralSearch& search) {
  const size_t before = search.length() - 1;
  // Where new occurrences of the block may start.
  const uint64_t from = std::max(window.seen - std::min(window.seen, before), window.runs.begin());
  const uint64_t to = std::min(window.limit - std::min(window.limit, before), window.runs.end());
  if (from >= to) return;
  window.runs.AddNonOverlapping(part,
                                search.CountShort(window.text + (from - window.begin), to - from));
}

// Where to look first for each literal; chosen with a block's first window.
using AllAnchors = std::vector<std::optional<LiteralSearch::Anchors>>;

// False if occurrences were found out of order.
bool Scan(Window& window, AllAnchors& anchors) {
  const auto take = [&window](size_t part, size_t start, size_t end) {
    if (window.IsNew(end) && !Take(window, part, start, end)) window.in_order = false;
  };
  const std::vector<PatternSet::Literal>& literals = window.patterns.literals();
  for (size_t i = 0; i < literals.size(); ++i) {
    const auto& [part, search] = literals[i];
    if (CannotOverlap(window.patterns, search)) {
      CountNonOverlapping(window, part, search);
      continue;
    }
    if (!anchors[i]) anchors[i] = search.Choose(window.text, window.size);
    search.ForEach(window.text, window.size, *anchors[i],
                   [&take, part = part](size_t start, size_t end) { take(part, start, end); });
  }
  for (const MultiPatternSearch& set : window.patterns.multi_searches())
    set.ForEach(window.text, window.size, take);
  return window.in_order;
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
  for (size_t i = 0; i < patterns.parts().size(); ++i) {
    if (runs.Open(i, patterns.parts()[i].max_length, seen)) return true;
  }
  return false;
}

void Drop(const Block& block) {
#ifdef POSIX_FADV_DONTNEED  // not on macOS
  posix_fadvise(block.fd, static_cast<off_t>(block.begin),
                static_cast<off_t>(block.end - block.begin), POSIX_FADV_DONTNEED);
#else
  (void)block;
#endif
}

std::unique_ptr<Text> OpenSource(const Block& block, uint64_t begin, uint64_t likely_end,
                                 Buffer& buffer) {
  if (block.stream) return StreamedText(block.fd, std::max(block.chunk, block.window), buffer);
  if (block.chunk == 0) {
    std::unique_ptr<Text> mapped = OpenMapped(block.fd, block.file_size, begin, likely_end);
    if (mapped != nullptr) return mapped;
  }
  return OpenBuffered(block.fd, block.file_size, likely_end, std::max(block.chunk, block.window),
                      buffer);
}

// What the text is by its first bytes. What cannot be read is left to who counts it.
std::optional<Finding> KindOf(Text& text) {
  ReadError error;
  const auto view = [&text, &error](uint64_t size) {
    return text.View(0, std::min(size, text.size()), error);
  };
  const uint8_t* bytes = view(kMagicSize);
  if (bytes == nullptr) return std::nullopt;
  const auto size = [&text](uint64_t wanted) { return std::min(wanted, text.size()); };
  const std::optional<Finding> kind = Recognize(bytes, size(kMagicSize));
  if (kind || !MayBeJsonLines(bytes, size(kMagicSize))) return kind;
  bytes = view(kJsonSize);
  if (bytes == nullptr || !IsJsonLines(bytes, size(kJsonSize))) return std::nullopt;
  return Finding::kJsonLines;
}

void AddEdges(const WordEdges& edges, BlockResult& result) {
  if (edges.beside_character > 0)
    result.findings[Finding::kBesideCharacter] = edges.beside_character;
  if (edges.beside_other > 0) result.findings[Finding::kBesideOther] = edges.beside_other;
}

}  // namespace

BlockResult CountBlock(CountContext& context, const Block& block) {
  const PatternSet& patterns = context.patterns;
  BlockResult result;
  RunCounter runs(patterns.parts().size(), block.begin, block.end, patterns.overlapping());
  std::unique_ptr<Buffer> buffer = context.buffers.Borrow();
  const uint64_t look_back = patterns.max_length() + kContext;
  // What is looked at twice is to be little.
  const uint64_t window_size = std::max<uint64_t>(block.window, 8 * patterns.max_length());
  // Every occurrence that starts in the block ends at or before this.
  const uint64_t reach = block.end - 1 + patterns.max_length();
  uint64_t seen = block.begin;  // all occurrences that end at or before this are dealt with
  uint64_t tail = patterns.max_length();
  AllAnchors anchors(patterns.literals().size());
  Stopwatch watch;
  std::unique_ptr<Text> text =
      OpenSource(block, seen - std::min(seen, look_back), reach + kContext, *buffer);
  if (block.begin == 0) {
    if (const std::optional<Finding> kind = KindOf(*text)) ++result.findings[*kind];
  }
  WordEdges edges;
  while (seen < text->size()) {
    if (context.cancelled) {
      result.failure = "cancelled";
      break;
    }
    // The end of what is looked at is a multiple of the window's size, to read whole pages.
    uint64_t next = seen + window_size - (seen + kContext) % window_size;
    if (seen >= reach) {
      if (!AnyOpen(patterns, runs, seen)) break;
      // Runs are short, as a rule: begin with little and read more as one goes on.
      tail = std::min(2 * tail, window_size);
      next = seen + tail;
    } else {
      next = std::min(next, reach);
    }
    const uint64_t begin = seen - std::min(seen, look_back);
    const uint64_t wanted = std::min(next + kContext, text->size());
    ReadError error;
    const uint8_t* bytes = text->View(begin, wanted, error);
    const uint64_t end = std::min(wanted, text->size());
    const uint64_t limit = end == text->size() ? end : next;
    result.read_nanoseconds += watch.Lap();
    if (bytes == nullptr) {
      result.read_error = error;
      break;
    }
    if (end == seen) break;  // the stream ended
    Window window{patterns, runs, bytes, end - begin, begin, seen, limit, edges};
    if (!Scan(window, anchors)) result.failure = "occurrences were found out of order";
    result.scan_nanoseconds += watch.Lap();
    if (!text->Confirm(error)) {
      result.read_error = error;
      break;
    }
    if (!result.failure.empty()) break;
    seen = limit;
  }
  result.text_size = text->size();
  AddEdges(edges, result);
  text.reset();
  if (block.drop) Drop(block);
  context.buffers.GiveBack(std::move(buffer));
  result.counts.resize(patterns.size());
  for (size_t part = 0; part < patterns.parts().size(); ++part) {
    result.counts[patterns.parts()[part].pattern] += runs.count(part);
  }
  return result;
}

}  // namespace mpicount
