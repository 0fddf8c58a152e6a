#include "block.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "../kernel/runs.h"
#include "stopwatch.h"

namespace mpicount {
namespace {

// The number of bytes on each side of an occurrence that the word rule may read: the length of the
// longest UTF-8 character, of which at least one byte touches the occurrence.
constexpr uint64_t kContext = 4;

// Counts of occurrences that have a non-ASCII neighbour: a character, or an invalid byte that the
// word rule accepted as the end of a word.
struct WordEdges {
  uint64_t beside_character = 0;
  uint64_t beside_other = 0;
};

// A range of the file in memory. Its new occurrences are those that end in (seen, limit]; the
// others belong to an earlier or a later window.
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

void CountEdges(Window& window, size_t start, size_t end, bool is_whole_word) {
  const auto is_ascii = [&window](size_t at) { return window.text[at] < 0x80; };
  const bool before = start > 0 && !is_ascii(start - 1);
  const bool after = end < window.size && !is_ascii(end);
  // An occurrence is counted by the block in which it starts.
  const uint64_t offset = window.begin + start;
  if ((!before && !after) || offset < window.runs.begin() || offset >= window.runs.end()) return;
  const auto is_other = [&window](size_t at) {
    return !WordCharacters::IsInCharacter(window.text, window.size, at);
  };
  if (is_whole_word && ((before && is_other(start - 1)) || (after && is_other(end)))) {
    ++window.edges.beside_other;
  } else {
    ++window.edges.beside_character;
  }
}

// Adds a new occurrence [start, end) of the window's text if it passes the word rule. Returns false
// if it is out of order.
inline bool Take(Window& window, size_t part, size_t start, size_t end) {
  const WordCharacters* word = window.patterns.word();
  if (word != nullptr) {
    const bool is_whole_word = IsWholeWord(*word, window, start, end);
    CountEdges(window, start, end, is_whole_word);
    if (!is_whole_word) return true;
  }
  return window.runs.Add(part, window.begin + start, window.begin + end);
}

// Returns whether each occurrence counts independently of all others, because none can overlap or
// because overlapping ones count, too.
bool CannotOverlap(const PatternSet& patterns, const LiteralSearch& search) {
  return search.is_short() && patterns.word() == nullptr &&
         (patterns.overlapping() || !search.CanOverlapItself());
}

void CountNonOverlapping(Window& window, size_t part, const LiteralSearch& search) {
  const size_t before = search.length() - 1;
  // New occurrences of the block start in [from, to).
  const uint64_t from = std::max(window.seen - std::min(window.seen, before), window.runs.begin());
  const uint64_t to = std::min(window.limit - std::min(window.limit, before), window.runs.end());
  if (from >= to) return;
  window.runs.AddNonOverlapping(part,
                                search.CountShort(window.text + (from - window.begin), to - from));
}

// The rare bytes of each literal, chosen from the first window of the file range.
using AllRareBytes = std::vector<std::optional<LiteralSearch::RareBytes>>;

// Finds the new occurrences of all patterns in a window. Returns false if they came out of order.
bool Scan(Window& window, AllRareBytes& rare_bytes) {
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
    if (!rare_bytes[i]) rare_bytes[i] = search.ChooseRareBytes(window.text, window.size);
    search.ForEach(window.text, window.size, *rare_bytes[i],
                   [&take, part = part](size_t start, size_t end) { take(part, start, end); });
  }
  for (const MultiPatternSearch& search : window.patterns.multi_searches())
    search.ForEach(window.text, window.size, take);
  return window.in_order;
}

bool AnyOpen(const PatternSet& patterns, const RunCounter& runs, uint64_t seen) {
  for (size_t i = 0; i < patterns.parts().size(); ++i) {
    if (runs.Open(i, patterns.parts()[i].max_length, seen)) return true;
  }
  return false;
}

// Recognizes the format of the text by its first bytes. Read errors are left to the count that
// follows, which reports them.
std::optional<Finding> KindOf(Source& source) {
  ReadError error;
  const auto view = [&source, &error](uint64_t size) {
    return source.View(0, std::min(size, source.size()), error);
  };
  const uint8_t* bytes = view(kMagicSize);
  if (bytes == nullptr) return std::nullopt;
  const auto size = [&source](uint64_t wanted) { return std::min(wanted, source.size()); };
  const std::optional<Finding> kind = Recognize(bytes, size(kMagicSize));
  if (kind || !MayBeJsonLines(bytes, size(kMagicSize))) return kind;
  bytes = view(kJsonSize);
  if (bytes == nullptr || !IsJsonLines(bytes, size(kJsonSize))) return std::nullopt;
  return Finding::kJsonLines;
}

void AddEdges(const WordEdges& edges, RangeResult& result) {
  if (edges.beside_character > 0)
    result.findings[Finding::kBesideCharacter] = edges.beside_character;
  if (edges.beside_other > 0) result.findings[Finding::kBesideOther] = edges.beside_other;
}

}  // namespace

RangeResult CountFileRange(CountContext& context, const FileRange& range) {
  const PatternSet& patterns = context.patterns;
  RangeResult result;
  RunCounter runs(patterns.parts().size(), range.begin, range.end, patterns.overlapping());
  std::unique_ptr<ScratchBuffer> buffer = context.buffers.Borrow();
  const uint64_t look_back = patterns.max_length() + kContext;
  // Windows overlap by the look-back, which is to be small against a window.
  const uint64_t window_size = std::max<uint64_t>(range.window, 8 * patterns.max_length());
  // Every occurrence that starts in the block ends at or before this offset.
  const uint64_t last_end = range.end - 1 + patterns.max_length();
  uint64_t seen = range.begin;  // all occurrences that end at or before this have been added
  uint64_t tail = patterns.max_length();
  AllRareBytes rare_bytes(patterns.literals().size());
  Stopwatch watch;
  std::unique_ptr<Source> source =
      OpenSource(range, seen - std::min(seen, look_back), last_end + kContext, *buffer);
  if (range.begin == 0) {
    if (const std::optional<Finding> kind = KindOf(*source)) ++result.findings[*kind];
  }
  WordEdges edges;
  while (seen < source->size()) {
    if (context.cancelled) {
      result.failure = "cancelled";
      break;
    }
    // The end of the view is a multiple of the window size, so that whole pages are read.
    uint64_t next = seen + window_size - (seen + kContext) % window_size;
    if (seen >= last_end) {
      if (!AnyOpen(patterns, runs, seen)) break;
      // Runs past the end of the block are usually short: read a little at first, and twice as much
      // each time.
      tail = std::min(2 * tail, window_size);
      next = seen + tail;
    } else {
      next = std::min(next, last_end);
    }
    const uint64_t begin = seen - std::min(seen, look_back);
    const uint64_t wanted = std::min(next + kContext, source->size());
    ReadError error;
    const uint8_t* bytes = source->View(begin, wanted, error);
    const uint64_t end = std::min(wanted, source->size());
    const uint64_t limit = end == source->size() ? end : next;
    result.read_nanoseconds += watch.Lap();
    if (bytes == nullptr) {
      result.read_error = error;
      break;
    }
    if (end == seen) break;  // the stream ended
    Window window{patterns, runs, bytes, end - begin, begin, seen, limit, edges};
    if (!Scan(window, rare_bytes)) result.failure = "occurrences were found out of order";
    result.scan_nanoseconds += watch.Lap();
    if (!source->Confirm(error)) {
      result.read_error = error;
      break;
    }
    if (!result.failure.empty()) break;
    seen = limit;
  }
  result.text_size = source->size();
  AddEdges(edges, result);
  source.reset();
  if (range.drop) DropFromPageCache(range);
  context.buffers.GiveBack(std::move(buffer));
  result.counts.resize(patterns.size());
  for (size_t part = 0; part < patterns.parts().size(); ++part) {
    result.counts[patterns.parts()[part].pattern] += runs.count(part);
  }
  return result;
}

}  // namespace mpicount
