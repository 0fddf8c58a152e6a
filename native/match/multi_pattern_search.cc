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

// The lengths of grams. Each pattern is looked up by the longest one that it has, but a search for
// few patterns is left out in favour of one for shorter grams, since each search takes its time.
constexpr std::array<uint32_t, 6> kGramBytes{16, 12, 8, 6, 5, 4};
static_assert(kGramBytes.front() == GramHash::kMax && kGramBytes.back() == GramHash::kMin);
constexpr size_t kFew = 16;  // one in this many

// The folded bytes of patterns, one after the other: those of pattern i end at ends[i].
struct FoldedBytes {
  std::vector<uint8_t> bytes;
  std::vector<size_t> ends;

  size_t begin(size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  uint32_t length(size_t i) const { return static_cast<uint32_t>(ends[i] - begin(i)); }
};

// Returns the indices of patterns by the index in kGramBytes of the grams that they are looked up
// by.
std::array<std::vector<uint32_t>, kGramBytes.size()> ByGramBytes(const FoldedBytes& all) {
  std::array<size_t, kGramBytes.size()> counts{};
  const auto longest = [&all](size_t i) {
    size_t index = 0;
    while (kGramBytes[index] > all.length(i)) ++index;
    return index;
  };
  const size_t size = all.ends.size();
  for (size_t i = 0; i < size; ++i) ++counts[longest(i)];
  for (size_t k = 0; k + 1 < counts.size(); ++k) {
    if (counts[k] >= size / kFew) continue;
    counts[k + 1] += std::exchange(counts[k], 0);
  }
  std::array<std::vector<uint32_t>, kGramBytes.size()> by_gram_bytes;
  for (size_t k = 0; k < counts.size(); ++k) by_gram_bytes[k].reserve(counts[k]);
  for (uint32_t i = 0; i < size; ++i) {
    size_t index = longest(i);
    while (counts[index] == 0) ++index;
    by_gram_bytes[index].push_back(i);
  }
  return by_gram_bytes;
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
    AddByGrams(fitting);
  }
  if (!others.empty()) by_prefixes_.emplace(others, key_bytes, caseless);
}

void MultiPatternSearch::AddByGrams(const std::vector<Member>& members) {
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
  const auto by_gram_bytes = ByGramBytes(all);
  for (size_t k = 0; k < kGramBytes.size(); ++k) {
    const std::vector<uint32_t>& some = by_gram_bytes[k];
    if (some.empty()) continue;
    std::vector<GramSearch::Member> grams;
    grams.reserve(some.size());
    for (const uint32_t i : some) {
      grams.push_back({static_cast<uint32_t>(members[i].part), all.bytes.data() + all.begin(i),
                       all.length(i), 0});
    }
    ChooseAnchors(grams, kGramBytes[k]);
    std::vector<LinearSearch::Member> linear;
    linear.reserve(some.size());
    for (size_t i = 0; i < some.size(); ++i) {
      const auto& [part, pattern] = members[some[i]];
      linear.push_back({part, pattern, ElementAt(*pattern, grams[i].anchor)});
    }
    by_grams_.push_back(
        {GramSearch(grams, kGramBytes[k]), std::make_unique<LinearSearch>(std::move(linear))});
  }
}

}  // namespace mpicount
