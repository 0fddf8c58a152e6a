#include "bzip2.h"

#include <algorithm>
#include <cstring>

#include "library.h"

namespace mpicount {
namespace {

// bz_stream, which has been the same since libbz2 1.0.
struct BzStream {
  const char* next_in;
  unsigned avail_in;
  unsigned total_in_low;
  unsigned total_in_high;
  char* next_out;
  unsigned avail_out;
  unsigned total_out_low;
  unsigned total_out_high;
  void* state;
  void* alloc;
  void* free;
  void* opaque;
};

constexpr int kOk = 0;
constexpr int kStreamEnd = 4;
constexpr int kMemoryError = -3;

struct Bzip2 {
  LibraryFacts facts;
  int (*init)(BzStream*, int verbosity, int small) = nullptr;
  int (*decompress)(BzStream*) = nullptr;
  int (*end)(BzStream*) = nullptr;
  const char* (*version)() = nullptr;

  Bzip2() {
#ifdef __APPLE__
    const LibraryName name{{"libbz2.1.0.dylib"}, "MPICOUNT_LIBBZ2", "bzip2", false};
#else
    // Debian and conda call it by the first name, Red Hat and SUSE by the second.
    const LibraryName name{{"libbz2.so.1.0", "libbz2.so.1"}, "MPICOUNT_LIBBZ2", "bzip2", false};
#endif
    const Library library(name, {"BZ2_bzDecompressInit", "BZ2_bzDecompress", "BZ2_bzDecompressEnd",
                                 "BZ2_bzlibVersion"});
    library.Bind(init, decompress, end, version);
    // The version is followed by a comma and its date.
    facts = library.Facts(version);
    facts.version = facts.version.substr(0, facts.version.find(','));
  }
};

const Bzip2& TheBzip2() {
  static const Bzip2 bzip2;
  return bzip2;
}

constexpr uint8_t kMagic[] = {'B', 'Z', 'h'};
// The magic numbers that may follow the level: of the first block, or of the end of a stream
// without text.
constexpr uint8_t kBlock[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
constexpr uint8_t kEnd[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};

class Bzip2Codec : public UnitCodec {
 public:
  ~Bzip2Codec() override { EndStream(); }

  const char* unit() const override { return "bzip2 stream"; }

  UnitHead Look(const uint8_t* stored, size_t size, bool) const override {
    return LookForMagic(stored, size, kMagic, sizeof kMagic);
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    const auto is_head = [](const uint8_t* head, size_t left) {
      return left >= 10 && head[3] >= '1' && head[3] <= '9' &&
             (std::memcmp(head + 4, kBlock, sizeof kBlock) == 0 ||
              std::memcmp(head + 4, kEnd, sizeof kEnd) == 0);
    };
    return FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
  }

  UnitStep Begin(const uint8_t*, size_t) override {
    EndStream();
    stream_ = {};
    UnitStep step;
    is_open_ = TheBzip2().init(&stream_, 0, 0) == kOk;
    if (!is_open_) step = OutOfMemory();
    return step;
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    const auto* in = reinterpret_cast<const char*>(stored);
    auto* out = reinterpret_cast<char*>(room);
    stream_.next_in = in;
    stream_.avail_in = static_cast<unsigned>(std::min<size_t>(size, 1 << 30));
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(std::min<size_t>(room_size, 1 << 30));
    const int result = TheBzip2().decompress(&stream_);
    UnitStep step;
    if (result == kMemoryError)
      step = OutOfMemory();
    else if (result != kOk && result != kStreamEnd)
      step.fault = "the data or its checksum is wrong";
    step.read = static_cast<size_t>(stream_.next_in - in);
    step.written = static_cast<size_t>(stream_.next_out - out);
    step.ended = result == kStreamEnd;
    return step;
  }

 private:
  void EndStream() {
    if (is_open_) TheBzip2().end(&stream_);
    is_open_ = false;
  }

  BzStream stream_ = {};
  bool is_open_ = false;
};

}  // namespace

const LibraryFacts& Bzip2Library() { return TheBzip2().facts; }

std::unique_ptr<UnitCodec> MakeBzip2Codec() { return std::make_unique<Bzip2Codec>(); }

}  // namespace mpicount
