#include "occurrence_counter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mpicount {
namespace {

// The number of bytes on each side of an occurrence that the word rule may read: the length of the
// longest UTF-8 character, of which at least one byte touches the occurrence.
constexpr uint64_t kContext = 4;

constexpr uint32_t kNotShared = UINT32_MAX;

struct Occurrence {
  size_t part;
  size_t start;
  size_t end;
};

// The number of occurrences that wait until the counters of their parts are in the caches.
constexpr size_t kWaiting = 64;

// The new occurrences of a window are those that end in (seen, limit]; the others belong to an
// earlier or a later window.
bool IsNew(const Window& window, size_t end) {
  return window.begin + end > window.seen && window.begin + end <= window.limit;
}

}  // namespace

Reach OccurrenceCounter::ReachOf(const PatternSet& patterns) {
  const uint64_t max_length = patterns.max_length();
  // Every occurrence that starts in the range ends at or before its end plus the overhang.
  return {max_length + kContext, kContext, max_length - 1};
}

OccurrenceCounter::OccurrenceCounter(const PatternSet& patterns, uint64_t begin, uint64_t end,
                                     bool counts_records, RecordGroups* groups)
    : patterns_(patterns),
      groups_(groups),
      runs_(patterns.parts().size(), begin, end, patterns.overlapping()),
      rare_bytes_(patterns.literals().size()) {
  if (!counts_records) return;
  records_.emplace(patterns.parts().size(), begin, end);
  const Parts& parts = patterns.parts();
  if (parts.size() == patterns.size()) return;
  shared_of_part_.assign(parts.size(), kNotShared);
  // The parts of a pattern are next to each other.
  for (size_t part = 1; part < parts.size(); ++part) {
    if (parts.PatternOf(part - 1) != parts.PatternOf(part)) continue;
    if (shared_of_part_[part - 1] == kNotShared) {
      shared_of_part_[part - 1] = static_cast<uint32_t>(shared_.size());
      shared_.push_back({part, {}});
    }
    shared_of_part_[part] = shared_of_part_[part - 1];
  }
}

void OccurrenceCounter::SetToNewlines(const Window& window, RecordEnds& ends) {
  for (const PatternSet::Literal& literal : patterns_.literals()) {
    if (CannotOverlap(literal.search)) return Mark(window, literal, &ends);
  }
  ends.SetToNewlines(window);
}

bool OccurrenceCounter::Scan(const Window& window, RecordEnds* ends) {
  for (Shared& shared : shared_) shared.starts.assign(WordsFor(window.limit - window.begin), 0);
  bool in_order = true;
  const auto take = [&](size_t part, size_t start, size_t end) {
    if (IsNew(window, end) && !Take(window, ends, part, start, end)) in_order = false;
  };
  const std::vector<PatternSet::Literal>& literals = patterns_.literals();
  for (size_t i = 0; i < literals.size(); ++i) {
    const auto& [part, search] = literals[i];
    if (CannotOverlap(search)) {
      CountNonOverlapping(window, ends, literals[i]);
      continue;
    }
    if (!rare_bytes_[i]) rare_bytes_[i] = search.ChooseRareBytes(window.text, window.size);
    search.ForEach(window.text, window.size, *rare_bytes_[i],
                   [&take, part = part](size_t start, size_t end) { take(part, start, end); });
  }
  for (const MultiPatternSearch& search : patterns_.multi_searches()) {
    std::array<Occurrence, kWaiting> waiting;
    size_t count = 0;
    const auto take_waiting = [&] {
      for (size_t i = 0; i < count; ++i) runs_.PrefetchState(waiting[i].part);
      for (size_t i = 0; i < count; ++i) take(waiting[i].part, waiting[i].start, waiting[i].end);
      count = 0;
    };
    search.ForEach(window.text, window.size, [&](size_t part, size_t start, size_t end) {
      runs_.PrefetchNumber(part);
      waiting[count++] = {part, start, end};
      if (count == kWaiting) take_waiting();
    });
    take_waiting();
  }
  if (ends != nullptr) CountSharedRecords(window, *ends);
  return in_order;
}

void OccurrenceCounter::SetEnd(uint64_t end) {
  runs_.SetEnd(end);
  if (records_) records_->SetEnd(end);
}

bool OccurrenceCounter::NeedsAfter(uint64_t seen) const {
  const auto max_length_of = [this](size_t part) { return patterns_.parts().MaxLengthOf(part); };
  return runs_.IsOpen(patterns_.max_length(), max_length_of, seen);
}

void OccurrenceCounter::AddTo(uint64_t* row, FindingCounts& findings) const {
  const Parts& parts = patterns_.parts();
  ForEachCount([row](size_t pattern, uint64_t count) { row[pattern] += count; });
  if (records_) {
    uint64_t* const in_records = row + patterns_.size();
    records_->ForEachCount(
        [&](size_t part, uint64_t count) { in_records[parts.PatternOf(part)] += count; });
  }
  if (beside_character_ > 0) findings[Finding::kBesideCharacter] += beside_character_;
  if (beside_other_ > 0) findings[Finding::kBesideOther] += beside_other_;
}

bool OccurrenceCounter::Take(const Window& window, RecordEnds* ends, size_t part, size_t start,
                             size_t end) {
  const WordCharacters* word = patterns_.word();
  if (word != nullptr && !IsWholeWord(*word, window, start, end)) return true;
  ByteBits* const shared = ends == nullptr ? nullptr : SharedStarts(part);
  if (shared != nullptr) (*shared)[start / 64] |= uint64_t{1} << start % 64;
  return Count(shared == nullptr ? ends : nullptr, part, window.begin + start, window.begin + end);
}

bool OccurrenceCounter::Count(RecordEnds* ends, size_t part, uint64_t start, uint64_t end) {
  if (groups_ == nullptr) {
    if (!runs_.Add(part, start, end)) return false;
    if (ends != nullptr) records_->Add(part, start, *ends);
    return true;
  }
  const size_t pattern = patterns_.parts().PatternOf(part);
  const uint64_t counted = runs_.count(part);
  if (!runs_.Add(part, start, end)) return false;
  if (runs_.count(part) > counted) groups_->AddOccurrence(pattern, start);
  if (ends == nullptr) return true;
  const uint64_t records = records_->count(part);
  records_->Add(part, start, *ends);
  if (records_->count(part) > records) groups_->AddRecord(pattern, start);
  return true;
}

bool OccurrenceCounter::IsWholeWord(const WordCharacters& word, const Window& window, size_t start,
                                    size_t end) {
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

bool OccurrenceCounter::CannotOverlap(const LiteralSearch& search) const {
  return search.is_short() && patterns_.word() == nullptr &&
         (patterns_.overlapping() || !search.CanOverlapItself());
}

void OccurrenceCounter::CountNonOverlapping(const Window& window, RecordEnds* ends,
                                            const PatternSet::Literal& literal) {
  const auto& [part, search] = literal;
  const size_t before = search.length() - 1;
  // New occurrences start in [from, to), those of the block in [from, end).
  const uint64_t from = std::max(Back(window.seen, before), runs_.begin());
  const uint64_t to = Back(window.limit, before);
  const uint64_t end = std::min(to, runs_.end());
  if (ends == nullptr) {
    if (from >= end) return;
    runs_.AddNonOverlapping(part,
                            search.CountShort(window.text + (from - window.begin), end - from));
    return;
  }
  const bool is_marked = std::exchange(marked_literal_, nullptr) == &literal;
  if (from >= to) return;
  if (!is_marked) Mark(window, literal, nullptr);
  if (from < end) {
    // Most windows have few bytes that are not in the range.
    const uint64_t others = CountBits(starts_, 0, from - window.begin) +
                            CountBits(starts_, end - window.begin, to - window.begin);
    runs_.AddNonOverlapping(part, marked_ - others);
  }
  ByteBits* shared = SharedStarts(part);
  if (groups_ != nullptr) {
    const size_t pattern = patterns_.parts().PatternOf(part);
    const RecordGroups::Starts starts{starts_, window.begin, from, to};
    groups_->AddOccurrences(pattern, starts);
    if (shared == nullptr) groups_->AddRecords(pattern, starts);
  }
  if (shared == nullptr) {
    records_->AddAll(part, starts_, from, to, *ends);
    return;
  }
  for (size_t i = 0; i < starts_.size(); ++i) (*shared)[i] |= starts_[i];
}

void OccurrenceCounter::Mark(const Window& window, const PatternSet::Literal& literal,
                             RecordEnds* newlines) {
  starts_.assign(WordsFor(window.limit - window.begin), 0);
  const size_t size = window.limit - window.begin;
  const size_t offsets = Back(size, literal.search.length() - 1);
  if (newlines == nullptr) {
    marked_ = literal.search.MarkShort(window.text, offsets, starts_.data());
    return;
  }
  marked_ = newlines->SetToNewlines(window, literal.search, offsets, starts_.data());
  marked_literal_ = &literal;
}

void OccurrenceCounter::CountSharedRecords(const Window& window, RecordEnds& ends) {
  for (const Shared& shared : shared_) {
    records_->AddAll(shared.part, shared.starts, window.begin, window.limit, ends);
    if (groups_ == nullptr) continue;
    groups_->AddRecords(patterns_.parts().PatternOf(shared.part),
                        {shared.starts, window.begin, window.begin, window.limit});
  }
}

ByteBits* OccurrenceCounter::SharedStarts(size_t part) {
  if (shared_of_part_.empty() || shared_of_part_[part] == kNotShared) return nullptr;
  return &shared_[shared_of_part_[part]].starts;
}

}  // namespace mpicount
