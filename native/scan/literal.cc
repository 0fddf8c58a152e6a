#include "literal.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mpicount {
namespace {

constexpr size_t kMostChoices = 64;  // to choose from
constexpr size_t kSample = 4096;     // bytes of the text to choose by

bool IsFixed(const Unit& unit) {
  return std::all_of(unit.begin(), unit.end(),
                     [&](const std::string& bytes) { return bytes.size() == unit[0].size(); });
}

// The longest stretch [first, last) of fixed units, by bytes.
std::pair<size_t, size_t> LongestFixed(const std::vector<Unit>& units) {
  std::pair<size_t, size_t> best{0, 0};
  size_t most = 0;
  for (size_t first = 0; first < units.size(); ++first) {
    size_t last = first;
    size_t bytes = 0;
    for (; last < units.size() && IsFixed(units[last]); ++last) bytes += units[last][0].size();
    if (bytes > most) {
      most = bytes;
      best = {first, last};
    }
    first = std::max(first, last);
  }
  return best;
}

size_t LongestOf(const Unit& unit) {
  size_t longest = 0;
  for (const std::string& bytes : unit) longest = std::max(longest, bytes.size());
  return longest;
}

// The end, or the start, of the alternative that begins, or ends, at `at`; null when none does.
const uint8_t* PassForward(const Unit& unit, const uint8_t* at, const uint8_t* end) {
  for (const std::string& bytes : unit) {
    if (static_cast<size_t>(end - at) >= bytes.size() &&
        std::memcmp(at, bytes.data(), bytes.size()) == 0)
      return at + bytes.size();
  }
  return nullptr;
}

const uint8_t* PassBackward(const Unit& unit, const uint8_t* begin, const uint8_t* at) {
  for (const std::string& bytes : unit) {
    if (static_cast<size_t>(at - begin) >= bytes.size() &&
        std::memcmp(at - bytes.size(), bytes.data(), bytes.size()) == 0)
      return at - bytes.size();
  }
  return nullptr;
}

// The bits in which bytes do not differ, and what these are.
struct Masked {
  uint8_t mask = 0xFF;
  uint8_t value = 0;
  size_t bytes = 1;  // how many have this value
};

Masked MaskFor(const std::string& bytes) {
  uint8_t different = 0;
  for (const char byte : bytes) different |= static_cast<uint8_t>(byte ^ bytes[0]);
  const auto mask = static_cast<uint8_t>(~different);
  return {mask, static_cast<uint8_t>(bytes[0] & mask), size_t{1} << std::popcount(different)};
}

// At best one of the bytes is the `other`, and the rest have much in common.
ByteTest TestFor(std::ptrdiff_t distance, const std::string& bytes) {
  Masked best = MaskFor(bytes);
  auto other = static_cast<uint8_t>(bytes[0]);
  for (size_t i = 0; bytes.size() > 1 && i < bytes.size(); ++i) {
    const Masked rest = MaskFor(std::string(bytes).erase(i, 1));
    if (rest.bytes + 1 >= best.bytes) continue;
    best = rest;
    other = static_cast<uint8_t>(bytes[i]);
  }
  return {distance, best.mask, best.value, other};
}

// What may stand at a place: counted from the start of a unit, or from its end when negative.
std::string BytesAt(const Unit& unit, std::ptrdiff_t place) {
  std::string bytes;
  for (const std::string& alternative : unit) {
    const size_t at = place < 0 ? alternative.size() - 1 : static_cast<size_t>(place);
    bytes += alternative[at];
  }
  return bytes;
}

}  // namespace

std::optional<LiteralSearch> LiteralSearch::For(std::vector<Unit> units) {
  const auto [first, last] = LongestFixed(units);
  if (first == last) return std::nullopt;
  LiteralSearch search;
  bool masks_tell_all = true;
  const auto begin = units.begin();
  const auto at = [&](size_t unit) { return begin + static_cast<std::ptrdiff_t>(unit); };
  for (auto unit = at(first); unit != at(last); ++unit) {
    size_t combinations = 1;
    for (size_t place = 0; place < (*unit)[0].size(); ++place) {
      const std::string bytes = BytesAt(*unit, static_cast<std::ptrdiff_t>(place));
      const Masked masked = MaskFor(bytes);
      combinations *= masked.bytes;
      if (search.length_ < kHead) {
        reinterpret_cast<uint8_t*>(search.head_mask_)[search.length_] = masked.mask;
        reinterpret_cast<uint8_t*>(search.head_value_)[search.length_] = masked.value;
      }
      search.tests_.push_back(TestFor(static_cast<std::ptrdiff_t>(search.length_), bytes));
      ++search.length_;
    }
    masks_tell_all = masks_tell_all && combinations == unit->size();
  }
  if (search.tests_.size() > kMostChoices) search.tests_.resize(kMostChoices);
  if (first > 0) search.tests_.push_back(TestFor(-1, BytesAt(units[first - 1], -1)));
  if (last < units.size()) {
    const auto end = static_cast<std::ptrdiff_t>(search.length_);
    search.tests_.push_back(TestFor(end, BytesAt(units[last], 0)));
  }
  for (const Unit& unit : units) search.max_length_ += LongestOf(unit);
  search.head_tells_all_ = masks_tell_all && search.length_ <= kHead;
  search.is_short_ =
      search.head_tells_all_ && search.length_ <= kMostTests && last - first == units.size();
  search.before_.assign(begin, at(first));
  search.fragment_.assign(at(first), at(last));
  search.after_.assign(at(last), units.end());
  return search;
}

uint64_t LiteralSearch::CountShort(const uint8_t* text, size_t places) const {
  return CountPlaces(text, places, tests_.data(), length_);
}

bool LiteralSearch::CanOverlapItself() const {
  for (size_t shift = 1; shift < length_; ++shift) {
    bool fits = true;
    for (size_t i = 0; i + shift < length_; ++i) {
      const uint8_t both = tests_[i].mask & tests_[i + shift].mask;
      fits = fits && (tests_[i].value & both) == (tests_[i + shift].value & both);
    }
    if (fits) return true;
  }
  return false;
}

LiteralSearch::Anchors LiteralSearch::Choose(const uint8_t* text, size_t size) const {
  uint32_t often[256] = {};
  for (size_t at = 0; at < std::min(size, kSample); ++at) ++often[text[at]];
  const auto passes = [&often](const ByteTest& test) {
    uint64_t sum = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (test.Fits(static_cast<uint8_t>(byte))) sum += often[byte];
    }
    return sum;
  };
  std::vector<std::pair<uint64_t, size_t>> order;
  for (size_t i = 0; i < tests_.size(); ++i) order.emplace_back(passes(tests_[i]), i);
  std::sort(order.begin(), order.end());
  Anchors best;
  for (size_t i = 0; i < best.size(); ++i) {
    best[i] = tests_[order[std::min(i, order.size() - 1)].second];
  }
  return best;
}

bool LiteralSearch::FragmentFits(const uint8_t* at, const uint8_t* end) const {
  for (const Unit& unit : fragment_) {
    at = PassForward(unit, at, end);
    if (at == nullptr) return false;
  }
  return true;
}

const uint8_t* LiteralSearch::StartBefore(const uint8_t* begin, const uint8_t* at) const {
  for (size_t unit = before_.size(); unit-- > 0 && at != nullptr;) {
    at = PassBackward(before_[unit], begin, at);
  }
  return at;
}

const uint8_t* LiteralSearch::EndAfter(const uint8_t* at, const uint8_t* end) const {
  for (size_t unit = 0; unit < after_.size() && at != nullptr; ++unit) {
    at = PassForward(after_[unit], at, end);
  }
  return at;
}

}  // namespace mpicount
