#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "decode/decoder.h"
#include "source.h"

namespace mpicount {
namespace {

// The text is decoded once, from its start, so the bytes of a view are kept until a later view
// begins after them.
class DecodedSource : public Source {
 public:
  DecodedSource(std::unique_ptr<Source> stored, std::unique_ptr<ScratchBuffer> owned,
                std::unique_ptr<Decoder> decoder, uint64_t chunk, ScratchBuffer& buffer)
      : owned_(std::move(owned)),
        stored_(std::move(stored)),
        decoder_(std::move(decoder)),
        chunk_(chunk),
        buffer_(buffer) {}

  uint64_t size() const override { return ended_ ? end_ : kUnknownSize; }

  uint64_t stored_size() const override { return ended_ ? taken_ : kUnknownSize; }

  const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) override {
    while (end_ < end && !ended_) {
      MakeRoom(begin, std::max(end, end_ + kRoom));
      if (!failed_ && !Decode(error)) failed_ = error;
      if (failed_) {
        error = *failed_;
        return nullptr;
      }
    }
    return buffer_.data() + (begin - origin_);
  }

  // The stored bytes were confirmed when they were decoded.
  bool Confirm(ReadError&) override { return true; }

 private:
  // The least number of decoded bytes to make room for, so that steps are not too small.
  static constexpr uint64_t kRoom = 32 * 1024;

  // Makes room for the bytes [begin, target) and keeps those that have been decoded.
  void MakeRoom(uint64_t begin, uint64_t target) {
    if (target - origin_ <= buffer_.size()) return;
    const size_t kept = end_ - begin;
    if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + (begin - origin_), kept);
    origin_ = begin;
    if (buffer_.size() < target - origin_) buffer_.resize(target - origin_);
  }

  bool Decode(ReadError& error) {
    if (is_hungry_) given_ = std::min(given_ + chunk_, stored_->size());
    const uint8_t* stored = stored_->View(taken_, given_, error);
    if (stored == nullptr) return false;
    given_ = std::min(given_, stored_->size());  // a stream may have ended
    const size_t size = given_ - taken_;
    const uint64_t used = end_ - origin_;
    const DecodeStep step = decoder_->Decode(stored, size, given_ == stored_->size(),
                                             buffer_.data() + used, buffer_.size() - used);
    // Bytes that could not be read are not damage.
    if (!stored_->Confirm(error)) return false;
    if (step.fault) {
      error = {0, step.fault->offset, step.fault->what};
      return false;
    }
    taken_ += step.read;
    end_ += step.written;
    ended_ = step.file_ended;
    is_hungry_ = taken_ == given_ || (step.read == 0 && step.written == 0 && !step.unit_ended);
    return true;
  }

  std::unique_ptr<ScratchBuffer> owned_;
  std::unique_ptr<Source> stored_;
  std::unique_ptr<Decoder> decoder_;
  uint64_t chunk_;
  ScratchBuffer& buffer_;
  uint64_t taken_ = 0;  // the number of stored bytes that were decoded
  uint64_t given_ = 0;  // the offset up to which the decoder is given stored bytes
  bool is_hungry_ = true;
  uint64_t origin_ = 0;  // decoded offset of the first byte in the buffer
  uint64_t end_ = 0;     // decoded offset of the next byte to be decoded
  bool ended_ = false;
  std::optional<ReadError> failed_;  // a decoder must not go on after an error
};

}  // namespace

std::unique_ptr<Source> OpenDecoded(std::unique_ptr<Source> stored,
                                    std::unique_ptr<ScratchBuffer> owned,
                                    std::unique_ptr<Decoder> decoder, uint64_t chunk,
                                    ScratchBuffer& buffer) {
  return std::make_unique<DecodedSource>(std::move(stored), std::move(owned), std::move(decoder),
                                         chunk, buffer);
}

}  // namespace mpicount
