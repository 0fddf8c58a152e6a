#include "utf16.h"

#include <string>

#include "../../text/utf8.h"
#include "pending_text.h"

namespace mpicount {
namespace {

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
      pending_.Write(room, room_size, step);
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
          character = JoinSurrogates(character, low);
          taken = 4;
        } else {
          character = kReplacement;
        }
      } else if (IsLowSurrogate(character)) {
        character = kReplacement;
      }
      pending_.size = WriteUtf8(character, pending_.bytes);
      step.read += taken;
    }
    Advance(step.read);
    return step;
  }

 private:
  uint32_t UnitAt(const uint8_t* bytes) const {
    return static_cast<uint32_t>(bytes[high_] << 8 | bytes[1 - high_]);
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
  size_t high_ = 0;  // which byte of a unit is the more significant one
  PendingText<kLongestUtf8> pending_;
  uint64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> MakeUtf16Decoder() { return std::make_unique<Utf16Decoder>(); }

}  // namespace mpicount
