// Cuts the windows of a text into lines, each of which is in memory as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
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

class LineCutter {
 public:
  // The look-back that a kernel needs in order to know whether a line begins where its range does.
  static constexpr uint64_t kBefore = 1;
  // Longer lines are refused, since a line is held in memory.
  static constexpr size_t kMaxSize = size_t{256} << 20;
  // Said of a line that is longer.
  static constexpr const char* kTooLong = "is longer than 256 MiB";

  // Calls take(line) for each line that begins in the new part of this window or of an earlier one
  // and ends in this window, until it returns false. Returns false if a line is too long; next() is
  // its offset.
  template <typename Take>
  bool Cut(const Window& window, const Take& take) {
    const uint8_t* at = window.text + (window.seen - window.begin);
    const uint8_t* const limit = window.text + (window.limit - window.begin);
    if (next_ == kNoLine) at = FirstLine(window, at, limit);
    while (at < limit) {
      const auto left = static_cast<size_t>(limit - at);
      const auto* newline = static_cast<const uint8_t*>(std::memchr(at, '\n', left));
      const size_t size = newline == nullptr ? left : static_cast<size_t>(newline - at);
      if (begun_.size() + size > kMaxSize) return false;
      const size_t readable = window.size - static_cast<size_t>(at - window.text) - size;
      const bool is_in_place = newline != nullptr && begun_.empty() && readable > Line::kPadding;
      if (!is_in_place) begun_.insert(begun_.end(), at, at + size);
      if (newline == nullptr) return true;
      if (!is_in_place) Close();
      const Line line{is_in_place ? at : begun_.data(),
                      is_in_place ? size : begun_.size() - kClosing, next_};
      next_ += line.size + 1;
      const bool goes_on = take(line);
      begun_.clear();
      if (!goes_on) return true;
      at = newline + 1;
    }
    return true;
  }

  // Calls take(line) for the last line of the text if it has no newline.
  template <typename Take>
  void Finish(const Take& take) {
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

  // Puts a newline and the padding after the line.
  void Close() {
    begun_.push_back('\n');
    begun_.insert(begun_.end(), Line::kPadding, 0);
  }

  uint64_t next_ = kNoLine;
  // The beginning of the next line, if windows have ended within it.
  std::vector<uint8_t> begun_;
};

}  // namespace mpicount
