#include "occurrences.h"

#include <algorithm>
#include <optional>

#include "runs.h"

namespace mpicount {
namespace {

// The number of bytes on each side of an occurrence that the word rule may read: the length of the
// longest UTF-8 character, of which at least one byte touches the occurrence.
constexpr uint64_t kContext = 4;

// The new occurrences of a window are those that end in (seen, limit]; the others belong to an
// earlier or a later window.
bool IsNew(const Window& window, size_t end) {
  return window.begin + end > window.seen && window.begin + end <= window.limit;
}

class OccurrenceCounter : public RangeCounter {
 public:
  OccurrenceCounter(const PatternSet& patterns, uint64_t begin, uint64_t end)
      : patterns_(patterns),
        runs_(patterns.parts().size(), begin, end, patterns.overlapping()),
        rare_bytes_(patterns.literals().size()) {}

  bool Scan(const Window& window) override {
    bool in_order = true;
    const auto take = [&](size_t part, size_t start, size_t end) {
      if (IsNew(window, end) && !Take(window, part, start, end)) in_order = false;
    };
    const std::vector<PatternSet::Literal>& literals = patterns_.literals();
    for (size_t i = 0; i < literals.size(); ++i) {
      const auto& [part, search] = literals[i];
      if (CannotOverlap(search)) {
        CountNonOverlapping(window, part, search);
        continue;
      }
      if (!rare_bytes_[i]) rare_bytes_[i] = search.ChooseRareBytes(window.text, window.size);
      search.ForEach(window.text, window.size, *rare_bytes_[i],
                     [&take, part = part](size_t start, size_t end) { take(part, start, end); });
    }
    for (const MultiPatternSearch& search : patterns_.multi_searches())
      search.ForEach(window.text, window.size, take);
    return in_order;
  }

  void SetEnd(uint64_t end) override { runs_.SetEnd(end); }

  bool NeedsAfter(uint64_t seen) const override {
    for (size_t i = 0; i < patterns_.parts().size(); ++i) {
      if (runs_.Open(i, patterns_.parts()[i].max_length, seen)) return true;
    }
    return false;
  }

  uint64_t NeedsBefore() const override { return 0; }
  void ScanBefore(const Window&) override {}

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    for (size_t part = 0; part < patterns_.parts().size(); ++part) {
      row[patterns_.parts()[part].pattern] += runs_.count(part);
    }
    if (beside_character_ > 0) findings[Finding::kBesideCharacter] += beside_character_;
    if (beside_other_ > 0) findings[Finding::kBesideOther] += beside_other_;
  }

 private:
  // Adds a new occurrence [start, end) of the window's text if it passes the word rule. Returns
  // false if it is out of order.
  bool Take(const Window& window, size_t part, size_t start, size_t end) {
    const WordCharacters* word = patterns_.word();
    if (word != nullptr && !IsWholeWord(*word, window, start, end)) return true;
    return runs_.Add(part, window.begin + start, window.begin + end);
  }

  // Decides the word rule, and counts the occurrences that begin in the block beside bytes that are
  // not ASCII.
  bool IsWholeWord(const WordCharacters& word, const Window& window, size_t start, size_t end) {
    using Kind = WordCharacters::Kind;
    const uint8_t* text = window.text;
    const bool begins = start == 0;
    const bool ends = end == window.size;
    const Kind before = begins ? Kind::kOther : word.KindOf(text, window.size, start - 1);
    const Kind after = ends ? Kind::kOther : word.KindOf(text, window.size, end);
    const bool is_whole_word = before != Kind::kWord && after != Kind::kWord;
    const bool is_ascii = (begins || text[start - 1] < 0x80) && (ends || text[end] < 0x80);
    const uint64_t offset = window.begin + start;
    if (is_ascii || offset < runs_.begin() || offset >= runs_.end()) return is_whole_word;
    const bool is_beside_other = before == Kind::kInvalid || after == Kind::kInvalid;
    ++(is_whole_word && is_beside_other ? beside_other_ : beside_character_);
    return is_whole_word;
  }

  // Returns whether each occurrence counts independently of all others, because none can overlap or
  // because overlapping ones count, too.
  bool CannotOverlap(const LiteralSearch& search) const {
    return search.is_short() && patterns_.word() == nullptr &&
           (patterns_.overlapping() || !search.CanOverlapItself());
  }

  void CountNonOverlapping(const Window& window, size_t part, const LiteralSearch& search) {
    const size_t before = search.length() - 1;
    // New occurrences of the block start in [from, to).
    const uint64_t from = std::max(window.seen - std::min(window.seen, before), runs_.begin());
    const uint64_t to = std::min(window.limit - std::min(window.limit, before), runs_.end());
    if (from >= to) return;
    runs_.AddNonOverlapping(part,
                            search.CountShort(window.text + (from - window.begin), to - from));
  }

  const PatternSet& patterns_;
  RunCounter runs_;
  // The rare bytes of each literal, chosen from the first window of the range.
  std::vector<std::optional<LiteralSearch::RareBytes>> rare_bytes_;
  // The occurrences beside a non-ASCII character, and those beside an invalid byte that the word
  // rule accepted as the end of a word.
  uint64_t beside_character_ = 0;
  uint64_t beside_other_ = 0;
};

}  // namespace

Reach OccurrenceKernel::reach() const {
  const uint64_t max_length = patterns_.max_length();
  // Every occurrence that starts in the range ends at or before its end plus the overhang.
  return {max_length + kContext, kContext, max_length - 1};
}

std::unique_ptr<RangeCounter> OccurrenceKernel::Begin(uint64_t begin, uint64_t end) const {
  return std::make_unique<OccurrenceCounter>(patterns_, begin, end);
}

}  // namespace mpicount
