#include "folded_patterns.h"

#include <string>
#include <utility>

namespace mpicount {
namespace {

uint8_t WidthFor(uint32_t number) { return number <= UINT8_MAX ? 1 : number <= UINT16_MAX ? 2 : 4; }

template <typename Number>
void Write(std::span<const uint32_t> numbers, uint8_t* to) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto number = static_cast<Number>(numbers[i]);
    std::memcpy(to + i * sizeof number, &number, sizeof number);
  }
}

}  // namespace

uint32_t FoldedPatterns::AddElement(CharVariants element) {
  elements_.push_back(std::move(element));
  const auto number = static_cast<uint32_t>(elements_.size() - 1);
  if (WidthFor(number) > width_) Widen(WidthFor(number));
  return number;
}

void FoldedPatterns::AddBytes() {
  for (int byte = 0; byte <= UINT8_MAX; ++byte)
    AddElement({std::string(1, static_cast<char>(byte))});
  are_bytes_ = true;
}

void FoldedPatterns::Add(std::span<const uint32_t> numbers) {
  const size_t at = numbers_.size();
  numbers_.resize(at + numbers.size() * width_);
  uint8_t* to = numbers_.own() + at;
  switch (width_) {
    case 1: Write<uint8_t>(numbers, to); break;
    case 2: Write<uint16_t>(numbers, to); break;
    default: Write<uint32_t>(numbers, to);
  }
  ends_.push_back(static_cast<uint32_t>(numbers_.size() / width_));
}

void FoldedPatterns::Reserve(size_t patterns, size_t elements) {
  ends_.reserve(patterns);
  numbers_.reserve(elements * width_);
}

bool FoldedPatterns::IsAt(size_t i, std::span<const uint32_t> numbers) const {
  const FoldedPattern pattern = (*this)[i];
  if (pattern.size() != numbers.size()) return false;
  for (size_t k = 0; k < numbers.size(); ++k) {
    if (pattern.NumberAt(k) != numbers[k]) return false;
  }
  return true;
}

void FoldedPatterns::Pass(Image& image) {
  image.ForEach(elements_.size(), [&](size_t i) {
    if (image.loads()) elements_.emplace_back();
    CharVariants& element = elements_[i];
    image.ForEach(element.size(), [&](size_t k) {
      if (image.loads()) element.emplace_back();
      image.Copy(element[k]);
    });
  });
  image.Value(are_bytes_);
  image.Value(width_);
  image.Share(numbers_);
  image.Share(ends_);
}

void FoldedPatterns::Widen(uint8_t width) {
  const size_t size = numbers_.size() / width_;
  ShareableVector<uint8_t> wide(size * width);
  // The lowest bytes of a number come first (prefixes.h).
  for (size_t i = 0; i < size; ++i)
    std::memcpy(wide.own() + i * width, numbers_.data() + i * width_, width_);
  numbers_ = std::move(wide);
  width_ = width;
}

}  // namespace mpicount
