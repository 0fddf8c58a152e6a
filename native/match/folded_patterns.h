// Patterns as sequences of elements, of which there are few different ones, however many patterns
// there are: an element is stored once, and a pattern as the numbers of its elements, in as few
// bytes each as the largest number needs. A million patterns fit into some tens of megabytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "char_variants.h"
#include "image.h"
#include "shareable_vector.h"

namespace mpicount {

// A view of a pattern. Elements are equal if and only if they are the same object.
class FoldedPattern {
 public:
  // The pattern of one element.
  explicit FoldedPattern(const CharVariants& element)
      : elements_(&element), numbers_(&kFirst), size_(1), width_(1) {}

  size_t size() const { return size_; }
  // Returns the bytes that match, if each element is a byte: see FoldedPatterns::AddBytes().
  const uint8_t* bytes() const { return are_bytes_ ? numbers_ : nullptr; }
  const CharVariants* operator[](size_t i) const { return elements_ + NumberAt(i); }
  const CharVariants* front() const { return (*this)[0]; }
  const CharVariants* back() const { return (*this)[size_ - 1]; }

  class Iterator {
   public:
    Iterator(const FoldedPattern& pattern, size_t at) : pattern_(pattern), at_(at) {}
    const CharVariants* operator*() const { return pattern_[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const FoldedPattern& pattern_;
    size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  friend class FoldedPatterns;
  FoldedPattern(const CharVariants* elements, const uint8_t* numbers, size_t size, uint8_t width,
                bool are_bytes)
      : elements_(elements),
        numbers_(numbers),
        size_(static_cast<uint32_t>(size)),
        width_(width),
        are_bytes_(are_bytes) {}

  uint32_t NumberAt(size_t i) const {
    uint32_t number = 0;
    switch (width_) {
      case 1: return numbers_[i];
      case 2: std::memcpy(&number, numbers_ + 2 * i, 2); return number;
      default: std::memcpy(&number, numbers_ + 4 * i, 4); return number;
    }
  }

  static constexpr uint8_t kFirst = 0;

  const CharVariants* elements_;
  const uint8_t* numbers_;
  uint32_t size_;
  uint8_t width_;
  bool are_bytes_ = false;
};

class FoldedPatterns {
 public:
  // Adds an element that is different from all others, and returns its number.
  uint32_t AddElement(CharVariants element);

  // Adds an element for each byte, in order and before any other: the number of each is the byte
  // itself, so that the numbers of patterns are their bytes. No other element may follow.
  void AddBytes();

  // Adds a pattern by the numbers of its elements.
  void Add(std::span<const uint32_t> numbers);

  void Reserve(size_t patterns, size_t elements);

  size_t size() const { return ends_.size(); }

  // Return the number of an element, and the element with a number.
  uint32_t NumberOf(const CharVariants* element) const {
    return static_cast<uint32_t>(element - elements_.data());
  }
  const CharVariants& ElementOf(uint32_t number) const { return elements_[number]; }

  // An object that was stored must not be used; one that is loaded into must be empty, and nothing
  // may be added to it.
  void Pass(Image& image);

  // Returns whether a pattern has these elements.
  bool IsAt(size_t i, std::span<const uint32_t> numbers) const;

  // Returns a pattern; valid until something is added, also when this object has been moved.
  FoldedPattern operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {elements_.data(), numbers_.data() + begin * width_, ends_[i] - begin, width_,
            are_bytes_};
  }

 private:
  // Makes the numbers as wide as one of them needs.
  void Widen(uint8_t width);

  std::vector<CharVariants> elements_;
  bool are_bytes_ = false;
  uint8_t width_ = 1;                 // of a number, in bytes: 1, 2 or 4
  ShareableVector<uint8_t> numbers_;  // of all patterns
  // Where each pattern ends, in elements. 32 bits suffice: a pattern has no more elements than
  // bytes, and ByteStrings tells the ends of those in 32 bits, too.
  ShareableVector<uint32_t> ends_;
};

}  // namespace mpicount
