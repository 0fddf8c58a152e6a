#include <utility>

#include "decode/decoder.h"
#include "forward_source.h"
#include "stopwatch.h"

namespace mpicount {
namespace {

// The least number of decoded bytes to make room for, so that steps are not too small: the text of
// a BGZF block.
constexpr uint64_t kStep = 64 * 1024;

class DecodedSource : public ForwardSource {
 public:
  DecodedSource(std::unique_ptr<Source> stored, std::unique_ptr<ScratchBuffer> owned,
                std::unique_ptr<Decoder> decoder, const StoredRange& range, ScratchBuffer& buffer)
      : ForwardSource(kStep, buffer),
        owned_(std::move(owned)),
        stored_(std::move(stored)),
        decoder_(std::move(decoder)),
        range_(range),
        taken_(range.begin),
        given_(range.begin) {}

  uint64_t stored_size() const override { return size() == kUnknownSize ? kUnknownSize : taken_; }
  std::optional<UnitBorder> border() const override { return border_; }
  uint64_t decode_nanoseconds() const override { return decode_nanoseconds_; }
  bool has_whole_unit() const override { return has_whole_unit_; }

 private:
  std::optional<Part> Read(uint8_t* room, size_t room_size, ReadError& error) override {
    std::optional<Part> part;
    if (!failed_ && !(part = Decode(room, room_size, error))) failed_ = error;
    if (failed_) error = *failed_;
    return part;
  }

  std::optional<Part> Decode(uint8_t* room, size_t room_size, ReadError& error) {
    if (is_hungry_) GiveMore();
    const uint8_t* stored = stored_->View(taken_, given_, error);
    if (stored == nullptr) return std::nullopt;
    given_ = std::min(given_, stored_->size());  // a stream may have ended
    const size_t size = given_ - taken_;
    Stopwatch watch;
    const DecodeStep step =
        decoder_->Decode(stored, size, given_ == stored_->size(), room, room_size);
    decode_nanoseconds_ += watch.Lap();
    // Bytes that could not be read are not damage.
    if (!stored_->Confirm(error)) return std::nullopt;
    if (step.fault) {
      error = {0, step.fault->offset, step.fault->what};
      return std::nullopt;
    }
    taken_ += step.read;
    has_whole_unit_ = has_whole_unit_ || (step.unit_ended && !step.unit_skipped);
    if (!border_) border_ = BorderIn(step);
    is_hungry_ = taken_ == given_ ||
                 (step.read == 0 && step.written == 0 && step.room_wanted == 0 && !step.unit_ended);
    return Part{step.written, step.file_ended, step.room_wanted};
  }

  // A step that reaches the end of the range ends there, so that the border is there if a unit can
  // begin at any byte.
  void GiveMore() {
    const uint64_t end = given_ < range_.end ? range_.end : kUnknownSize;
    given_ = std::min({given_ + range_.chunk, end, stored_->size()});
  }

  // Returns the border of the range, if it is the start of the unit that began in the step, or the
  // end of the file.
  std::optional<UnitBorder> BorderIn(const DecodeStep& step) const {
    if (step.unit_begun && *step.unit_begun >= range_.end)
      return UnitBorder{*step.unit_begun, end(), decoder_->sums()};
    if (step.file_ended) return UnitBorder{taken_, end() + step.written, decoder_->sums()};
    return std::nullopt;
  }

  std::unique_ptr<ScratchBuffer> owned_;
  std::unique_ptr<Source> stored_;
  std::unique_ptr<Decoder> decoder_;
  StoredRange range_;
  uint64_t taken_;  // the offset up to which the stored bytes were decoded
  uint64_t given_;  // the offset up to which the decoder is given stored bytes
  std::optional<UnitBorder> border_;
  uint64_t decode_nanoseconds_ = 0;
  bool has_whole_unit_ = false;
  bool is_hungry_ = true;
  std::optional<ReadError> failed_;  // a decoder must not go on after an error
};

}  // namespace

std::unique_ptr<Source> OpenDecoded(std::unique_ptr<Source> stored,
                                    std::unique_ptr<ScratchBuffer> owned,
                                    std::unique_ptr<Decoder> decoder, const StoredRange& range,
                                    ScratchBuffer& buffer) {
  return std::make_unique<DecodedSource>(std::move(stored), std::move(owned), std::move(decoder),
                                         range, buffer);
}

}  // namespace mpicount
