#include "records.h"

#include <bit>

#include "../match/byte_match.h"

namespace mpicount {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};

// Returns the bits [from, to) of the word with this index; the numbers count from the first word.
uint64_t Within(uint64_t word, size_t index, uint64_t from, uint64_t to) {
  const uint64_t first = 64 * index;
  if (from > first) word &= from - first < 64 ? kAll << (from - first) : 0;
  if (to < first + 64) word &= to > first ? kAll >> (first + 64 - to) : 0;
  return word;
}

// Returns the number of bits of the word that are set. Most words have none, and without an
// instruction for it, which not every CPU has, counting them takes long.
uint64_t CountOf(uint64_t word) {
  return word == 0 ? 0 : static_cast<uint64_t>(std::popcount(word));
}

}  // namespace

uint64_t CountBits(const ByteBits& bits, uint64_t from, uint64_t to) {
  uint64_t count = 0;
  for (size_t index = from / 64; index < WordsFor(to); ++index) {
    count += CountOf(Within(bits[index], index, from, to));
  }
  return count;
}

void RecordEnds::Begin(const Window& window) {
  before_ = OpenAt(std::min(window.begin, limit_));
  begin_ = window.begin;
  limit_ = window.limit;
  bits_.assign(WordsFor(limit_ - begin_), 0);
  count_ = 0;
  latest_ = {0, 0};
}

void RecordEnds::SetToNewlines(const Window& window) {
  constexpr ByteTest kNewline{0, 0xFF, '\n', '\n'};
  count_ = MarkMatches(window.text, limit_ - begin_, &kNewline, 1, bits_.data());
}

uint64_t RecordEnds::SetToNewlines(const Window& window, const LiteralSearch& search,
                                   size_t offsets, uint64_t* starts) {
  const Marked marked = search.MarkShortAndNewlines(window.text, offsets, starts, bits_.data());
  count_ = marked.newlines;
  for (uint64_t offset = begin_ + offsets; offset < limit_; ++offset) {
    if (window.text[offset - begin_] == '\n') Add(offset);
  }
  return marked.matches;
}

uint64_t RecordEnds::OpenAt(uint64_t offset) const {
  const uint64_t to = offset - begin_;
  for (size_t index = WordsFor(to); index-- > 0;) {
    const uint64_t ends = Within(bits_[index], index, 0, to);
    if (ends != 0) return begin_ + 64 * index + static_cast<uint64_t>(std::bit_width(ends));
  }
  return before_;
}

uint64_t RecordEnds::EndOf(uint64_t offset) const {
  const uint64_t from = offset - begin_;
  for (size_t index = from / 64; index < bits_.size(); ++index) {
    const uint64_t ends = Within(bits_[index], index, from, limit_ - begin_);
    if (ends != 0) return begin_ + 64 * index + static_cast<uint64_t>(std::countr_zero(ends)) + 1;
  }
  return limit_;
}

void RecordCounter::AddAll(size_t pattern, const ByteBits& starts, uint64_t from, uint64_t to,
                           RecordEnds& ends) {
  Records& records = records_.Of(pattern);
  from = std::max(from, records.until);
  if (from >= to) return;
  const uint64_t first = ends.At(from).begin;
  if (first >= end_) return;
  // The record of the last byte of the block is the last one that may begin in it.
  if (to > end_) to = std::min(to, ends.At(std::max(from, end_ - 1)).end);
  const uint64_t begin = ends.begin();
  // Whether the record that is open has an occurrence. One that is done is not counted again.
  bool occurs = first < records.until;
  if (occurs) --records.count;
  const size_t words = WordsFor(to - begin);
  for (size_t index = (from - begin) / 64; index < words; ++index) {
    // Where nothing goes on, most words are passed over: nothing begins in them.
    while (!occurs && index < words && starts[index] == 0) ++index;
    if (index == words) break;
    const uint64_t found = Within(starts[index], index, from - begin, to - begin);
    const uint64_t over = Within(ends.bits()[index], index, from - begin, to - begin);
    // The addition carries a bit from the start of each record up to its first occurrence, or else
    // to its end. No occurrence starts at a record end.
    const uint64_t begun = over << 1 | uint64_t{!occurs};
    const uint64_t carried = (~found & ~over) + begun;
    records.count += CountOf(over & ~carried);
    const uint64_t open = over == 0 ? kAll : ~(kAll >> std::countl_zero(over));
    occurs = (occurs && over == 0) || (found & open) != 0;
  }
  if (occurs) ++records.count;
  records.until = occurs ? to : ends.OpenAt(to);
}

}  // namespace mpicount
