#include "bzip2.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "bzip2_bits.h"
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
// The size of the head of a stream: the magic number and the level.
constexpr size_t kHeadSize = 4;
constexpr uint64_t kHeadBits = 8 * kHeadSize;
// The size of a stream without blocks.
constexpr size_t kEmptySize = kHeadSize + kMarkWithSumBits / 8;
// More than the largest block has: 900,000 symbols of up to 20 bits, and tables.
constexpr size_t kMostStored = 5 << 19;
// A mark that is in a block by chance is rare, and a second one is not to be expected.
constexpr int kMostEnds = 2;

// Returns the mark behind the head of a stream; nothing if it is no head.
std::optional<Bzip2Mark> MarkAfterHead(const uint8_t* head, size_t size) {
  if (size < kHeadSize || head[3] < '1' || head[3] > '9') return std::nullopt;
  const std::optional<Bzip2Mark> mark = FindMark(head, size, kHeadBits, kHeadSize + 1);
  return mark && mark->bit == kHeadBits ? mark : std::nullopt;
}

// Returns at which bit of the first byte a block begins.
std::optional<uint64_t> BlockInByte(const uint8_t* stored, size_t size) {
  const std::optional<Bzip2Mark> mark = FindMark(stored, size, 0, 1);
  return mark && !mark->is_end ? std::optional(mark->bit) : std::nullopt;
}

// A unit is a block, which may begin at any bit: its first byte is the one with its first bit, and
// its last byte is before the one with the first bit of the next block. The head of a stream
// belongs to the first block, and the end to the last one. A stream without blocks is a unit, too.
// The first byte tells at which of its bits a block begins, so that a unit is decoded in the same
// way whether the one before it was decoded or not.
//
// libbz2 decodes streams only, so each block is made one, with the checksum that the block has.
// The checksum of the stream is made of those of its blocks. This decoder compares it if the stream
// began here or if the sum of the blocks before is known; otherwise it is compared when the parts
// of a divided file are put together.
class Bzip2Codec : public UnitCodec {
 public:
  explicit Bzip2Codec(const DecodeStart& start)
      : place_(start.offset == 0 ? Place::kStream : Place::kAny), sum_before_(start.sum) {}
  ~Bzip2Codec() override { EndStream(); }

  const char* unit() const override {
    return place_ == Place::kStream ? "bzip2 stream" : "bzip2 block";
  }

  UnitHead Look(const uint8_t* stored, size_t size, bool last) const override {
    if (place_ == Place::kBlock) return UnitHead::kUnit;
    const bool is_short = size < kHeadSize + kMarkBits / 8;
    const UnitHead head = LookForMagic(stored, size, kMagic, sizeof kMagic);
    if (is_short && !last && (place_ == Place::kAny || head != UnitHead::kOther))
      return UnitHead::kMore;
    if (place_ == Place::kAny && BlockInByte(stored, size)) return UnitHead::kUnit;
    return is_short && head == UnitHead::kUnit ? UnitHead::kMore : head;
  }

  size_t Find(const uint8_t* stored, size_t size, size_t limit) const override {
    const auto is_head = [](const uint8_t* head, size_t left) {
      return MarkAfterHead(head, left).has_value();
    };
    const size_t head = FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
    for (uint64_t from = 0;;) {
      const std::optional<Bzip2Mark> mark = FindMark(stored, size, from, head);
      if (!mark) return head;
      if (!mark->is_end) return mark->bit / 8;
      from = mark->bit + 1;
    }
  }

  StreamSums sums() const override { return sums_; }

  UnitStep Begin(const uint8_t* stored, size_t size) override {
    const bool has_head = place_ != Place::kBlock && !BlockInByte(stored, size);
    first_ = has_head ? MarkAfterHead(stored, size) : FindMark(stored, size, 0, 1);
    if (!first_) return Wrong();
    if (has_head) sums_.Begin();
    place_ = Place::kBlock;
    searched_ = first_->bit + kMarkWithSumBits;
    ends_ = 0;
    has_text_ = false;
    is_cut_ = false;
    return {};
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    if (is_cut_) return {};
    if (first_->is_end) return EmptyStream(stored, size, last);
    for (;;) {
      if (!is_open_) {
        if (!FindEnd(stored, size)) return NotWhole(size, last);
        MakeStream(stored, first_->bit, end_.bit, block_);
        if (!BeginStream()) return OutOfMemory();
      }
      const UnitStep step = Decompress(stored, room, room_size);
      if (step.fault.empty() || !step.is_damage || has_text_ || ends_ == kMostEnds) return step;
      // The mark of the end was there by chance, unless the block is damaged.
      EndStream();
    }
  }

 private:
  // The kind of unit that comes next in the file.
  enum class Place {
    kStream,
    kBlock,
    kAny,  // one of them
  };

  static UnitStep Wrong() {
    UnitStep step;
    step.fault = "the data or its checksum is wrong";
    return step;
  }

  // Finds the next place at which the block may end. Returns false if more bytes are needed, or if
  // there is none.
  bool FindEnd(const uint8_t* stored, size_t size) {
    const std::optional<Bzip2Mark> end = FindMark(stored, size, searched_, kMostStored);
    if (!end) {
      if (size > kMarkBits / 8) searched_ = std::max<uint64_t>(searched_, 8 * size - kMarkBits);
      return false;
    }
    // The end of a stream fills up its last byte.
    unit_size_ = (end->is_end ? end->bit + kMarkWithSumBits + 7 : end->bit) / 8;
    if (unit_size_ > size) return false;
    end_ = *end;
    searched_ = end->bit + 1;
    ++ends_;
    return true;
  }

  // Asks for more bytes, or says that there should be some.
  UnitStep NotWhole(size_t size, bool last) {
    if (size < kMostStored && !last) return {};
    if (ends_ > 0 || size >= kMostStored) return Wrong();
    UnitStep step;
    step.read = size;
    is_cut_ = true;
    return step;
  }

  UnitStep EmptyStream(const uint8_t* stored, size_t size, bool last) {
    if (size < kEmptySize) return NotWhole(size, last);
    if (!sums_.End(SumAt(stored, kHeadBits), {})) return Wrong();
    UnitStep step;
    step.read = kEmptySize;
    step.ended = true;
    place_ = Place::kStream;
    return step;
  }

  // Decodes some of the text of the block.
  UnitStep Decompress(const uint8_t* stored, uint8_t* room, size_t room_size) {
    auto* out = reinterpret_cast<char*>(room);
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(std::min<size_t>(room_size, 1 << 30));
    const int result = TheBzip2().decompress(&stream_);
    UnitStep step;
    step.written = static_cast<size_t>(stream_.next_out - out);
    has_text_ = has_text_ || step.written > 0;
    if (result == kMemoryError) return OutOfMemory();
    if (result == kStreamEnd) {
      sums_.Add(SumAt(stored, first_->bit));
      if (end_.is_end && !sums_.End(SumAt(stored, end_.bit), sum_before_)) {
        step.fault = "the checksum of its stream is not that of its blocks";
        return step;
      }
      step.read = unit_size_;
      step.ended = true;
      place_ = end_.is_end ? Place::kStream : Place::kBlock;
      EndStream();
    } else if (result != kOk || (stream_.avail_in == 0 && stream_.avail_out > 0)) {
      return Wrong();
    }
    return step;
  }

  static uint32_t SumAt(const uint8_t* stored, uint64_t mark) {
    return BitsAt(stored, mark + kMarkBits);
  }

  bool BeginStream() {
    stream_ = {};
    is_open_ = TheBzip2().init(&stream_, 0, 0) == kOk;
    stream_.next_in = reinterpret_cast<const char*>(block_.data());
    stream_.avail_in = static_cast<unsigned>(block_.size());
    return is_open_;
  }

  void EndStream() {
    if (is_open_) TheBzip2().end(&stream_);
    is_open_ = false;
  }

  Place place_;
  std::optional<uint32_t> sum_before_;  // of the stream in which decoding began
  StreamSums sums_;
  std::optional<Bzip2Mark> first_;  // of the block, or of the end of a stream without any
  Bzip2Mark end_ = {};              // of what follows the block
  uint64_t searched_ = 0;           // the bit up to which there is no other end
  uint64_t unit_size_ = 0;
  int ends_ = 0;  // how often it seemed to end
  bool has_text_ = false;
  bool is_cut_ = false;
  std::vector<uint8_t> block_;  // as a stream
  BzStream stream_ = {};
  bool is_open_ = false;
};

}  // namespace

const LibraryFacts& Bzip2Library() { return TheBzip2().facts; }

std::unique_ptr<UnitCodec> MakeBzip2Codec(const DecodeStart& start) {
  return std::make_unique<Bzip2Codec>(start);
}

}  // namespace mpicount
