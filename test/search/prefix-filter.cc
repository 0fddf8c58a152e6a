// Compares the candidates that the filter by prefixes finds in vectors with the prefixes that stand
// in the text, all of which have to be among them, and with what it finds offset by offset, without
// vectors, which may be more: with keys of each length, few and many of them, with case ignored or
// not, in ranges of texts that end before memory which cannot be read. Also compares BitsOf() with
// a loop over the lanes. Says what was found.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "match/cpu_features.h"
#include "match/prefix_filter.h"
#include "match/vector.h"

using namespace mpicount;

namespace {

// The bits in which the cases of ASCII letters differ.
constexpr uint64_t kCases = 0x2020202020202020;
constexpr size_t kMaxText = 2200;

// The same numbers everywhere, which the distributions of the library are not.
class Dice {
 public:
  size_t Below(size_t count) { return engine_() % count; }

 private:
  std::mt19937 engine_;
};

// Memory that ends where nothing can be read.
class Room {
 public:
  Room() {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t size = (kMaxText + page - 1) / page * page;
    void* all =
        mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) std::abort();
    end_ = static_cast<uint8_t*>(all) + size;
    if (mprotect(end_, page, PROT_NONE) != 0) std::abort();
  }
  uint8_t* Of(size_t size) { return end_ - size; }

 private:
  uint8_t* end_;
};

// Letters of both cases, and bytes that differ from letters in the bits of `kCases` or in the
// highest bit only.
uint8_t ByteFor(Dice& dice) {
  static const std::string bytes = "abcdefghijkABCDEFGHIJK\x01\x0B@`{\xC1\xE1\xEB\x81 ";
  return static_cast<uint8_t>(bytes[dice.Below(bytes.size())]);
}

std::vector<Prefix> PrefixesFor(size_t count, uint32_t min, uint32_t max, uint64_t fold,
                                Dice& dice) {
  std::vector<Prefix> prefixes;
  for (size_t i = 0; i < count; ++i) {
    Prefix prefix;
    prefix.bytes = min + static_cast<uint32_t>(dice.Below(max - min + 1));
    for (uint32_t byte = 0; byte < prefix.bytes; ++byte)
      prefix.value |= uint64_t{ByteFor(dice)} << 8 * byte;
    prefix.value |= FirstOf(fold, prefix.bytes);
    prefixes.push_back(prefix);
  }
  return prefixes;
}

class Comparison {
 public:
  Comparison(std::vector<Prefix> prefixes, uint32_t key, uint64_t fold)
      : fold_(fold), filter_(prefixes, key, fold) {
    for (const Prefix& prefix : prefixes) values_[prefix.bytes].insert(prefix.value);
  }

  // Returns how many prefixes stand in text[from, to) if the candidates there are right.
  std::optional<size_t> Find(const uint8_t* text, size_t size, size_t from, size_t to) {
    const size_t count = filter_.Find(text, size, from, to, found_);
    size_t sum = 0;
    size_t next = 0;
    for (size_t at = from; at < to; ++at) {
      const bool is_found = next < count && found_[next].offset == at - from;
      const uint32_t lengths = is_found ? found_[next++].lengths : 0;
      const uint32_t wanted = LengthsAt(text, size, at);
      const bool may_be = filter_.Find(text, size, at, at + 1, alone_) > 0;
      if (wanted & ~lengths) return std::nullopt;
      if (is_found && !(may_be && alone_[0].lengths == lengths)) return std::nullopt;
      sum += wanted != 0;
    }
    if (next != count) return std::nullopt;
    return sum;
  }

 private:
  // The lengths of the prefixes that stand at an offset, as in a candidate.
  uint32_t LengthsAt(const uint8_t* text, size_t size, size_t at) const {
    const uint64_t eight = EightAt(text, size, at) | fold_;
    uint32_t lengths = 0;
    for (uint32_t bytes = 1; bytes <= std::min<size_t>(Prefix::kMax, size - at); ++bytes) {
      if (!values_[bytes].contains(FirstOf(eight, bytes))) continue;
      lengths |= uint32_t{1} << filter_.IndexFor({0, bytes});
    }
    return lengths;
  }

  uint64_t fold_;
  PrefixFilter filter_;
  std::array<std::unordered_set<uint64_t>, Prefix::kMax + 1> values_;
  PrefixFilter::Candidates found_, alone_;
};

// Fills the text with prefixes, some of which are broken, and other bytes.
void Fill(uint8_t* text, size_t size, const std::vector<Prefix>& prefixes, uint64_t fold,
          Dice& dice) {
  for (size_t at = 0; at < size;) {
    const Prefix& prefix = prefixes[dice.Below(prefixes.size())];
    const size_t kind = dice.Below(3);
    for (uint32_t byte = 0; byte < prefix.bytes && at < size; ++byte) {
      auto value = static_cast<uint8_t>(prefix.value >> 8 * byte);
      if (fold != 0 && dice.Below(2) > 0) value = static_cast<uint8_t>(value & ~kCases);
      if (kind == 0 && dice.Below(prefix.bytes) == 0) value = ByteFor(dice);
      text[at++] = value;
    }
    if (kind == 1 && at < size) text[at++] = ByteFor(dice);
  }
}

void CompareAll(size_t count, uint32_t key, uint32_t min, uint32_t max, uint64_t fold, Room& room,
                Dice& dice) {
  char name[100];
  std::snprintf(name, sizeof name, "%zu prefixes of %u to %u bytes by %u%s", count, min, max, key,
                fold == 0 ? "" : ", any case");
  const std::vector<Prefix> prefixes = PrefixesFor(count, min, max, fold, dice);
  Comparison comparison(prefixes, key, fold);
  size_t found = 0;
  const auto compare = [&](const uint8_t* text, size_t size, size_t from, size_t to) {
    const std::optional<size_t> sum = comparison.Find(text, size, from, to);
    if (!sum) {
      std::printf("%s: wrong candidates in [%zu, %zu) of %zu bytes\n", name, from, to, size);
      std::exit(1);
    }
    found += *sum;
  };
  for (size_t size = key; size < 140; ++size) {
    uint8_t* text = room.Of(size);
    Fill(text, size, prefixes, fold, dice);
    // The whole text, and parts that begin and end anywhere.
    const size_t last = size - key;
    compare(text, size, 0, last);
    for (size_t from = 0; from <= last; from += 1 + dice.Below(7)) {
      compare(text, size, from, last);
      compare(text, size, from, from + dice.Below(last - from + 1));
    }
  }
  for (size_t size = kMaxText - 100; size <= kMaxText; size += 9) {
    uint8_t* text = room.Of(size);
    Fill(text, size, prefixes, fold, dice);
    compare(text, size, 0, PrefixFilter::kRangeSize);
    compare(text, size, size - key - PrefixFilter::kRangeSize, size - key);
  }
  std::printf("%s: %s\n", name, found > 0 ? "found all" : "found none");
}

void CompareBits(Dice& dice) {
  for (size_t round = 0; round < 10'000; ++round) {
    Vector answers{};
    uint64_t wanted = 0;
    const size_t most = 1 + dice.Below(8);
    for (size_t lane = 0; lane < sizeof answers; ++lane) {
      const bool is_set = dice.Below(most) == 0;
      if (is_set) answers[lane] = 0xFF;
      wanted |= uint64_t{is_set} << lane;
    }
    const uint64_t bits = BitsOf(answers);
    if (bits != wanted) {
      std::printf("bits: %#llx, not %#llx\n", static_cast<unsigned long long>(bits),
                  static_cast<unsigned long long>(wanted));
      std::exit(1);
    }
  }
  std::printf("bits: the same\n");
}

}  // namespace

int main() {
  Dice dice;
  Room room;
  std::printf("vectors: %s\n", VectorsInUse());
  CompareBits(dice);
  for (const uint64_t fold : {uint64_t{0}, kCases}) {
    for (const uint32_t key : {2, 3, 4}) {
      // Keys that are looked up by nibbles; by hashes, with the bytes behind them or without.
      for (const size_t count : {1, 12, 200}) CompareAll(count, key, key, 8, fold, room, dice);
      CompareAll(2'000, key, 6, 8, fold, room, dice);
      CompareAll(2'000, key, key, key, fold, room, dice);
    }
  }
}
