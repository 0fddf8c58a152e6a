#include "text_folding.h"

#include <algorithm>
#include <cstring>

#include "utf8.h"

namespace mpicount {
namespace {

constexpr size_t kBlock = 64;

uint8_t Lower(uint8_t byte) {
  const auto from_a = static_cast<uint8_t>(byte - 'A');
  return static_cast<uint8_t>(byte + (from_a < 26 ? 'a' - 'A' : 0));
}

// Folds a block, and returns whether it is ASCII.
bool FoldAscii(const uint8_t* text, uint8_t* folded) {
  uint8_t all = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    all |= text[i];
    folded[i] = Lower(text[i]);
  }
  return all < 0x80;
}

// The number of bytes of a character by its first one; 1 for a byte that begins none.
size_t LengthBy(uint8_t lead) {
  if (lead < 0xC2 || lead > 0xF4) return 1;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Eleven bits of the first two bytes of a character.
size_t FirstTwo(uint8_t lead, uint8_t second) {
  return static_cast<size_t>(lead & 0x1F) << 6 | (second & 0x3F);
}

uint32_t Packed(const void* bytes, size_t length) {
  uint32_t packed = 0;
  std::memcpy(&packed, bytes, length);
  return packed;
}

bool IsRaw(const CharVariants* element) {
  return (*element)[0].size() == 1 && static_cast<uint8_t>((*element)[0][0]) >= 0x80;
}

}  // namespace

size_t FoldedText::OffsetBefore(size_t offset) const {
  const auto next =
      std::upper_bound(shifts_.begin(), shifts_.end(), offset,
                       [](size_t of, const Shift& shift) { return of < shift.folded; });
  if (next == shifts_.begin()) return offset;
  const Shift& shift = *std::prev(next);
  return shift.before + (offset - shift.folded);
}

TextFolding::TextFolding() {
  for (size_t bits = 0; bits < kPairs; ++bits) {
    pairs_.push_back(
        {{static_cast<uint8_t>(0xC0 | bits >> 6), static_cast<uint8_t>(0x80 | (bits & 0x3F))}, 2});
  }
}

bool TextFolding::Fits(const FoldedPattern& pattern) {
  return pattern.size() > 1 && !IsRaw(pattern.front()) && !IsRaw(pattern.back());
}

void TextFolding::Append(const FoldedPattern& pattern, std::vector<uint8_t>& bytes) {
  for (const CharVariants* element : pattern) {
    const std::string& folded = Add(*element);
    bytes.insert(bytes.end(), folded.begin(), folded.end());
  }
}

// Folds to the shortest alternative, and of those to the last one, which of letters in ASCII is the
// small one.
const std::string& TextFolding::Add(const CharVariants& element) {
  const auto [added, is_new] = elements_.try_emplace(&element);
  if (!is_new) return added->second;
  const CharVariants shortest = OfLength(element, ShortestOf(element));
  added->second = *std::max_element(shortest.begin(), shortest.end());
  for (const std::string& character : element) {
    if (character.size() > 1 && character != added->second) AddFolded(character, added->second);
  }
  return added->second;
}

void TextFolding::AddFolded(const std::string& character, const std::string& folded) {
  Folded to{{}, static_cast<uint8_t>(folded.size())};
  folded.copy(reinterpret_cast<char*>(to.bytes.data()), to.bytes.size());
  const size_t first_two =
      FirstTwo(static_cast<uint8_t>(character[0]), static_cast<uint8_t>(character[1]));
  if (character.size() == 2) {
    pairs_[first_two] = to;
  } else {
    longer_[Packed(character.data(), character.size())] = to;
    starts_[first_two] = true;
  }
}

FoldedText TextFolding::Fold(const uint8_t* text, size_t size) const {
  FoldedText folded(size);
  for (size_t at = 0; at < size;) {
    const size_t end = std::min(size, at + kBlock);
    if (end == at + kBlock && FoldAscii(text + at, folded.bytes_.get() + folded.size_)) {
      at = end;
      folded.size_ += kBlock;
      continue;
    }
    while (at < end) FoldOne(text, size, at, folded);
  }
  return folded;
}

void TextFolding::FoldOne(const uint8_t* text, size_t size, size_t& at, FoldedText& folded) const {
  const uint8_t lead = text[at];
  uint8_t* const to = folded.bytes_.get() + folded.size_;
  const size_t length = LengthBy(lead);
  const Folded* other = nullptr;
  if (length > 1 && size - at >= length && IsContinuation(text[at + 1])) {
    const size_t first_two = FirstTwo(lead, text[at + 1]);
    if (length == 2) {
      other = &pairs_[first_two];
    } else if (starts_[first_two]) {
      const auto found = longer_.find(Packed(text + at, length));
      if (found != longer_.end()) other = &found->second;
    }
  }
  if (other == nullptr) {
    *to = Lower(lead);
    ++at;
    ++folded.size_;
    return;
  }
  std::memcpy(to, other->bytes.data(), other->length);
  at += length;
  folded.size_ += other->length;
  if (other->length != length) folded.shifts_.push_back({folded.size_, at});
}

}  // namespace mpicount
