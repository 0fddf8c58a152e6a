// Searches for patterns that repeat themselves in texts that do so, and prints how many steps
// (steps.h) each search takes for a byte of the text and for an occurrence, the greater of the two
// for a text and one four times as long, and for patterns up to twenty times as long: bounds that
// hold do not grow. The same for counters that are added up by group.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "elements.h"
#include "kernel/group_counts.h"
#include "match/patterns.h"
#include "match/steps.h"

using namespace mpicount;

namespace {

using Strings = std::vector<std::string>;

std::string Repeat(const std::string& what, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += what;
  return all;
}

// With case ignored, as PatternFolder does it for these letters; else each byte is an element.
std::vector<uint32_t> ElementsOf(const std::string& pattern, bool caseless, Elements& elements) {
  std::vector<uint32_t> folded;
  for (const char letter : pattern) {
    const std::string small(1, letter);
    if (caseless && letter == 'k') {
      folded.push_back(elements.Of({small, "K", "\xE2\x84\xAA"}));
    } else if (caseless && letter >= 'a' && letter <= 'z') {
      folded.push_back(elements.Of({small, std::string(1, static_cast<char>(letter - 'a' + 'A'))}));
    } else {
      folded.push_back(elements.Of({small}));
    }
  }
  return folded;
}

// Steps for each byte and each occurrence.
double Steps(const Strings& patterns, bool caseless, const std::string& text) {
  FoldedPatterns folded;
  Elements elements(folded);
  for (const std::string& pattern : patterns) folded.Add(ElementsOf(pattern, caseless, elements));
  const PatternSet set(std::move(folded), {caseless, true, std::nullopt});
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  uint64_t found = 0;
  // The automaton of a list is made by its first search.
  for (int round = 0; round < 2; ++round) {
    found = 0;
    steps_taken = 0;
    for (const auto& [part, search] : set.literals()) {
      const LiteralSearch::RareBytes rare_bytes = search.ChooseRareBytes(bytes, text.size());
      search.ForEach(bytes, text.size(), rare_bytes, [&found](size_t, size_t) { ++found; });
    }
    for (const MultiPatternSearch& search : set.multi_searches()) {
      search.ForEach(bytes, text.size(), [&found](size_t, size_t, size_t) { ++found; });
    }
  }
  return static_cast<double>(steps_taken) / static_cast<double>(text.size() + found);
}

// `make` makes the patterns of a search, the longest one of so many bytes.
template <typename Make>
void Print(const char* name, const std::string& repeated, const Make& make) {
  for (const bool caseless : {false, true}) {
    double max = 0;
    for (const size_t length : {50, 300, 1000}) {
      for (const size_t size : {size_t{20'000}, size_t{80'000}}) {
        const std::string text = Repeat(repeated, size / repeated.size());
        max = std::max(max, Steps(make(length), caseless, text));
      }
    }
    std::printf("%s%s: %.1f\n", name, caseless ? ", any case" : "", max);
  }
}

// Adds up the groups of four parts of a block, each with counters of its own in a long row, and
// prints the steps for each counter.
void PrintGroups() {
  double max = 0;
  for (const uint32_t size : {20'000U, 40'000U, 80'000U, 160'000U}) {
    GroupCounts sum(4 * size);
    steps_taken = 0;
    for (uint32_t part = 0; part < 4; ++part) {
      GroupCounts groups(4 * size);
      const uint32_t group = groups.IndexOf("group");
      for (uint32_t column = 0; column < size; ++column) groups.Add(group, part * size + column, 1);
      sum.AddAll(groups);
    }
    max = std::max(max, static_cast<double>(steps_taken) / (8.0 * size));
  }
  std::printf("groups of a large list: %.1f\n", max);
}

}  // namespace

int main() {
  const std::string kelvin = "k\u212A";
  Print("a, many times", "a", [](size_t length) { return Strings{Repeat("a", length)}; });
  Print("a, and b", "a", [](size_t length) { return Strings{Repeat("a", length) + "b"}; });
  Print("b, and a", "a", [](size_t length) { return Strings{"b" + Repeat("a", length)}; });
  Print("b between a", "a", [](size_t length) {
    return Strings{Repeat("a", length / 2) + "b" + Repeat("a", length / 2)};
  });
  Print("ab, many times", "ab", [](size_t length) { return Strings{Repeat("ab", length / 2)}; });
  Print("aab and aaab", "aab", [](size_t length) {
    return Strings{Repeat("aab", length / 3) + "aaab", Repeat("aab", length / 3) + "aa" + "aab"};
  });
  Print("k, many times", kelvin, [](size_t length) { return Strings{Repeat("k", length)}; });
  Print("k, and a", kelvin, [](size_t length) { return Strings{Repeat("k", length) + "a"}; });
  Print("a list of a", "a", [](size_t length) {
    Strings all;
    for (size_t i = 4; i <= length; ++i) all.push_back(Repeat("a", i));
    return all;
  });
  Print("a list of b, and a", "a", [](size_t length) {
    Strings all;
    for (size_t i = 4; i <= length; ++i) all.push_back("b" + Repeat("a", i));
    return all;
  });
  Print("a list of b between a", "a", [](size_t length) {
    Strings all;
    for (size_t i = 4; i <= length; i += 4) {
      all.push_back(Repeat("a", i) + "b" + Repeat("a", length - i));
    }
    return all;
  });
  PrintGroups();
}
