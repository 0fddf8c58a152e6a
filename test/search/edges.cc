// Looks for lists of patterns in texts of every size that is near that of a vector or a stretch,
// each in memory of just that size, so that a sanitizer sees who looks beyond. Says how many
// occurrences were found, which are also looked for one by one.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

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

// Each byte is a element with one alternative of one byte.
FoldedPattern ElementsOf(const std::string& pattern, VariantTable& table) {
  std::vector<uint8_t> encoded;
  for (const char byte : pattern) encoded.insert(encoded.end(), {1, 1, static_cast<uint8_t>(byte)});
  return table.Decode(encoded.data(), encoded.data() + encoded.size());
}

// How many were found; all that are there, or the program ends.
size_t Look(const std::vector<std::string>& patterns, size_t size) {
  VariantTable table;
  std::vector<FoldedPattern> elements;
  for (const std::string& pattern : patterns) elements.push_back(ElementsOf(pattern, table));
  const PatternSet set(std::move(table), std::move(elements), {false, true, std::nullopt});
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
    const size_t pattern = set.parts()[part].pattern;
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

}  // namespace

int main() {
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
