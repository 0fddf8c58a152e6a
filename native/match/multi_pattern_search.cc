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

using Indices = std::vector<uint32_t>;

// The bytes that some parts have when they and the text are folded, if they are.
class FoldedBytes {
 public:
  FoldedBytes(const Parts& parts, const Indices& some, std::optional<TextFolding>& folding)
      : parts_(parts), some_(some) {
    if (some.empty() || parts.ElementsOf(some[0]).bytes() != nullptr) return;
    ends_.reserve(some.size());
    size_t elements = 0;
    for (const uint32_t part : some) elements += parts.ElementsOf(part).size();
    // Most elements have one byte.
    bytes_.reserve(elements);
    for (const uint32_t part : some) {
      const FoldedPattern pattern = parts.ElementsOf(part);
      if (folding) {
        folding->Append(pattern, bytes_);
      } else {
        for (const CharVariants* element : pattern)
          bytes_.insert(bytes_.end(), element->front().begin(), element->front().end());
      }
      ends_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
  }

  size_t size() const { return some_.size(); }
  const uint8_t* At(size_t i) const {
    return ends_.empty() ? parts_.ElementsOf(some_[i]).bytes() : bytes_.data() + Begin(i);
  }
  uint32_t Length(size_t i) const {
    return ends_.empty() ? static_cast<uint32_t>(parts_.ElementsOf(some_[i]).size())
                         : ends_[i] - Begin(i);
  }

 private:
  uint32_t Begin(size_t i) const { return i == 0 ? 0 : ends_[i - 1]; }

  const Parts& parts_;
  const Indices& some_;
  // The bytes of all parts, and where those of each end: 32 bits suffice, as they do for the
  // patterns (ByteStrings). Both are empty if the parts consist of bytes.
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> ends_;
};

// Returns the indices of patterns by the index of their lookup.
std::array<Indices, kLookups.size()> ByLookup(const FoldedBytes& all) {
  const size_t size = all.size();
  std::vector<uint8_t> first(size);
  std::array<size_t, kLookups.size()> counts{};
  for (size_t i = 0; i < size; ++i) {
    while (!FirstAnchor(all.At(i), all.Length(i), kLookups[first[i]])) ++first[i];
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
uint32_t ElementAt(const FoldedPattern& pattern, size_t offset) {
  uint32_t element = 0;
  for (size_t at = 0; at < offset; ++element) at += ShortestOf(*pattern[element]);
  return element;
}

}  // namespace

MultiPatternSearch::MultiPatternSearch(const Parts& parts, const std::vector<uint32_t>& some,
                                       uint32_t key_bytes, bool caseless) {
  Indices others;
  if (some.size() < MinByGrams() || key_bytes < GramHash::kMin) {
    others = some;
  } else {
    Indices fitting;
    fitting.reserve(some.size());
    for (const uint32_t part : some) {
      const bool fits = !caseless || TextFolding::Fits(parts.ElementsOf(part));
      (fits ? fitting : others).push_back(part);
    }
    if (caseless) folding_.emplace();
    AddByGrams(parts, fitting, others);
  }
  AddByPrefixes(parts, others, key_bytes, caseless);
}

MultiPatternSearch::MultiPatternSearch(const Parts& parts, bool caseless, Image& image) {
  uint32_t key_bytes = 0;
  image.Value(key_bytes);
  std::vector<uint32_t> by_prefixes;
  image.Copy(by_prefixes);
  std::vector<uint32_t> elements;
  image.Copy(elements);
  image.ForEach(0, [&](size_t) { AddSearch(parts, std::make_unique<GramSearch>(image)); });
  if (image.failed()) return;
  if (!elements.empty()) folding_.emplace();
  for (const uint32_t number : elements) folding_->Add(parts.folded().ElementOf(number));
  AddByPrefixes(parts, by_prefixes, key_bytes, caseless);
}

void MultiPatternSearch::Store(const Parts& parts, Image& image) {
  // The tables of prefixes are made anew; they are small unless most patterns are too short for
  // grams.
  uint32_t key_bytes = by_prefixes_ ? by_prefixes_->key_bytes() : 0;
  image.Value(key_bytes);
  Indices by_prefixes;
  if (by_prefixes_) by_prefixes = by_prefixes_->parts();
  image.Copy(by_prefixes);
  std::vector<uint32_t> elements;
  if (folding_) {
    folding_->ForEach(
        [&](const CharVariants* element) { elements.push_back(parts.folded().NumberOf(element)); });
  }
  image.Copy(elements);
  image.ForEach(by_grams_.size(), [&](size_t i) { by_grams_[i].search->Pass(image); });
}

void MultiPatternSearch::AddByPrefixes(const Parts& parts, const Indices& some, uint32_t key_bytes,
                                       bool caseless) {
  if (some.empty()) return;
  std::vector<PrefixSearch::Member> members;
  members.reserve(some.size());
  for (const uint32_t part : some) members.push_back({part, parts.ElementsOf(part)});
  by_prefixes_.emplace(members, key_bytes, caseless);
}

void MultiPatternSearch::AddSearch(const Parts& parts, std::unique_ptr<GramSearch> search) {
  const auto linear = [&parts, grams = search.get()] {
    std::vector<LinearSearch::Member> members;
    grams->ForEachMember([&](uint32_t part, uint32_t anchor) {
      const FoldedPattern elements = parts.ElementsOf(part);
      members.push_back({part, ElementAt(elements, anchor + grams->stride() - 1), elements});
    });
    return members;
  };
  by_grams_.push_back({std::move(search), std::make_unique<LinearSearch>(linear)});
}

void MultiPatternSearch::AddByGrams(const Parts& parts, const Indices& some, Indices& others) {
  const FoldedBytes all(parts, some, folding_);
  const auto by_lookup = ByLookup(all);
  // The searches for the shortest grams take longest, so these are left out first.
  for (size_t k = kLookups.size(); k-- > 0;) {
    const Indices& indices = by_lookup[k];
    if (indices.empty()) continue;
    if (others.size() + indices.size() < MinByGrams()) {
      for (const uint32_t i : indices) others.push_back(some[i]);
      continue;
    }
    std::vector<GramSearch::Member> grams;
    grams.reserve(indices.size());
    for (const uint32_t i : indices) grams.push_back({some[i], all.At(i), all.Length(i), 0});
    ChooseAnchors(grams, kLookups[k]);
    AddSearch(parts, std::make_unique<GramSearch>(grams, kLookups[k]));
  }
}

}  // namespace mpicount
