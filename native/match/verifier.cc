#include "verifier.h"

namespace mpicount {

Verifier::Verifier(const FoldedPattern& pattern, size_t anchor)
    : anchor_(static_cast<uint32_t>(anchor)) {
  size_t first = anchor;
  while (first > 0 && lead_ + ShortestOf(*pattern[first - 1]) <= kMaxLead) {
    lead_ += static_cast<uint8_t>(ShortestOf(*pattern[--first]));
  }
  bool is_exact = true;
  size_t last = first;
  for (; last < pattern.size() && masked_length_ + ShortestOf(*pattern[last]) <= kMaskSize;
       ++last) {
    const CharVariants& element = *pattern[last];
    const size_t shortest = ShortestOf(element);
    const CharVariants shortest_variants = OfLength(element, shortest);
    size_t combinations = 1;
    for (size_t offset = 0; offset < shortest; ++offset, ++masked_length_) {
      const Masked masked =
          MaskFor(BytesAt(shortest_variants, static_cast<std::ptrdiff_t>(offset)));
      combinations *= masked.bytes;
      reinterpret_cast<uint8_t*>(mask_)[masked_length_] = masked.mask;
      reinterpret_cast<uint8_t*>(value_)[masked_length_] = masked.value;
      reinterpret_cast<uint8_t*>(high_)[masked_length_] = 0x80;
    }
    is_exact = is_exact && combinations == shortest_variants.size();
    is_fixed_ = is_fixed_ && IsFixed(element);
  }
  mask_is_exact_ = is_exact && first == 0 && last == pattern.size();
}

Verifier::Verified Verifier::Verify(const FoldedPattern& pattern, const uint8_t* text, size_t size,
                                    size_t offset) const {
  Verified verified;
  const uint8_t* start = text + offset;
  for (size_t element = anchor_; element-- > 0 && start != nullptr; ++verified.steps) {
    start = MatchBackward(*pattern[element], text, start);
  }
  if (start == nullptr) return verified;
  const uint8_t* end = text + offset;
  for (size_t element = anchor_; element < pattern.size() && end != nullptr; ++element) {
    end = MatchForward(*pattern[element], end, text + size);
    ++verified.steps;
  }
  if (end == nullptr) return verified;
  verified.is_occurrence = true;
  verified.start = static_cast<size_t>(start - text);
  verified.end = static_cast<size_t>(end - text);
  return verified;
}

}  // namespace mpicount
