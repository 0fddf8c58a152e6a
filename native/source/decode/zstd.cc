#include "zstd.h"

#include <algorithm>

#include "library.h"

namespace mpicount {
namespace {

struct Context;  // ZSTD_DCtx

struct InBuffer {
  const void* src;
  size_t size;
  size_t pos;
};
struct OutBuffer {
  void* dst;
  size_t size;
  size_t pos;
};

constexpr int kWindowLogMax = 100;  // ZSTD_d_windowLogMax
// The largest window of the format that zstd decodes.
constexpr int kLargestWindowLog = sizeof(size_t) == 8 ? 31 : 30;

struct Zstd {
  LibraryFacts facts;
  Context* (*create)() = nullptr;
  size_t (*free)(Context*) = nullptr;
  size_t (*set)(Context*, int, int) = nullptr;
  size_t (*decompress)(Context*, OutBuffer*, InBuffer*) = nullptr;
  unsigned (*is_error)(size_t) = nullptr;
  const char* (*error_name)(size_t) = nullptr;
  const char* (*version)() = nullptr;

  Zstd() {
    const Library library(
        {{Soname("libzstd.so.1", "libzstd.1.dylib")}, "MPICOUNT_LIBZSTD", "zstd", true},
        {"ZSTD_createDCtx", "ZSTD_freeDCtx", "ZSTD_DCtx_setParameter", "ZSTD_decompressStream",
         "ZSTD_isError", "ZSTD_getErrorName", "ZSTD_versionString"});
    library.Bind(create, free, set, decompress, is_error, error_name, version);
    facts = library.Facts(version);
  }
};

const Zstd& TheZstd() {
  static const Zstd zstd;
  return zstd;
}

constexpr uint8_t kMagic[] = {0x28, 0xb5, 0x2f, 0xfd};
// The most bytes that a frame header has.
constexpr size_t kHeaderSize = 18;

// Returns the size of the window that a frame asks for; 0 if its header is cut off.
uint64_t WindowOf(const uint8_t* frame, size_t size) {
  if (size < 6) return 0;
  const uint8_t descriptor = frame[4];
  const bool is_single_segment = (descriptor & 0x20) != 0;
  if (!is_single_segment) {
    const uint64_t base = uint64_t{1} << (10 + (frame[5] >> 3));
    return base + base / 8 * (frame[5] & 7);
  }
  // The window is the whole content. Its size follows the identifier of the dictionary.
  constexpr size_t kIdentifierSizes[] = {0, 1, 2, 4};
  constexpr size_t kContentSizes[] = {1, 2, 4, 8};
  const size_t begin = 5 + kIdentifierSizes[descriptor & 3];
  const size_t bytes = kContentSizes[descriptor >> 6];
  if (size < begin + bytes) return 0;
  uint64_t content = bytes == 2 ? 256 : 0;
  for (size_t i = 0; i < bytes; ++i) content += uint64_t{frame[begin + i]} << (8 * i);
  return content;
}

class ZstdCodec : public UnitCodec {
 public:
  explicit ZstdCodec(const DecodeLimits& limits) : limits_(limits) {}
  ~ZstdCodec() override {
    if (context_ != nullptr) TheZstd().free(context_);
  }

  const char* unit() const override { return "zstd frame"; }

  UnitHead Look(const uint8_t* stored, size_t size, bool last) const override {
    if (MayBeSkippable(stored)) return LookForSkippable(stored, size);
    const UnitHead head = LookForMagic(stored, size, kMagic, sizeof kMagic);
    if (head == UnitHead::kUnit && size < kHeaderSize && !last) return UnitHead::kMore;
    return head;
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    // One bit of the descriptor is reserved.
    const auto is_head = [](const uint8_t* head, size_t left) {
      return left > 4 && (head[4] & 8) == 0;
    };
    const size_t frame = FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
    return std::min(frame, FindSkippable(stored, size, frame));
  }

  UnitStep Begin(const uint8_t* stored, size_t size) override {
    is_skipped_ = MayBeSkippable(stored);
    if (context_ == nullptr) {
      context_ = TheZstd().create();
      if (context_ != nullptr) TheZstd().set(context_, kWindowLogMax, kLargestWindowLog);
    }
    const uint64_t window = stored[0] == kMagic[0] ? WindowOf(stored, size) : 0;
    if (context_ == nullptr) return OutOfMemory();
    return window > limits_.memory ? TooLarge(window, limits_) : UnitStep{};
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    const Zstd& zstd = TheZstd();
    InBuffer in{stored, size, 0};
    OutBuffer out{room, room_size, 0};
    const size_t result = zstd.decompress(context_, &out, &in);
    UnitStep step;
    step.read = in.pos;
    step.written = out.pos;
    if (zstd.is_error(result) != 0) {
      step.fault = zstd.error_name(result);
    } else {
      step.ended = result == 0;
    }
    return step;
  }

  bool is_skipped() const override { return is_skipped_; }

 private:
  DecodeLimits limits_;
  Context* context_ = nullptr;
  bool is_skipped_ = false;
};

}  // namespace

const LibraryFacts& ZstdLibrary() { return TheZstd().facts; }

std::unique_ptr<UnitCodec> MakeZstdCodec(const DecodeLimits& limits) {
  return std::make_unique<ZstdCodec>(limits);
}

}  // namespace mpicount
