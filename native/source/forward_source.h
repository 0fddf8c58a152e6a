// A source that is read once, from its start to its end.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>

#include "source.h"

namespace mpicount {

// Keeps the bytes of a view until a later view begins after them, since they cannot be read again.
class ForwardSource : public Source {
 public:
  uint64_t size() const override { return ended_ ? end_ : kUnknownSize; }

  const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) override {
    uint64_t room = step_;
    while (end_ < end && !ended_) {
      MakeRoom(begin, std::max(end, end_ + room));
      const size_t used = end_ - origin_;
      const std::optional<Part> part = Read(buffer_.data() + used, buffer_.size() - used, error);
      if (!part) return nullptr;
      end_ += part->size;
      ended_ = part->is_last;
      room = std::max<uint64_t>(step_, part->room_wanted);
    }
    return buffer_.data() + (begin - origin_);
  }

  bool Confirm(ReadError&) override { return true; }

 protected:
  // Bytes that were read. A part without bytes need not be the last.
  struct Part {
    size_t size;
    bool is_last;
    size_t room_wanted = 0;  // to read the next part
  };

  // `step` is the least number of bytes to make room for.
  ForwardSource(uint64_t step, ScratchBuffer& buffer) : step_(step), buffer_(buffer) {}

  // Reads the next bytes into the room, which is not empty. Returns nothing and sets `error` if
  // they cannot be read.
  virtual std::optional<Part> Read(uint8_t* room, size_t room_size, ReadError& error) = 0;

  // Returns the offset of the next byte to be read.
  uint64_t end() const { return end_; }

 private:
  // Makes room for the bytes [begin, target) and keeps those that have been read.
  void MakeRoom(uint64_t begin, uint64_t target) {
    if (target - origin_ <= buffer_.size()) return;
    const size_t kept = end_ - begin;
    if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + (begin - origin_), kept);
    origin_ = begin;
    if (buffer_.size() < target - origin_) buffer_.resize(target - origin_);
  }

  uint64_t step_;
  ScratchBuffer& buffer_;
  uint64_t origin_ = 0;  // offset of the first byte in the buffer
  uint64_t end_ = 0;
  bool ended_ = false;
};

}  // namespace mpicount
