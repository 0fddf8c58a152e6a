#include "multi_pattern_search.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "anchors.h"

namespace mpicount {
namespace {

// Returns the number of patterns from which on they are found faster by their grams. Tests set
// MPICOUNT_TEST_BY_GRAMS.
size_t MinByGrams() {
  static const size_t min = std::getenv("MPICOUNT_TEST_BY_GRAMS") == nullptr ? 20'000 : 1;
  return min;
}

// How patterns are looked up. Each takes the first one that it can, but a search for few patterns
// is left out in favour of one for shorter grams, since each search takes its time.
constexpr std::array<GramLookup, 6> kLookups{{{13, 4}, {11, 2}, {8, 1}, {6, 1}, {5, 1}, {4, 1}}};
static_assert(kLookups.front().bytes <= GramHash::kMax);
static_assert(kLookups.back().min_length() == GramHash::kMin);
constexpr size_t kFew = 16;  // one in this many

// The folded bytes of patterns, one after the other: those of pattern i end at ends[i].
struct FoldedBytes {
  std::vector<uint8_t> bytes;
  std::vector<size_t> ends;

  size_t begin(size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  uint32_t length(size_t i) const { return static_cast<uint32_t>(ends[i] - begin(i)); }
};

using Indices = std::vector<uint32_t>;

// Returns the indices of patterns by the index of their lookup.
std::array<Indices, kLookups.size()> ByLookup(const FoldedBytes& all) {
  const size_t size = all.ends.size();
  std::vector<uint8_t> first(size);
  std::array<size_t, kLookups.size()> counts{};
  for (size_t i = 0; i < size; ++i) {
    while (!FirstAnchor(all.bytes.data() + all.begin(i), all.length(i), kLookups[first[i]]))
      ++first[i];
    ++counts[first[i]];
  }
  size_t last = counts.size() - 1;
  while (last > 0 && counts[last] == 0) --last;
  for (size_t k = 0; k < last; ++k) {
    if (counts[k] < size / kFew) counts[k + 1] += std::exchange(counts[k], 0);
  }
  std::array<Indices, kLookups.size()> by_lookup;
  for (size_t k = 0; k < counts.size(); ++k) by_lookup[k].reserve(counts[k]);
  for (uint32_t i = 0; i < size; ++i) {
    size_t index = first[i];
    while (counts[index] == 0) ++index;
    by_lookup[index].push_back(i);
  }
  return by_lookup;
}

// Returns the element that begins at an offset of the folded bytes of a pattern.
size_t ElementAt(const FoldedPattern& pattern, size_t offset) {
  size_t element = 0;
  for (size_t at = 0; at < offset; ++element) at += ShortestOf(*pattern[element]);
  return element;
}

}  // namespace

MultiPatternSearch::MultiPatternSearch(const std::vector<Member>& members, uint32_t key_bytes,
                                       bool caseless) {
  std::vector<Member> others;
  if (members.size() < MinByGrams() || key_bytes < GramHash::kMin) {
    others = members;
  } else {
    std::vector<Member> fitting;
    for (const Member& member : members) {
      const bool fits = !caseless || TextFolding::Fits(*member.pattern);
      (fits ? fitting : others).push_back(member);
    }
    if (caseless) folding_.emplace();
    AddByGrams(fitting, others);
  }
  if (!others.empty()) by_prefixes_.emplace(others, key_bytes, caseless);
}

void MultiPatternSearch::AddByGrams(const std::vector<Member>& members,
                                    std::vector<Member>& others) {
  FoldedBytes all;
  all.ends.reserve(members.size());
  for (const Member& member : members) {
    if (folding_) {
      folding_->Append(*member.pattern, all.bytes);
    } else {
      for (const CharVariants* element : *member.pattern)
        all.bytes.insert(all.bytes.end(), element->front().begin(), element->front().end());
    }
    all.ends.push_back(all.bytes.size());
  }
  const auto by_lookup = ByLookup(all);
  // The searches for the shortest grams take longest, so these are left out first.
  for (size_t k = kLookups.size(); k-- > 0;) {
    const Indices& some = by_lookup[k];
    if (some.empty()) continue;
    if (others.size() + some.size() < MinByGrams()) {
      for (const uint32_t i : some) others.push_back(members[i]);
      continue;
    }
    std::vector<GramSearch::Member> grams;
    grams.reserve(some.size());
    for (const uint32_t i : some) {
      grams.push_back({static_cast<uint32_t>(members[i].part), all.bytes.data() + all.begin(i),
                       all.length(i), 0});
    }
    ChooseAnchors(grams, kLookups[k]);
    std::vector<LinearSearch::Member> linear;
    linear.reserve(some.size());
    for (size_t i = 0; i < some.size(); ++i) {
      const auto& [part, pattern] = members[some[i]];
      linear.push_back(
          {part, pattern, ElementAt(*pattern, grams[i].anchor + kLookups[k].stride - 1)});
    }
    by_grams_.push_back(
        {GramSearch(grams, kLookups[k]), std::make_unique<LinearSearch>(std::move(linear))});
  }
}

}  // namespace mpicount
