// Folds text, so that a search that ignores case becomes one for bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"

namespace mpicount {

// A text in which alternatives of elements were replaced. It is never longer than before.
class FoldedText {
 public:
  explicit FoldedText(size_t max_size)
      : bytes_(std::make_unique_for_overwrite<uint8_t[]>(max_size)) {}

  const uint8_t* bytes() const { return bytes_.get(); }
  size_t size() const { return size_; }

  // Returns the offset in the text before of the character that begins at an offset of this one, or
  // of the byte that is not part of a character. They must come in order, or nearly so.
  size_t OffsetBefore(size_t offset) const;

 private:
  friend class TextFolding;
  // The byte at the offset `folded` was at `before`; those that follow, up to the next shift, are
  // as far apart.
  struct Shift {
    size_t folded;
    size_t before;
  };

  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_ = 0;
  std::vector<Shift> shifts_;  // few: most characters are as long as their folded ones
};

class TextFolding {
 public:
  TextFolding();

  // Returns whether a pattern occurs where its folded bytes are in the folded text. Bytes that are
  // not part of a character, at the start or the end of a pattern, can be part of one in a text, of
  // which nothing is left there. The only element of a pattern can be a part of an element of the
  // others (PatternSet).
  static bool Fits(const FoldedPattern& pattern);

  // Adds an element, and returns what it is folded to.
  const std::string& Add(const CharVariants& element);

  // Adds the elements of a pattern that fits, and appends its folded bytes.
  void Append(const FoldedPattern& pattern, std::vector<uint8_t>& bytes);

  // Calls take(element) for each element that was added.
  template <typename Take>
  void ForEach(const Take& take) const {
    for (const auto& [element, folded] : elements_) take(element);
  }

  // Folds ASCII letters and the elements that were added.
  FoldedText Fold(const uint8_t* text, size_t size) const;

 private:
  struct Folded {
    std::array<uint8_t, 4> bytes;
    uint8_t length;
  };

  void AddFolded(const std::string& character, const std::string& folded);
  // Folds the character or byte at text[at], and moves `at` past it.
  void FoldOne(const uint8_t* text, size_t size, size_t& at, FoldedText& folded) const;

  std::unordered_map<const CharVariants*, std::string> elements_;
  // By the bits of characters of two bytes.
  static constexpr size_t kPairs = 1 << 11;
  std::vector<Folded> pairs_;
  // Characters that are longer, by their bytes; and which first two bytes they have.
  std::unordered_map<uint32_t, Folded> longer_;
  static constexpr size_t kStarts = 1 << 11;
  std::array<bool, kStarts> starts_{};
};

}  // namespace mpicount
