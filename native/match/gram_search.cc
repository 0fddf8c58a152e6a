#include "gram_search.h"

#include <algorithm>
#include <bit>

namespace mpicount {
namespace {

// Bits of the filter for each gram, two of which are set: some 2 of 100 other grams pass.
constexpr size_t kFilterBits = 16;
// The filter has at least 32 KiB, and at most 4 MiB.
constexpr unsigned kMinFilterBits = 12;
constexpr unsigned kMaxFilterBits = 19;

unsigned BitsFor(size_t size) { return static_cast<unsigned>(std::bit_width(size)); }

}  // namespace

GramSearch::GramSearch(const std::vector<Member>& members, uint32_t gram_bytes)
    : gram_(gram_bytes),
      filter_bits_(
          std::clamp(BitsFor(members.size() * kFilterBits / 64), kMinFilterBits, kMaxFilterBits)),
      filter_(size_t{1} << filter_bits_),
      slot_bits_(BitsFor(members.size()) + 1),
      slots_(size_t{1} << slot_bits_, Slot{0, kEmpty}) {
  // Members by the keys of their anchors.
  std::vector<uint64_t> order;
  order.reserve(members.size());
  size_t words = 0;
  for (size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    const uint64_t hash = gram_.Of(member.bytes, member.length, member.anchor);
    filter_[FilterWord(hash)] |= uint64_t{1} << FirstBit(hash) | uint64_t{1} << SecondBit(hash);
    order.push_back(uint64_t{GramHash::KeyOf(hash)} << 32 | i);
    words += kHeaderWords + (member.length + kWord - 1) / kWord;
  }
  std::sort(order.begin(), order.end());
  records_.reserve(words);
  for (size_t i = 0; i < order.size(); ++i) {
    const auto key = static_cast<uint32_t>(order[i] >> 32);
    const bool is_first = i == 0 || order[i - 1] >> 32 != key;
    const bool is_last = i + 1 == order.size() || order[i + 1] >> 32 != key;
    if (is_first) AddSlot(key, static_cast<uint32_t>(records_.size()));
    AddRecord(members[static_cast<uint32_t>(order[i])], is_last);
  }
}

void GramSearch::AddSlot(uint32_t key, uint32_t records) {
  size_t slot = FirstSlot(key);
  while (slots_[slot].records != kEmpty) slot = (slot + 1) % slots_.size();
  slots_[slot] = {key, records};
}

void GramSearch::AddRecord(const Member& member, bool is_last) {
  const Header header{member.part, member.anchor, member.length, is_last};
  const size_t at = records_.size();
  records_.resize(at + kHeaderWords + (member.length + kWord - 1) / kWord);
  std::memcpy(&records_[at], &header, sizeof header);
  std::memcpy(&records_[at + kHeaderWords], member.bytes, member.length);
}

size_t GramSearch::Find(const uint8_t* text, size_t size, size_t from, size_t to,
                        Candidates& candidates) const {
  Passed passed;
  const size_t count = Filter(text, size, from, to, passed);
  std::array<uint32_t, kRangeSize> keys;
  for (size_t i = 0; i < count; ++i) {
    keys[i] = GramHash::KeyOf(passed.hashes[i]);
    __builtin_prefetch(&slots_[FirstSlot(keys[i])]);
  }
  size_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t slot = FirstSlot(keys[i]);
    while (slots_[slot].records != kEmpty && slots_[slot].key != keys[i])
      slot = (slot + 1) % slots_.size();
    const uint32_t records = slots_[slot].records;
    if (records == kEmpty) continue;
    __builtin_prefetch(records_.data() + records);
    candidates[found++] = {passed.offsets[i], records};
  }
  return found;
}

size_t GramSearch::Filter(const uint8_t* text, size_t size, size_t from, size_t to,
                          Passed& passed) const {
  const uint64_t* const filter = filter_.data();
  size_t count = 0;
  // Branch-free, because the branch would often be mispredicted.
  const auto add = [&](size_t at, uint64_t hash) {
    passed.hashes[count] = hash;
    passed.offsets[count] = static_cast<uint16_t>(at - from);
    const uint64_t word = filter[FilterWord(hash)];
    count += word >> FirstBit(hash) & word >> SecondBit(hash) & 1;
  };
  if (gram_.is_long()) {
    for (size_t at = from; at < to; ++at) add(at, gram_.OfLong(text + at));
    return count;
  }
  size_t at = from;
  const size_t whole = std::min(to, size - std::min(size, size_t{Prefix::kMax} - 1));
  for (; at < whole; ++at) {
    uint64_t eight;
    std::memcpy(&eight, text + at, sizeof eight);
    add(at, gram_.OfShort(eight));
  }
  for (; at < to; ++at) add(at, gram_.OfShort(EightAt(text, size, at)));
  return count;
}

}  // namespace mpicount
