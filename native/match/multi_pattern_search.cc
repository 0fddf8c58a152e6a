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

// A pattern whose bytes are at an offset of all bytes.
struct Folded {
  MultiPatternSearch::Member member;
  size_t offset;
  uint32_t length;
};

// Returns the patterns by the index in kGramBytes of the grams that they are looked up by.
std::array<std::vector<Folded>, kGramBytes.size()> ByGramBytes(const std::vector<Folded>& all) {
  std::array<size_t, kGramBytes.size()> counts{};
  const auto longest = [](const Folded& folded) {
    size_t index = 0;
    while (kGramBytes[index] > folded.length) ++index;
    return index;
  };
  for (const Folded& folded : all) ++counts[longest(folded)];
  for (size_t i = 0; i + 1 < counts.size(); ++i) {
    if (counts[i] >= all.size() / kFew) continue;
    counts[i + 1] += std::exchange(counts[i], 0);
  }
  std::array<std::vector<Folded>, kGramBytes.size()> by_gram_bytes;
  for (const Folded& folded : all) {
    size_t index = longest(folded);
    while (counts[index] == 0) ++index;
    by_gram_bytes[index].push_back(folded);
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
  std::vector<uint8_t> bytes;
  std::vector<Folded> all;
  all.reserve(members.size());
  for (const Member& member : members) {
    const size_t offset = bytes.size();
    if (folding_) {
      folding_->Append(*member.pattern, bytes);
    } else {
      for (const CharVariants* element : *member.pattern)
        bytes.insert(bytes.end(), element->front().begin(), element->front().end());
    }
    all.push_back({member, offset, static_cast<uint32_t>(bytes.size() - offset)});
  }
  const auto by_gram_bytes = ByGramBytes(all);
  for (size_t i = 0; i < kGramBytes.size(); ++i) {
    const std::vector<Folded>& some = by_gram_bytes[i];
    if (some.empty()) continue;
    std::vector<GramSearch::Member> grams;
    grams.reserve(some.size());
    for (const auto& [member, offset, length] : some)
      grams.push_back({static_cast<uint32_t>(member.part), bytes.data() + offset, length, 0});
    ChooseAnchors(grams, kGramBytes[i]);
    std::vector<LinearSearch::Member> linear;
    linear.reserve(some.size());
    for (size_t k = 0; k < some.size(); ++k) {
      const Member& member = some[k].member;
      linear.push_back({member.part, member.pattern, ElementAt(*member.pattern, grams[k].anchor)});
    }
    by_grams_.push_back(
        {GramSearch(grams, kGramBytes[i]), std::make_unique<LinearSearch>(std::move(linear))});
  }
}

}  // namespace mpicount
