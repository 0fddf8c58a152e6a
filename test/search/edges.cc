// Looks for lists of patterns, and counts words, in texts of every size that is near that of a
// vector or a stretch, each in memory of just that size, so that a sanitizer sees who looks beyond.
// Says how many occurrences were found, which are also looked for one by one.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "elements.h"
#include "kernel/wc.h"
#include "match/patterns.h"

using namespace mpicount;

namespace {

constexpr char kFirst = 'A';
constexpr size_t kLetters = 21;

// The index as a number with letters for digits.
std::string PatternOf(size_t index, size_t length) {
  std::string pattern;
  for (; pattern.size() < length; index /= kLetters) {
    pattern += static_cast<char>(kFirst + index % kLetters);
  }
  return pattern;
}

// Each byte is an element with one alternative of one byte.
std::vector<uint32_t> ElementsOf(const std::string& pattern, Elements& elements) {
  std::vector<uint32_t> folded;
  for (const char byte : pattern) folded.push_back(elements.Of({std::string(1, byte)}));
  return folded;
}

// How many were found; all that are there, or the program ends.
size_t Look(const std::vector<std::string>& patterns, size_t size) {
  FoldedPatterns folded;
  Elements elements(folded);
  for (const std::string& pattern : patterns) folded.Add(ElementsOf(pattern, elements));
  const PatternSet set(std::move(folded), {false, true, std::nullopt});
  std::vector<uint8_t> text(size);
  uint32_t state = static_cast<uint32_t>(size);
  for (uint8_t& byte : text) {
    state = state * 1664525 + 1013904223;  // Numerical Recipes, 7.1
    byte = static_cast<uint8_t>(kFirst + (state >> 24) % kLetters);
  }
  // What begins and ends a text is there.
  const std::string& last = patterns.back();
  if (size >= last.size()) {
    std::copy(last.begin(), last.end(), text.end() - static_cast<std::ptrdiff_t>(last.size()));
    std::copy(last.begin(), last.end(), text.begin());
  }
  std::vector<size_t> found(patterns.size()), ends(patterns.size());
  // The same one may come twice.
  const auto take = [&](size_t part, size_t, size_t end) {
    const size_t pattern = set.parts().PatternOf(part);
    found[pattern] += end > ends[pattern];
    ends[pattern] = end;
  };
  for (const MultiPatternSearch& search : set.multi_searches())
    search.ForEach(text.data(), size, take);
  size_t sum = 0;
  for (size_t i = 0; i < patterns.size(); ++i) {
    size_t wanted = 0;
    for (auto at = text.begin();; ++at) {
      at = std::search(at, text.end(), patterns[i].begin(), patterns[i].end());
      if (at == text.end()) break;
      ++wanted;
    }
    if (found[i] != wanted) {
      std::printf("%s: %zu times in %zu bytes, not %zu\n", patterns[i].c_str(), wanted, size,
                  found[i]);
      std::exit(1);
    }
    sum += wanted;
  }
  return sum;
}

// How many words are counted in one step, which has to be as many as byte by byte.
uint64_t CountWords(const WcClasses& classes, size_t size) {
  std::vector<uint8_t> text(size);
  uint32_t state = static_cast<uint32_t>(size);
  // Most characters are whole; that at the end often is not.
  for (size_t at = 0; at < size;) {
    state = state * 1664525 + 1013904223;
    static const std::vector<std::string> units{" ",
                                                "a",
                                                "\n",
                                                "\xC3\xA9",
                                                "\xE6\x84\x9B",
                                                "\xE2\x80\x9C",
                                                "\xE3\x80\x80",
                                                "\x80",
                                                "\xF0\x90\x90\x80"};
    for (const char byte : units[(state >> 24) % units.size()]) {
      if (at < size) text[at++] = static_cast<uint8_t>(byte);
    }
  }
  WcScan whole(classes, text.data(), size, 0);
  whole.Scan(text.data(), size, 0, size);
  WcScan steps(classes, text.data(), size, 0);
  for (size_t at = 0; at < size; ++at) steps.Scan(text.data(), size, at, at + 1);
  const auto& [lines, words, characters] = whole.counts();
  const WcCounts& others = steps.counts();
  if (lines != others.lines || words != others.words || characters != others.characters) {
    std::printf("%zu bytes: other counts byte by byte\n", size);
    std::exit(1);
  }
  return words;
}

}  // namespace

int main() {
  for (const bool ignores_bytes : {false, true}) {
    const WcClasses classes({0x20, 0x20, 0x3000, 0x3000}, {}, ignores_bytes);
    uint64_t words = 0;
    for (size_t size = 0; size < 400; ++size) words += CountWords(classes, size);
    std::printf("words: %s\n", words > 0 ? "counted" : "found none");
  }
  for (const size_t length : {2, 3, 4, 7}) {
    for (const size_t count : {20, 400}) {
      std::vector<std::string> patterns;
      for (size_t i = 0; i < count; ++i) patterns.push_back(PatternOf(i, length));
      size_t found = 0;
      for (size_t size = 0; size < 140; ++size) found += Look(patterns, size);
      for (size_t size = 2000; size < 2120; ++size) found += Look(patterns, size);
      std::printf("%zu patterns of %zu bytes: %s\n", count, length,
                  found > 0 ? "found all" : "found none");
    }
  }
}
