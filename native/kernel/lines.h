// Cuts the windows of a text into lines. Each is in memory as a whole, but for long ones, which
// come in parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "kernel.h"

namespace mpicount {

// A line without its newline, which follows it in memory, and then kPadding readable bytes. The
// last line of a text may have had no newline.
struct Line {
  static constexpr size_t kPadding = 16;

  const uint8_t* text;
  size_t size;
  uint64_t offset;  // of its first byte in the text
};

// The part of a long line that is in one window, without the newline. The last part may be empty.
struct LinePart {
  const uint8_t* text;
  size_t size;
  uint64_t offset;  // of the first byte of the line in the text
  bool is_first;
  bool is_last;
};

class LineCutter {
 public:
  // The look-back that a kernel needs in order to know whether a line begins where its range does.
  static constexpr uint64_t kBefore = 1;

  // Lines of up to `longest_held` bytes are held in memory. The first part of a longer one is
  // longer than that.
  explicit LineCutter(size_t longest_held) : longest_held_(longest_held) {}

  // Calls take(line) for each line that begins in the new part of this window or of an earlier one
  // and ends in this window, and take_part(part) for what the window has of a long line, until one
  // of them returns false.
  template <typename Take, typename TakePart>
  void Cut(const Window& window, const Take& take, const TakePart& take_part) {
    const uint8_t* at = window.text + (window.seen - window.begin);
    const uint8_t* const limit = window.text + (window.limit - window.begin);
    if (next_ == kNoLine) at = FirstLine(window, at, limit);
    while (at < limit) {
      const auto left = static_cast<size_t>(limit - at);
      const auto* newline = static_cast<const uint8_t*>(std::memchr(at, '\n', left));
      const size_t size = newline == nullptr ? left : static_cast<size_t>(newline - at);
      if (long_size_ > 0 || begun_.size() + size > longest_held_) {
        if (!CutPart(at, size, newline != nullptr, take_part) || newline == nullptr) return;
        at = newline + 1;
        continue;
      }
      const size_t readable = window.size - static_cast<size_t>(at - window.text) - size;
      const bool is_in_place = newline != nullptr && begun_.empty() && readable > Line::kPadding;
      if (!is_in_place) Hold(at, size);
      if (newline == nullptr) return;
      if (!is_in_place) Close();
      const Line line{is_in_place ? at : begun_.data(),
                      is_in_place ? size : begun_.size() - kClosing, next_};
      next_ += line.size + 1;
      const bool goes_on = take(line);
      begun_.clear();
      if (!goes_on) return;
      at = newline + 1;
    }
  }

  // Calls take(line) for the last line of the text if it has no newline, or take_part(part) for its
  // last part.
  template <typename Take, typename TakePart>
  void Finish(const Take& take, const TakePart& take_part) {
    if (long_size_ > 0) CutPart(nullptr, 0, true, take_part);
    if (begun_.empty()) return;
    Close();
    take(Line{begun_.data(), begun_.size() - kClosing, next_});
    begun_.clear();
  }

  // Returns the offset of the next line to be taken, or kNoLine if none has begun.
  uint64_t next() const { return next_; }
  static constexpr uint64_t kNoLine = UINT64_MAX;

 private:
  static constexpr size_t kClosing = 1 + Line::kPadding;

  // Returns the beginning of the first line at or after `at`, the new part's beginning.
  const uint8_t* FirstLine(const Window& window, const uint8_t* at, const uint8_t* limit) {
    if (window.seen > 0 && at[-1] != '\n') {
      const auto left = static_cast<size_t>(limit - at);
      const auto* newline = static_cast<const uint8_t*>(std::memchr(at, '\n', left));
      if (newline == nullptr) return limit;
      at = newline + 1;
    }
    next_ = window.begin + static_cast<uint64_t>(at - window.text);
    return at;
  }

  // Calls take_part(part) for what follows of a long line, and returns what it returns.
  template <typename TakePart>
  bool CutPart(const uint8_t* text, size_t size, bool is_last, const TakePart& take_part) {
    const bool is_first = long_size_ == 0;
    if (!begun_.empty()) {
      Hold(text, size);
      text = begun_.data();
      size = begun_.size();
    }
    const LinePart part{text, size, next_, is_first, is_last};
    long_size_ += size;
    if (is_last) next_ += std::exchange(long_size_, 0) + 1;
    const bool goes_on = take_part(part);
    begun_.clear();
    return goes_on;
  }

  // Adds these bytes to the line that has begun. vector::insert() of a range would do the same, but
  // GCC 14 takes its copy for one into an empty array (-Wstringop-overflow).
  void Hold(const uint8_t* text, size_t size) {
    if (size == 0) return;
    const size_t held = begun_.size();
    begun_.resize(held + size);
    std::memcpy(begun_.data() + held, text, size);
  }

  // Puts a newline and the padding after the line.
  void Close() {
    begun_.push_back('\n');
    begun_.insert(begun_.end(), Line::kPadding, 0);
  }

  const size_t longest_held_;
  uint64_t next_ = kNoLine;
  // The size of the parts of the long line that is open, or 0.
  uint64_t long_size_ = 0;
  // The beginning of the next line, if windows have ended within it and it is not long yet.
  std::vector<uint8_t> begun_;
};

}  // namespace mpicount
