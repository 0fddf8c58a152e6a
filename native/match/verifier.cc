#include "verifier.h"

namespace mpicount {

Verifier::Verifier(const FoldedPattern& units, size_t anchor)
    : units_(&units), anchor_(static_cast<uint32_t>(anchor)) {
  size_t first = anchor;
  while (first > 0 && lead_ + ShortestOf(*units[first - 1]) <= kMaxLead) {
    lead_ += static_cast<uint8_t>(ShortestOf(*units[--first]));
  }
  bool masks_tell_all = true;
  size_t last = first;
  for (; last < units.size() && head_length_ + ShortestOf(*units[last]) <= kHead; ++last) {
    const CharVariants& unit = *units[last];
    const size_t shortest = ShortestOf(unit);
    const CharVariants head = OfLength(unit, shortest);
    size_t combinations = 1;
    for (size_t place = 0; place < shortest; ++place, ++head_length_) {
      const Masked masked = MaskFor(BytesAt(head, static_cast<std::ptrdiff_t>(place)));
      combinations *= masked.bytes;
      reinterpret_cast<uint8_t*>(mask_)[head_length_] = masked.mask;
      reinterpret_cast<uint8_t*>(value_)[head_length_] = masked.value;
      reinterpret_cast<uint8_t*>(high_)[head_length_] = 0x80;
    }
    masks_tell_all = masks_tell_all && combinations == head.size();
    is_fixed_ = is_fixed_ && IsFixed(unit);
  }
  head_tells_all_ = masks_tell_all && first == 0 && last == units.size();
}

Verifier::Verified Verifier::Verify(const uint8_t* text, size_t size, size_t place) const {
  Verified verified;
  const uint8_t* start = text + place;
  for (size_t unit = anchor_; unit-- > 0 && start != nullptr; ++verified.steps) {
    start = MatchBackward(*(*units_)[unit], text, start);
  }
  if (start == nullptr) return verified;
  const uint8_t* end = text + place;
  for (size_t unit = anchor_; unit < units_->size() && end != nullptr; ++unit) {
    end = MatchForward(*(*units_)[unit], end, text + size);
    ++verified.steps;
  }
  if (end == nullptr) return verified;
  verified.is_occurrence = true;
  verified.start = static_cast<size_t>(start - text);
  verified.end = static_cast<size_t>(end - text);
  return verified;
}

}  // namespace mpicount
