#include "xz.h"

#include "library.h"

namespace mpicount {
namespace {

// lzma_stream, which has been the same since liblzma 5.0.
struct LzmaStream {
  const uint8_t* next_in;
  size_t avail_in;
  uint64_t total_in;
  uint8_t* next_out;
  size_t avail_out;
  uint64_t total_out;
  const void* allocator;
  void* internal;
  void* reserved_pointers[4];
  uint64_t reserved_integers[2];
  size_t reserved_sizes[2];
  int reserved_enums[2];
};

constexpr int kOk = 0;
constexpr int kStreamEnd = 1;
constexpr int kUnsupportedCheck = 3;
constexpr int kMemoryError = 5;
constexpr int kMemoryLimit = 6;
constexpr int kUnsupportedOptions = 8;
constexpr int kBufferError = 10;
constexpr int kRun = 0;  // lzma_action
// Without this flag, blocks with a checksum that the library does not know are not checked.
constexpr uint32_t kTellUnsupportedCheck = 2;

struct Xz {
  LibraryFacts facts;
  int (*init)(LzmaStream*, uint64_t memory, uint32_t flags) = nullptr;
  int (*code)(LzmaStream*, int action) = nullptr;
  void (*end)(LzmaStream*) = nullptr;
  uint64_t (*memory)(const LzmaStream*) = nullptr;
  const char* (*version)() = nullptr;

  Xz() {
    const Library library(
        {{Soname("liblzma.so.5", "liblzma.5.dylib")}, "MPICOUNT_LIBLZMA", "xz", false},
        {"lzma_stream_decoder", "lzma_code", "lzma_end", "lzma_memusage", "lzma_version_string"});
    library.Bind(init, code, end, memory, version);
    facts = library.Facts(version);
  }
};

const Xz& TheXz() {
  static const Xz xz;
  return xz;
}

constexpr uint8_t kMagic[] = {0xfd, '7', 'z', 'X', 'Z', 0};

class XzCodec : public UnitCodec {
 public:
  explicit XzCodec(const DecodeLimits& limits) : limits_(limits) {}
  ~XzCodec() override {
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
    const int result = TheXz().init(&stream_, limits_.memory, kTellUnsupportedCheck);
    UnitStep step;
    if (result != kOk) step = OutOfMemory();
    return step;
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    stream_.next_in = stored;
    stream_.avail_in = size;
    stream_.next_out = room;
    stream_.avail_out = room_size;
    const int result = TheXz().code(&stream_, kRun);
    UnitStep step = Judge(result);
    step.read = size - stream_.avail_in;
    step.written = room_size - stream_.avail_out;
    step.ended = result == kStreamEnd;
    return step;
  }

  size_t zeros() const override { return 4; }

 private:
  UnitStep Judge(int result) const {
    UnitStep step;
    switch (result) {
      case kOk:
      case kStreamEnd:
      case kBufferError:  // more bytes or more room are needed
        break;
      case kMemoryError: return OutOfMemory();
      case kMemoryLimit: return TooLarge(TheXz().memory(&stream_), limits_);
      case kUnsupportedCheck: return Unsupported("this liblzma does not know its checksum");
      case kUnsupportedOptions: return Unsupported("this liblzma does not know its filters");
      default: step.fault = "the data or its checksum is wrong"; break;
    }
    return step;
  }

  DecodeLimits limits_;
  LzmaStream stream_ = {};
  bool has_streams_ = false;
};

}  // namespace

const LibraryFacts& XzLibrary() { return TheXz().facts; }

std::unique_ptr<UnitCodec> MakeXzCodec(const DecodeLimits& limits) {
  return std::make_unique<XzCodec>(limits);
}

}  // namespace mpicount
