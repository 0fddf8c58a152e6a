// Counts lists of 1,000 to 1,000,000 patterns with every option, in blocks and windows, and
// compares each count with that of a reference, which looks up every stretch of the text that is as
// long as a pattern in a table of the patterns. Compiled with sanitizers. Says how many occurrences
// there were. Half of the counts are those of patterns that were stored in an image and loaded.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "elements.h"
#include "kernel/occurrence_counter.h"
#include "match/patterns.h"

using namespace mpicount;

namespace {

// An element of a text and its patterns: a byte, or a character with its variants.
struct Unit {
  std::vector<std::string> variants;
  bool is_word;
};
using Units = std::vector<Unit>;
// Indices of units.
using Sequence = std::u16string;

struct Options {
  bool caseless;
  bool word;
  bool overlapping;
};

struct List {
  const char* name;
  Units units;
  Sequence text;
  std::vector<Sequence> patterns;
};

// The same numbers everywhere, which the distributions of the library are not.
class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  size_t Below(size_t count) { return engine_() % count; }

 private:
  std::mt19937 engine_;
};

// Small letters, with their variants, and bytes that are no letters.
Units Letters(const std::string& letters, const std::string& others = "") {
  Units units;
  for (const char letter : letters) {
    Unit unit{{std::string(1, letter), std::string(1, static_cast<char>(letter - 'a' + 'A'))},
              true};
    if (letter == 'k') unit.variants.push_back("\u212A");
    if (letter == 's') unit.variants.push_back("\u017F");
    units.push_back(std::move(unit));
  }
  for (const char other : others) units.push_back({{std::string(1, other)}, false});
  return units;
}

// Characters whose variants differ in length, too.
Units WithCases() {
  return {{{"k", "K", "\u212A"}, true},
          {{"s", "\u017F", "S"}, true},
          {{"A", "a"}, true},
          {{"\u00C5", "\u00E5", "\u212B"}, true},
          {{"\u2C65", "\u023A"}, true},
          {{"\u10D0", "\u1C90"}, true},
          {{"\U00010400", "\U00010428"}, true},
          {{"\u043F", "\u041F"}, true},
          {{"\u611B"}, true},
          {{" "}, false},
          {{"@"}, false},
          {{"\x84"}, false},
          {{"\xE2"}, false}};
}

Sequence Random(size_t units, size_t length, Dice& dice) {
  Sequence sequence;
  while (sequence.size() < length) sequence += static_cast<char16_t>(dice.Below(units));
  return sequence;
}

// Most of the patterns are parts of the text.
std::vector<Sequence> Parts(const Sequence& text, size_t units, size_t count, size_t min,
                            size_t max, Dice& dice) {
  std::unordered_set<Sequence> distinct;
  while (distinct.size() < count) {
    const size_t length = min + dice.Below(max - min + 1);
    const size_t at = dice.Below(text.size() - length);
    distinct.insert(dice.Below(4) > 0 ? text.substr(at, length) : Random(units, length, dice));
  }
  return {distinct.begin(), distinct.end()};
}

// Returns whether a unit cannot begin or end a pattern here: as a byte that is not part of a
// character, it can be part of one in the text.
bool IsRaw(const Unit& unit) {
  return unit.variants[0].size() == 1 && static_cast<uint8_t>(unit.variants[0][0]) >= 0x80;
}

std::vector<uint32_t> FoldedOf(const Units& units, const Sequence& pattern, Elements& elements) {
  std::vector<uint32_t> folded;
  for (const char16_t index : pattern) folded.push_back(elements.Of(units[index].variants));
  return folded;
}

// The word characters of the units, as ranges of code points.
std::vector<uint32_t> WordRanges() {
  return {'A',    'Z',    'a',    'z',    0xC5,   0xC5,   0xE5,    0xE5,   0x17F,  0x17F,
          0x23A,  0x23A,  0x41F,  0x41F,  0x43F,  0x43F,  0x10D0,  0x10D0, 0x1C90, 0x1C90,
          0x212A, 0x212B, 0x2C65, 0x2C65, 0x611B, 0x611B, 0x10400, 0x10428};
}

std::vector<uint64_t> Reference(const List& list, const Options& options) {
  std::unordered_map<Sequence, size_t> patterns;
  std::vector<size_t> lengths;
  for (size_t i = 0; i < list.patterns.size(); ++i) {
    patterns[list.patterns[i]] = i;
    lengths.push_back(list.patterns[i].size());
  }
  std::sort(lengths.begin(), lengths.end());
  lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
  std::vector<uint64_t> counts(list.patterns.size());
  std::vector<size_t> ends(list.patterns.size());
  const auto is_word = [&](size_t at) { return list.units[list.text[at]].is_word; };
  for (size_t start = 0; start < list.text.size(); ++start) {
    for (const size_t length : lengths) {
      const size_t end = start + length;
      if (end > list.text.size()) break;
      const auto found = patterns.find(list.text.substr(start, length));
      if (found == patterns.end()) continue;
      const bool is_whole =
          (start == 0 || !is_word(start - 1)) && (end == list.text.size() || !is_word(end));
      if (options.word && !is_whole) continue;
      const size_t i = found->second;
      if (!options.overlapping && start < ends[i]) continue;
      ends[i] = end;
      ++counts[i];
    }
  }
  return counts;
}

// Counts in blocks, each in windows with no more context than a counter asks for, in memory of just
// their size.
std::vector<uint64_t> Count(const PatternSet& set, const std::string& text, size_t blocks,
                            size_t window) {
  std::vector<uint64_t> counts(set.size());
  FindingCounts findings;
  const Reach reach = OccurrenceCounter::ReachOf(set);
  for (size_t block = 0; block < blocks; ++block) {
    const uint64_t begin = text.size() * block / blocks;
    const uint64_t end = text.size() * (block + 1) / blocks;
    OccurrenceCounter counter(set, begin, end, false);
    for (uint64_t seen = Back(begin, reach.before); seen < text.size();) {
      if (seen >= end + reach.overhang && !counter.NeedsAfter(seen)) break;
      const uint64_t limit = std::min<uint64_t>(text.size(), seen + window);
      const uint64_t from = Back(seen, reach.before);
      const uint64_t to = std::min<uint64_t>(text.size(), limit + reach.after);
      const std::vector<uint8_t> bytes(text.begin() + static_cast<std::ptrdiff_t>(from),
                                       text.begin() + static_cast<std::ptrdiff_t>(to));
      if (!counter.Scan({bytes.data(), bytes.size(), from, seen, limit}, nullptr)) {
        std::printf("out of order\n");
        std::exit(1);
      }
      seen = limit;
    }
    counter.AddTo(counts.data(), findings);
  }
  return counts;
}

// Stores the patterns in an image, and loads them from it.
std::unique_ptr<PatternSet> Reloaded(std::unique_ptr<PatternSet> set,
                                     const PatternOptions& options) {
  Image measured;
  set->Store(measured);
  constexpr std::align_val_t kLine{64};
  // Memory of just this size, so that sanitizers see what is beyond it.
  const std::shared_ptr<uint8_t> memory(
      static_cast<uint8_t*>(::operator new(measured.size(), kLine)),
      [](uint8_t* bytes) { ::operator delete(bytes, kLine); });
  Image stored(memory.get());
  set->Store(stored);
  set = nullptr;
  for (const size_t size : {stored.size() / 2, stored.size() - 1}) {
    Image cut_off(memory, size);
    PatternSet(cut_off, options);
    if (!cut_off.failed()) {
      std::printf("loaded %zu of %zu bytes\n", size, stored.size());
      std::exit(1);
    }
  }
  Image image(memory, stored.size());
  auto loaded = std::make_unique<PatternSet>(image, options);
  if (image.failed() || image.size() != measured.size()) {
    std::printf("loaded %zu bytes, not %zu\n", image.size(), measured.size());
    std::exit(1);
  }
  return loaded;
}

void Compare(List list, const Options& options) {
  if (!options.caseless) {
    // Each variant is a unit of its own.
    for (Unit& unit : list.units) unit.variants.resize(1);
  }
  Dice dice(7);
  std::string text;
  for (const char16_t index : list.text) {
    const std::vector<std::string>& variants = list.units[index].variants;
    text += variants[dice.Below(variants.size())];
  }
  FoldedPatterns folded;
  Elements elements(folded);
  for (const Sequence& pattern : list.patterns) folded.Add(FoldedOf(list.units, pattern, elements));
  PatternOptions of_set{options.caseless, options.overlapping, std::nullopt};
  if (options.word) of_set.word.emplace(WordRanges());
  auto set = std::make_unique<PatternSet>(std::move(folded), of_set);
  const std::vector<uint64_t> wanted = Reference(list, options);
  uint64_t sum = 0;
  for (const auto& [blocks, window] : {std::pair<size_t, size_t>{1, 1 << 19}, {3, 7001}}) {
    if (blocks > 1) set = Reloaded(std::move(set), of_set);
    const std::vector<uint64_t> counts = Count(*set, text, blocks, window);
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] != wanted[i]) {
        std::printf("%s%s%s%s: pattern %zu of %zu units: %llu times in %zu blocks, not %llu\n",
                    list.name, options.caseless ? ", any case" : "", options.word ? ", words" : "",
                    options.overlapping ? ", overlapping" : "", i, list.patterns[i].size(),
                    static_cast<unsigned long long>(counts[i]), blocks,
                    static_cast<unsigned long long>(wanted[i]));
        std::exit(1);
      }
      sum += counts[i];
    }
  }
  std::printf("%s%s%s%s: %s\n", list.name, options.caseless ? ", any case" : "",
              options.word ? ", words" : "", options.overlapping ? ", overlapping" : "",
              sum > 0 ? "counted" : "found none");
}

void CompareAll(const List& list) {
  for (const bool caseless : {false, true}) {
    for (const bool word : {false, true}) {
      for (const bool overlapping : {false, true}) Compare(list, {caseless, word, overlapping});
    }
  }
}

// Adds patterns of one byte, of two and of three.
void AddShort(List& list) {
  std::unordered_set<Sequence> distinct(list.patterns.begin(), list.patterns.end());
  for (size_t length = 1; length <= 3; ++length) {
    for (size_t at = 0; at < 30; ++at) {
      const Sequence part = list.text.substr(at * length, length);
      if (distinct.insert(part).second) list.patterns.push_back(part);
    }
  }
}

List PartsList(const char* name, Units units, size_t text, size_t count, size_t min, size_t max) {
  Dice dice(static_cast<uint32_t>(count));
  List list{name, std::move(units), {}, {}};
  list.text = Random(list.units.size(), text, dice);
  for (Sequence& part : Parts(list.text, list.units.size(), count, min, max, dice)) {
    if (!IsRaw(list.units[part.front()]) && !IsRaw(list.units[part.back()]))
      list.patterns.push_back(std::move(part));
  }
  return list;
}

// Every beginning of one string, which is in the text.
List Beginnings(size_t count) {
  Dice dice(3);
  List list{"beginnings of one string", Letters("abcdks", " "), {}, {}};
  const Sequence end{6};
  const Sequence all = Random(6, count + 3, dice);
  for (size_t length = 4; length <= all.size(); ++length)
    list.patterns.push_back(all.substr(0, length));
  list.text = Random(6, 300, dice) + all + Random(6, 300, dice) + all.substr(0, count / 2) + all;
  for (const size_t length : {size_t{5}, size_t{40}, count / 3}) {
    list.text += end + all.substr(0, length) + end;
  }
  return list;
}

// Every string of so many letters `a` and `b`.
List TwoLetters(size_t length, size_t text) {
  Dice dice(4);
  List list{"strings of two letters", Letters("ab", " "), {}, {}};
  const Sequence end{2};
  for (size_t number = 0; number < size_t{1} << length; ++number) {
    Sequence pattern;
    for (size_t i = 0; i < length; ++i) pattern += static_cast<char16_t>(number >> i & 1);
    list.patterns.push_back(pattern);
  }
  while (list.text.size() < text)
    list.text += Random(2, dice.Below(50), dice) + end + Random(2, length, dice) + end;
  return list;
}

// They have the same letters but for some at one place, which is another one in each.
List AlikeBut(size_t count, size_t before, size_t after) {
  Dice dice(5);
  List list{"patterns that are mostly alike", Letters("abcdefghijks", "-"), {}, {}};
  const Sequence head = Random(12, before, dice);
  const Sequence tail = Random(12, after, dice);
  std::unordered_set<Sequence> distinct;
  while (distinct.size() < count) distinct.insert(head + Random(13, 7, dice) + tail);
  list.patterns.assign(distinct.begin(), distinct.end());
  for (size_t i = 0; i < 300; ++i) {
    list.text += list.patterns[dice.Below(count)];
    if (dice.Below(2) > 0) list.text += Random(13, dice.Below(9), dice);
  }
  return list;
}

// One character again and again, but for another one here and there: nearly every pattern nearly
// occurs at nearly every offset, so that the search by grams gives up.
List MostlyOne(const Unit& one, size_t count) {
  Dice dice(6);
  List list{"mostly one character", {one, {{"k", "K", "\u212A"}, true}, {{" "}, false}}, {}, {}};
  std::unordered_set<Sequence> distinct;
  while (distinct.size() < count) {
    Sequence pattern(3 + dice.Below(40), 0);
    pattern[dice.Below(pattern.size())] = static_cast<char16_t>(dice.Below(3));
    distinct.insert(std::move(pattern));
  }
  list.patterns.assign(distinct.begin(), distinct.end());
  while (list.text.size() < 4'000) {
    list.text += Sequence(dice.Below(90), 0);
    list.text += Random(3, dice.Below(4), dice);
  }
  return list;
}

}  // namespace

int main() {
  for (const auto& [min, max] : {std::pair<size_t, size_t>{1, 12}, {5, 5}, {16, 40}}) {
    CompareAll(PartsList("1,000 parts", Letters("abks", " "), 3'000, 1'000, min, max));
    CompareAll(PartsList("1,000 parts with cases", WithCases(), 3'000, 1'000, min, max));
  }
  CompareAll(Beginnings(1'500));
  CompareAll(AlikeBut(1'000, 40, 0));
  CompareAll(AlikeBut(1'000, 0, 40));
  CompareAll(AlikeBut(1'000, 23, 30));
  CompareAll(TwoLetters(11, 3'000));
  for (const size_t unit : {2, 4, 8}) CompareAll(MostlyOne(WithCases()[unit], 700));
  List many = PartsList("100,000 parts", Letters("abcdefghijks", " -"), 30'000, 100'000, 4, 20);
  AddShort(many);
  Compare(many, {false, false, false});
  Compare(many, {false, true, true});
  Compare(many, {true, false, true});
  Compare(PartsList("100,000 parts with cases", WithCases(), 30'000, 100'000, 4, 20),
          {true, true, false});
  Compare(TwoLetters(17, 40'000), {false, false, true});
  List most = PartsList("1,000,000 parts", Letters("abcdefghijks", " -"), 60'000, 1'000'000, 5, 16);
  AddShort(most);
  Compare(most, {true, false, false});
}
