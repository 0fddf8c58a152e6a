#include "gzip.h"

#include <algorithm>
#include <cstring>

#include "library.h"

namespace mpicount {
namespace {

// The state of zlib's interface, as in every version since 1.0. Node's headers have it only where
// Node brings its own zlib.
struct ZStream {
  const uint8_t* next_in;
  unsigned avail_in;
  unsigned long total_in;
  uint8_t* next_out;
  unsigned avail_out;
  unsigned long total_out;
  const char* msg;
  void* state;
  void* zalloc;
  void* zfree;
  void* opaque;
  int data_type;
  unsigned long adler;
  unsigned long reserved;
};

constexpr int kOk = 0;
constexpr int kStreamEnd = 1;
constexpr int kNeedDictionary = 2;
constexpr int kMemoryError = -4;
constexpr int kBufferError = -5;
constexpr int kNoFlush = 0;
// The largest window, and 16 for a gzip header with its checks.
constexpr int kWindowBits = 15 + 16;

struct Zlib {
  LibraryFacts facts;
  int (*init)(ZStream*, int, const char*, int) = nullptr;
  int (*inflate)(ZStream*, int) = nullptr;
  int (*reset)(ZStream*) = nullptr;
  int (*end)(ZStream*) = nullptr;
  const char* (*version)() = nullptr;

  Zlib() {
    const Library library(
        {{Soname("libz.so.1", "libz.1.dylib")}, "MPICOUNT_LIBZ", "zlib", true},
        {"inflateInit2_", "inflate", "inflateReset", "inflateEnd", "zlibVersion"});
    library.Bind(init, inflate, reset, end, version);
    facts = library.Facts(version);
  }
};

const Zlib& TheZlib() {
  static const Zlib zlib;
  return zlib;
}

constexpr uint8_t kMagic[] = {0x1f, 0x8b, 8};
// The start of a BGZF block: a header with an extra field of which the first part is `BC`, 2 bytes.
constexpr size_t kBgzfSize = 16;

bool IsBgzf(const uint8_t* stored, size_t size) {
  return size >= kBgzfSize && stored[3] == 4 && stored[12] == 'B' && stored[13] == 'C' &&
         stored[14] == 2 && stored[15] == 0;
}

class GzipCodec : public UnitCodec {
 public:
  ~GzipCodec() override {
    if (is_ready_) TheZlib().end(&stream_);
  }

  const char* unit() const override { return "gzip member"; }

  UnitHead Look(const uint8_t* stored, size_t size, bool last) const override {
    if (has_members_ && stored[0] == 0) return UnitHead::kZeros;
    const UnitHead head = LookForMagic(stored, size, kMagic, sizeof kMagic);
    if (head == UnitHead::kUnit && size < kBgzfSize && !last) return UnitHead::kMore;
    return head;
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    // The flags for the compressor's effort and for the system have few values, which keeps chance
    // hits rare.
    const auto is_head = [](const uint8_t* head, size_t left) {
      return left >= 10 && (head[3] & 0xe0) == 0 && (head[8] & ~6) == 0 && head[8] != 6 &&
             (head[9] <= 13 || head[9] == 255);
    };
    return FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
  }

  UnitStep Begin(const uint8_t* stored, size_t size) override {
    const Zlib& zlib = TheZlib();
    int result = kOk;
    if (is_ready_) {
      result = zlib.reset(&stream_);
    } else {
      result = zlib.init(&stream_, kWindowBits, zlib.version(), sizeof stream_);
      is_ready_ = result == kOk;
    }
    UnitStep step;
    if (result != kOk) step = OutOfMemory();
    has_members_ = true;
    is_bgzf_ = IsBgzf(stored, size);
    is_empty_ = true;
    return step;
  }

  UnitStep Continue(const uint8_t* stored, size_t size, uint8_t* room, size_t room_size) override {
    stream_.next_in = stored;
    stream_.avail_in = static_cast<unsigned>(std::min<size_t>(size, 1 << 30));
    stream_.next_out = room;
    stream_.avail_out = static_cast<unsigned>(std::min<size_t>(room_size, 1 << 30));
    const int result = TheZlib().inflate(&stream_, kNoFlush);
    UnitStep step;
    step.read = static_cast<size_t>(stream_.next_in - stored);
    step.written = static_cast<size_t>(stream_.next_out - room);
    is_empty_ = is_empty_ && step.written == 0;
    if (result == kMemoryError) {
      step = OutOfMemory();
    } else if (result == kStreamEnd) {
      step.ended = true;
    } else if (result == kNeedDictionary) {
      step = Unsupported("it needs a dictionary");
    } else if (result != kOk && result != kBufferError) {
      step.fault = stream_.msg == nullptr ? "the data is not valid" : stream_.msg;
    }
    return step;
  }

  // The zeros with which tapes and old archivers fill their last block.
  size_t zeros() const override { return 1; }

  // Every BGZF file ends with an empty block. Without it, any number of blocks may be missing.
  std::string End() override {
    if (!is_bgzf_ || is_empty_) return "";
    return "is cut off: the empty block that ends a BGZF file is missing (if nothing else is "
           "missing, `bgzip -c </dev/null >>FILE` adds it)";
  }

 private:
  ZStream stream_ = {};
  bool is_ready_ = false;
  bool has_members_ = false;
  bool is_bgzf_ = false;  // whether the latest member is a BGZF block
  bool is_empty_ = true;  // whether it has no text so far
};

}  // namespace

const LibraryFacts& GzipLibrary() { return TheZlib().facts; }

std::unique_ptr<UnitCodec> MakeGzipCodec() { return std::make_unique<GzipCodec>(); }

}  // namespace mpicount
