#include "xz.h"

#include <utility>

#include "xz_blocks.h"
#include "xz_index.h"
#include "xz_library.h"

namespace mpicount {
namespace {

constexpr uint8_t kMagic[] = {0xfd, '7', 'z', 'X', 'Z', 0};

// Decodes streams as units: those of a pipe, whose end is not known, and of a file of too many.
class XzStreamCodec : public UnitCodec {
 public:
  explicit XzStreamCodec(const DecodeLimits& limits) : limits_(limits) {}
  ~XzStreamCodec() override {
    if (stream_.internal != nullptr) TheXz().end(&stream_);
  }

  const char* unit() const override { return "xz stream"; }

  UnitHead Look(const uint8_t* stored, size_t size, bool) const override {
    if (has_streams_ && stored[0] == 0) return UnitHead::kZeros;
    return LookForMagic(stored, size, kMagic, sizeof kMagic);
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    // The flags: a byte of zeros, and the kind of checksum in four bits.
    const auto is_head = [](const uint8_t* head, size_t left) {
      return left > 7 && head[6] == 0 && head[7] < 16;
    };
    return FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
  }

  UnitStep Begin(const uint8_t*, size_t) override {
    has_streams_ = true;
    const int result = TheXz().init_stream(&stream_, limits_.memory, kLzmaTellUnsupportedCheck);
    UnitStep step;
    if (result != kLzmaOk) step = OutOfMemory();
    return step;
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    stream_.next_in = stored;
    stream_.avail_in = size;
    stream_.next_out = room;
    stream_.avail_out = room_size;
    const int result = TheXz().code(&stream_, kLzmaRun);
    const uint64_t memory = result == kLzmaMemoryLimit ? TheXz().memory(&stream_) : 0;
    UnitStep step = JudgeXz(result, memory, limits_);
    step.read = size - stream_.avail_in;
    step.written = room_size - stream_.avail_out;
    step.ended = result == kLzmaStreamEnd;
    return step;
  }

  size_t zeros() const override { return 4; }

 private:
  DecodeLimits limits_;
  LzmaStream stream_ = {};
  bool has_streams_ = false;
};

}  // namespace

const LibraryFacts& XzLibrary() { return TheXz().facts; }

std::unique_ptr<UnitCodec> MakeXzCodec(const DecodeLimits& limits, uint64_t begin,
                                       std::shared_ptr<StoredFile> file, std::string& fault) {
  if (file != nullptr) {
    auto index = std::make_unique<XzIndex>(std::move(file));
    switch (index->state()) {
      case XzIndex::State::kComplete: return MakeXzBlockCodec(limits, std::move(index), begin);
      case XzIndex::State::kTooLong: break;
      case XzIndex::State::kDamaged:
      case XzIndex::State::kUnreadable: fault = index->fault(); return nullptr;
    }
  }
  return std::make_unique<XzStreamCodec>(limits);
}

std::optional<uint64_t> FindXzBlock(std::shared_ptr<StoredFile> file, uint64_t offset,
                                    std::string& fault) {
  const uint64_t size = file->size();
  XzIndex index(std::move(file));
  fault = index.fault();
  if (index.state() != XzIndex::State::kComplete || !index.Seek(offset)) return std::nullopt;
  return index.unit() ? index.unit()->begin : size;
}

}  // namespace mpicount
