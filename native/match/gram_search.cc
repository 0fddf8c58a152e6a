#include "gram_search.h"

#include <algorithm>
#include <bit>

#include "utf8.h"

namespace mpicount {
namespace {

// Bits of the filter for each gram, two of which are set: some 2 of 100 other grams pass.
constexpr size_t kFilterBits = 16;
// The filter has at least 32 KiB, and at most 2 MiB: with a million patterns, looking up what
// passes takes less time than waiting for a larger one.
constexpr unsigned kMinFilterBits = 12;
constexpr unsigned kMaxFilterBits = 18;
// At least so many slots for so many keys.
constexpr size_t kSlots = 5;
constexpr size_t kKeys = 4;
// The number of byte strings that are added together, so that their waits for memory overlap.
constexpr size_t kTogether = 16;

unsigned BitsFor(size_t size) { return static_cast<unsigned>(std::bit_width(size)); }

}  // namespace

GramSearch::GramSearch(const std::vector<Member>& members, const GramLookup& lookup)
    : gram_(lookup.bytes),
      stride_(lookup.stride),
      filter_bits_(std::clamp(BitsFor(members.size() * stride_ * kFilterBits / 64), kMinFilterBits,
                              kMaxFilterBits)),
      filter_(size_t{1} << filter_bits_),
      slot_bits_(BitsFor(members.size() * stride_ * kSlots / kKeys)),
      slots_(size_t{1} << slot_bits_, Slot{0, Grams::None()}) {
  size_t words = 0;
  for (const Member& member : members) words += WordsOf(member.length);
  records_.reserve(words);
  std::array<std::array<uint64_t, kMaxStride>, kTogether> hashes;
  for (size_t from = 0; from < members.size(); from += kTogether) {
    const size_t to = std::min(members.size(), from + kTogether);
    for (size_t i = from; i < to; ++i) {
      const Member& member = members[i];
      for (uint32_t shift = 0; shift < stride_; ++shift) {
        const uint64_t hash = gram_.Of(member.bytes, member.length, member.anchor + shift);
        hashes[i - from][shift] = hash;
        __builtin_prefetch(&filter_[FilterWord(hash)], 1);
        __builtin_prefetch(&slots_[FirstSlot(GramHash::KeyOf(hash))], 1);
      }
    }
    for (size_t i = from; i < to; ++i) {
      const size_t record = AddRecord(members[i]);
      // The last one that is added is found first, so occurrences are found in order.
      for (uint32_t shift = 0; shift < stride_; ++shift) {
        AddGram(hashes[i - from][shift], Grams::Only(record, shift));
      }
    }
  }
}

void GramSearch::Pass(Image& image) {
  image.Value(gram_);
  image.Value(stride_);
  image.Value(filter_bits_);
  image.Value(slot_bits_);
  image.Share(filter_);
  image.Share(slots_);
  image.Share(nodes_);
  image.Share(records_);
}

void GramSearch::AddGram(uint64_t hash, Grams gram) {
  filter_.own()[FilterWord(hash)] |= uint64_t{1} << FirstBit(hash) | uint64_t{1} << SecondBit(hash);
  const uint32_t key = GramHash::KeyOf(hash);
  size_t slot = FirstSlot(key);
  while (!slots_[slot].grams.is_none() && slots_[slot].key != key)
    slot = (slot + 1) % slots_.size();
  Grams& grams = slots_.own()[slot].grams;
  if (grams.is_none()) {
    slots_.own()[slot] = {key, gram};
    return;
  }
  nodes_.push_back({gram, grams});
  grams = Grams::Node(nodes_.size() - 1);
}

size_t GramSearch::AddRecord(const Member& member) {
  const Header header{member.part, member.anchor, member.length};
  const size_t at = records_.size();
  records_.resize(at + WordsOf(member.length));
  uint32_t* const record = records_.own() + at;
  std::memcpy(record, &header, sizeof header);
  std::memcpy(record + kHeaderWords, member.bytes, member.length);
  return at;
}

size_t GramSearch::TakeOver(const uint8_t* text, size_t size, size_t offset) const {
  // Another search takes over at a character. No last gram begins within one.
  if (stride_ > 1) {
    while (offset < size && IsContinuation(text[offset])) ++offset;
  }
  return offset;
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
    while (!slots_[slot].grams.is_none() && slots_[slot].key != keys[i])
      slot = (slot + 1) % slots_.size();
    const Grams grams = slots_[slot].grams;
    if (grams.is_none()) continue;
    if (grams.is_node()) {
      __builtin_prefetch(&nodes_[grams.node()]);
    } else {
      __builtin_prefetch(&records_[grams.record()]);
    }
    candidates[found++] = {passed.offsets[i], grams};
  }
  return found;
}

size_t GramSearch::Filter(const uint8_t* text, size_t size, size_t from, size_t to,
                          Passed& passed) const {
  const uint64_t* const filter = filter_.data();
  size_t hashed = 0;
  // The words are prefetched for all offsets first: a processor does not look far enough ahead to
  // overlap the waits for them.
  const auto add = [&](uint64_t hash) {
    passed.hashes[hashed++] = hash;
    __builtin_prefetch(&filter[FilterWord(hash)]);
  };
  size_t at = from;
  if (gram_.is_long()) {
    for (; at < to; at += stride_) add(gram_.OfLong(text + at));
  } else {
    const size_t whole = std::min(to, size - std::min(size, size_t{Prefix::kMax} - 1));
    for (; at < whole; at += stride_) {
      uint64_t eight;
      std::memcpy(&eight, text + at, sizeof eight);
      add(gram_.OfShort(eight));
    }
    for (; at < to; at += stride_) add(gram_.OfShort(EightAt(text, size, at)));
  }
  size_t count = 0;
  // Branch-free, because the branch would often be mispredicted.
  for (size_t i = 0; i < hashed; ++i) {
    const uint64_t hash = passed.hashes[i];
    passed.hashes[count] = hash;
    passed.offsets[count] = static_cast<uint16_t>(i * stride_);
    const uint64_t word = filter[FilterWord(hash)];
    count += word >> FirstBit(hash) & word >> SecondBit(hash) & 1;
  }
  return count;
}

}  // namespace mpicount
