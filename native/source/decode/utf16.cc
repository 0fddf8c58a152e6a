#include "utf16.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace mpicount {
namespace {

constexpr size_t kLongest = 4;  // bytes of a character in UTF-8
constexpr uint32_t kReplacement = 0xfffd;

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Returns the number of bytes that were written.
size_t Encode(uint32_t character, uint8_t* to) {
  if (character < 0x80) {
    to[0] = static_cast<uint8_t>(character);
    return 1;
  }
  size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (size_t i = size - 1; i > 0; --i) {
    to[i] = static_cast<uint8_t>(0x80 | (character & 0x3f));
    character >>= 6;
  }
  constexpr uint8_t kFirst[] = {0, 0, 0xc0, 0xe0, 0xf0};
  to[0] = static_cast<uint8_t>(kFirst[size] | character);
  return size;
}

class Utf16Decoder : public Decoder {
 public:
  DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    DecodeStep step;
    if (!has_mark_) {
      if (size < 2) return Rest(size, last, step);
      high_ = stored[0] == 0xfe ? 0 : 1;
      has_mark_ = true;
      step.read = 2;
    }
    for (;;) {
      WritePending(room, room_size, step);
      if (step.written == room_size) break;
      const uint8_t* next = stored + step.read;
      const size_t left = size - step.read;
      if (left < 2) {
        Advance(step.read);
        return Rest(left, last, step);
      }
      uint32_t character = UnitAt(next);
      size_t taken = 2;
      if (IsHighSurrogate(character)) {
        if (left < 4 && !last) break;  // the other half may follow
        const uint32_t low = left < 4 ? 0 : UnitAt(next + 2);
        if (IsLowSurrogate(low)) {
          character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
          taken = 4;
        } else {
          character = kReplacement;
        }
      } else if (IsLowSurrogate(character)) {
        character = kReplacement;
      }
      pending_ = Encode(character, bytes_);
      step.read += taken;
    }
    Advance(step.read);
    return step;
  }

 private:
  uint32_t UnitAt(const uint8_t* bytes) const {
    return static_cast<uint32_t>(bytes[high_] << 8 | bytes[1 - high_]);
  }

  void WritePending(uint8_t* room, size_t room_size, DecodeStep& step) {
    const size_t size = std::min(pending_, room_size - step.written);
    std::memcpy(room + step.written, bytes_, size);
    std::memmove(bytes_, bytes_ + size, pending_ - size);
    pending_ -= size;
    step.written += size;
  }

  void Advance(size_t read) { offset_ += read; }

  // Judges the rest of the stored bytes, which is less than a unit.
  DecodeStep& Rest(size_t left, bool last, DecodeStep& step) const {
    if (!last) return step;
    if (left == 0) {
      step.file_ended = true;
    } else {
      step.fault = DecodeFault{offset_, "is cut off at byte " + std::to_string(offset_ + left) +
                                            ", in a UTF-16 character"};
    }
    return step;
  }

  bool has_mark_ = false;
  size_t high_ = 0;          // which byte of a unit is the more significant one
  uint8_t bytes_[kLongest];  // of a character that is yet to be written
  size_t pending_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> MakeUtf16Decoder() { return std::make_unique<Utf16Decoder>(); }

}  // namespace mpicount
