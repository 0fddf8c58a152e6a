#include "unit_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mpicount {
namespace {

class UnitDecoder : public Decoder {
 public:
  UnitDecoder(std::unique_ptr<UnitCodec> codec, uint64_t begin)
      : codec_(std::move(codec)), offset_(begin) {}

  DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    DecodeStep step;
    for (;;) {
      const uint8_t* next = stored + step.read;
      const size_t left = size - step.read;
      switch (state_) {
        case State::kBorder:
          if (!AtBorder(next, left, last, step)) return step;
          break;
        case State::kZeros:
          if (!InZeros(next, left, last, step)) return step;
          break;
        case State::kUnit: InUnit(next, left, last, room, room_size, step); return step;
      }
    }
  }

  StreamSums sums() const override { return sums_; }

 private:
  enum class State { kBorder, kZeros, kUnit };

  // Returns whether to go on, in another state.
  bool AtBorder(const uint8_t* next, size_t left, bool last, DecodeStep& step) {
    unit_begin_ = offset_;
    if (left == 0) {
      if (last) End(step);
      return false;
    }
    switch (codec_->Look(next, left, last)) {
      case UnitHead::kMore:
        offset_ += left;  // for the message
        if (last)
          CutOff(step);
        else
          offset_ -= left;
        return false;
      case UnitHead::kOther:
        Fault(step, "is damaged at byte " + std::to_string(offset_) + ": no " + codec_->unit() +
                        " begins there");
        return false;
      case UnitHead::kZeros: state_ = State::kZeros; return true;
      case UnitHead::kUnit: break;
    }
    sums_ = codec_->sums();
    const UnitStep begun = codec_->Begin(next, left);
    if (!begun.fault.empty()) {
      Damaged(step, begun);
      return false;
    }
    state_ = State::kUnit;
    step.unit_begun = offset_;
    return true;
  }

  bool InZeros(const uint8_t* next, size_t left, bool last, DecodeStep& step) {
    const auto is_zero = [](uint8_t byte) { return byte == 0; };
    const auto zeros = static_cast<size_t>(std::find_if_not(next, next + left, is_zero) - next);
    step.read += zeros;
    offset_ += zeros;
    const bool is_whole = (offset_ - unit_begin_) % codec_->zeros() == 0;
    if (zeros < left) {
      if (codec_->zeros() > 1 && is_whole) {
        state_ = State::kBorder;
        return true;
      }
      Fault(step, "is damaged at byte " + std::to_string(offset_) + ": zeros from byte " +
                      std::to_string(unit_begin_) + " are followed by something else");
    } else if (last) {
      if (is_whole) {
        End(step);
      } else {
        CutOff(step);
      }
    }
    return false;
  }

  void InUnit(const uint8_t* next, size_t left, bool last, uint8_t* room, size_t room_size,
              DecodeStep& step) {
    const UnitStep done = codec_->Continue(next, left, last, room, room_size);
    step.read += done.read;
    step.written = done.written;
    step.room_wanted = done.room_wanted;
    offset_ += done.read;
    if (!done.fault.empty()) {
      Damaged(step, done);
    } else if (done.ended) {
      step.unit_ended = true;
      step.unit_skipped = codec_->is_skipped();
      state_ = State::kBorder;
    } else if (last && done.read == 0 && done.written == 0 && done.room_wanted == 0) {
      CutOff(step);
    }
  }

  void End(DecodeStep& step) {
    const std::string missing = codec_->End();
    if (missing.empty()) {
      sums_ = codec_->sums();
      step.file_ended = true;
    } else {
      Fault(step, missing);
    }
  }

  void Damaged(DecodeStep& step, const UnitStep& unit) {
    if (!unit.is_damage) return Fault(step, unit.fault);
    Fault(step, "is damaged at byte " + std::to_string(offset_) + ", in the " + codec_->unit() +
                    " from byte " + std::to_string(unit_begin_) + ": " + unit.fault);
  }

  void CutOff(DecodeStep& step) {
    Fault(step, "is cut off at byte " + std::to_string(offset_) + ", in the " + codec_->unit() +
                    " from byte " + std::to_string(unit_begin_));
  }

  void Fault(DecodeStep& step, std::string what) const {
    step.fault = DecodeFault{offset_, std::move(what)};
  }

  std::unique_ptr<UnitCodec> codec_;
  State state_ = State::kBorder;
  uint64_t offset_;          // of the next stored byte
  uint64_t unit_begin_ = 0;  // of the unit, or of the zeros
  StreamSums sums_;          // of the units before it
};

}  // namespace

std::unique_ptr<Decoder> MakeUnitDecoder(std::unique_ptr<UnitCodec> codec, uint64_t begin) {
  return std::make_unique<UnitDecoder>(std::move(codec), begin);
}

UnitStep OutOfMemory() {
  UnitStep step;
  step.fault = "cannot be decoded: out of memory";
  step.is_damage = false;
  return step;
}

UnitStep Unsupported(const std::string& what) {
  UnitStep step;
  step.fault = "cannot be decoded: " + what + "; decode it first";
  step.is_damage = false;
  return step;
}

UnitStep TooLarge(uint64_t memory, const DecodeLimits& limits) {
  // Rounded so that the first number is the larger one.
  const uint64_t needed = (memory + 0xFFFFF) >> 20;
  UnitStep step;
  step.fault =
      "needs " + std::to_string(needed) + " MiB of memory to be decoded, more than the " +
      std::to_string(limits.memory >> 20) +
      " MiB that there are for a decoder; use fewer ranks and threads on a host, or decode it "
      "first";
  step.is_damage = false;
  return step;
}

namespace {

constexpr uint8_t kRest[] = {0x2a, 0x4d, 0x18};  // of a skippable frame, after 0x50 to 0x5f

}  // namespace

bool MayBeSkippable(const uint8_t* stored) { return (stored[0] & 0xf0) == 0x50; }

UnitHead LookForSkippable(const uint8_t* stored, size_t size) {
  return size == 1 ? UnitHead::kMore : LookForMagic(stored + 1, size - 1, kRest, sizeof kRest);
}

UnitHead LookForMagic(const uint8_t* stored, size_t size, const uint8_t* magic, size_t magic_size) {
  const size_t compared = std::min(size, magic_size);
  if (std::memcmp(stored, magic, compared) != 0) return UnitHead::kOther;
  return compared < magic_size ? UnitHead::kMore : UnitHead::kUnit;
}

size_t FindMagic(const uint8_t* stored, size_t size, size_t limit, const uint8_t* magic,
                 size_t magic_size, bool (*is_head)(const uint8_t* head, size_t size)) {
  // Compressed bytes look random, so that memchr() goes over 256 of them before it stops; memmem()
  // looks at each (glibc 2.36).
  const size_t searched = std::min(size, limit);
  for (size_t from = 0; from < searched;) {
    const auto* first =
        static_cast<const uint8_t*>(std::memchr(stored + from, magic[0], searched - from));
    if (first == nullptr) return limit;
    const auto at = static_cast<size_t>(first - stored);
    const bool is_magic = size - at >= magic_size && std::memcmp(first, magic, magic_size) == 0;
    if (is_magic && is_head(first, size - at)) return at;
    from = at + 1;
  }
  return limit;
}

size_t FindSkippable(const uint8_t* stored, size_t size, size_t limit) {
  // The first byte of a skippable frame is one of 16, so that what follows it is searched for.
  const auto has_size = [](const uint8_t* rest, size_t left) {
    return left >= sizeof kRest + 4 && MayBeSkippable(rest - 1);
  };
  if (size == 0) return limit;
  return FindMagic(stored + 1, size - 1, limit, kRest, sizeof kRest, has_size);
}

}  // namespace mpicount
