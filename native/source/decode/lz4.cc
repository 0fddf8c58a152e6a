#include "lz4.h"

#include <algorithm>

#include "library.h"

namespace mpicount {
namespace {

struct Context;  // LZ4F_dctx

constexpr unsigned kVersion = 100;  // LZ4F_VERSION

struct Lz4 {
  LibraryFacts facts;
  size_t (*create)(Context**, unsigned) = nullptr;
  size_t (*free)(Context*) = nullptr;
  size_t (*decompress)(Context*, void* out, size_t* out_size, const void* in, size_t* in_size,
                       const void* options) = nullptr;
  unsigned (*is_error)(size_t) = nullptr;
  const char* (*error_name)(size_t) = nullptr;
  const char* (*version)() = nullptr;

  Lz4() {
    const Library library(
        {{Soname("liblz4.so.1", "liblz4.1.dylib")}, "MPICOUNT_LIBLZ4", "lz4", false},
        {"LZ4F_createDecompressionContext", "LZ4F_freeDecompressionContext", "LZ4F_decompress",
         "LZ4F_isError", "LZ4F_getErrorName", "LZ4_versionString"});
    library.Bind(create, free, decompress, is_error, error_name, version);
    facts = library.Facts(version);
  }
};

const Lz4& TheLz4() {
  static const Lz4 lz4;
  return lz4;
}

constexpr uint8_t kMagic[] = {0x04, 0x22, 0x4d, 0x18};
constexpr uint8_t kLegacy[] = {0x02, 0x21, 0x4c, 0x18};

class Lz4Codec : public UnitCodec {
 public:
  ~Lz4Codec() override {
    if (context_ != nullptr) TheLz4().free(context_);
  }

  const char* unit() const override { return "lz4 frame"; }

  UnitHead Look(const uint8_t* stored, size_t size, bool) const override {
    if (MayBeSkippable(stored)) return LookForSkippable(stored, size);
    if (stored[0] == kLegacy[0]) return LookForMagic(stored, size, kLegacy, sizeof kLegacy);
    return LookForMagic(stored, size, kMagic, sizeof kMagic);
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    // The version is 1, and some bits are reserved.
    const auto is_head = [](const uint8_t* head, size_t left) {
      return left > 5 && (head[4] & 0xc2) == 0x40 && (head[5] & 0x8f) == 0;
    };
    const size_t frame = FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
    return std::min(frame, FindSkippable(stored, size, frame));
  }

  UnitStep Begin(const uint8_t* stored, size_t) override {
    UnitStep step;
    is_skipped_ = MayBeSkippable(stored);
    if (stored[0] == kLegacy[0]) {
      step = Unsupported("it is in the old format of `lz4 -l`");
    } else if (context_ == nullptr && TheLz4().is_error(TheLz4().create(&context_, kVersion))) {
      context_ = nullptr;
      step = OutOfMemory();
    }
    return step;
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    const Lz4& lz4 = TheLz4();
    UnitStep step;
    step.read = size;
    step.written = room_size;
    const size_t result =
        lz4.decompress(context_, room, &step.written, stored, &step.read, nullptr);
    if (lz4.is_error(result) != 0) {
      step.fault = lz4.error_name(result);
      step.read = 0;
      step.written = 0;
    } else {
      step.ended = result == 0;
    }
    return step;
  }

  bool is_skipped() const override { return is_skipped_; }

 private:
  Context* context_ = nullptr;
  bool is_skipped_ = false;
};

}  // namespace

const LibraryFacts& Lz4Library() { return TheLz4().facts; }

std::unique_ptr<UnitCodec> MakeLz4Codec() { return std::make_unique<Lz4Codec>(); }

}  // namespace mpicount
