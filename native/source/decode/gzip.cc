#include "gzip.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "libdeflate.h"
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
  int (*validate)(ZStream*, int) = nullptr;
  int (*end)(ZStream*) = nullptr;
  const char* (*version)() = nullptr;

  Zlib() {
    const Library library({{Soname("libz.so.1", "libz.1.dylib")}, "MPICOUNT_LIBZ", "zlib", true},
                          {"inflateInit2_", "inflate", "inflateReset", "inflateValidate",
                           "inflateEnd", "zlibVersion"});
    library.Bind(init, inflate, reset, validate, end, version);
    facts = library.Facts(version);
    const LibraryFacts& libdeflate = LibdeflateLibrary();
    facts.helper = libdeflate.file;
    if (facts.missing.empty()) facts.missing = libdeflate.missing;
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

// The least size of a member: ten bytes of header, two of data, eight of checksum and length.
constexpr size_t kLeastMember = 20;
// A member is decoded as a whole if its stored bytes and its text have no more bytes than these, so
// that memory is bounded. All others are streamed.
constexpr size_t kMostStored = 1024 * 1024;
constexpr uint32_t kMostText = 4 * 1024 * 1024;
// The flags of a header with a checksum, which libdeflate does not check, and those without a
// meaning.
constexpr uint8_t kStreamedFlags = 0xe0 | 2;

// Returns the first place before `limit` at which a member could begin.
size_t FindMember(const uint8_t* stored, size_t size, size_t limit) {
  // The flags for the compressor's effort and for the system have few values, which keeps chance
  // hits rare.
  const auto is_head = [](const uint8_t* head, size_t left) {
    return left >= 10 && (head[3] & 0xe0) == 0 && (head[8] & ~6) == 0 && head[8] != 6 &&
           (head[9] <= 13 || head[9] == 255);
  };
  return FindMagic(stored, size, limit, kMagic, sizeof kMagic, is_head);
}

// Where the member with which `stored` begins seems to end. `end` is 0 if it is not to be decoded
// as a whole.
struct MemberEnd {
  size_t end = 0;
  bool needs_more = false;  // more stored bytes are needed to tell
};

// `searched` is the number of bytes in which no other member begins, as found before with fewer
// bytes of the same member.
MemberEnd FindEnd(const uint8_t* stored, size_t size, bool last, size_t& searched) {
  if (LibdeflateLibrary().file.empty() || size < kLeastMember) return {0, !last};
  if ((stored[3] & kStreamedFlags) != 0) return {};
  if (IsBgzf(stored, size)) {
    const size_t end = stored[16] + 256u * stored[17] + 1;
    if (end < kLeastMember) return {};
    return end <= size ? MemberEnd{end} : MemberEnd{0, !last};
  }
  const size_t from = std::max(searched, kLeastMember);
  const size_t limit = std::min(size, kMostStored);
  const size_t next = from + FindMember(stored + from, size - from, limit - from);
  if (next < limit) return {next};
  searched = limit - std::min(limit, kUnitContext);
  if (size >= kMostStored) return {};
  return last ? MemberEnd{size} : MemberEnd{0, true};
}

uint32_t ReadUint32(const uint8_t* bytes) {
  return bytes[0] | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 | uint32_t{bytes[3]} << 24;
}

// Compares the text of a member with its trailer, as zlib would, which takes a tenth of its time
// for that.
class TrailerCheck {
 public:
  // Takes the stored bytes that a step has read, and the text that it has written.
  void Add(const uint8_t* stored, size_t read, const uint8_t* text, size_t written) {
    crc_ = Crc32(crc_, text, written);
    size_ += static_cast<uint32_t>(written);
    const size_t added = std::min(read, sizeof last_);
    if (added == 0) return;  // `stored` may be null
    std::memmove(last_, last_ + added, sizeof last_ - added);
    std::memcpy(last_ + sizeof last_ - added, stored + read - added, added);
  }

  // Call this at the end of the member. Returns what is wrong, in the words of zlib, or null.
  const char* Fault() const {
    if (ReadUint32(last_) != crc_) return "incorrect data check";
    return ReadUint32(last_ + 4) != size_ ? "incorrect length check" : nullptr;
  }

 private:
  uint32_t crc_ = 0;
  uint32_t size_ = 0;     // modulo 2^32, as in the trailer
  uint8_t last_[8] = {};  // of the stored bytes: the trailer at the end of the member
};

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
    return FindMember(stored, size, limit);
  }

  UnitStep Begin(const uint8_t* stored, size_t size) override {
    has_members_ = true;
    is_bgzf_ = IsBgzf(stored, size);
    is_empty_ = true;
    searched_ = 0;
    has_wanted_room_ = false;
    state_ = State::kBegun;
    return {};
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    UnitStep step;
    if (state_ == State::kBegun) {
      const MemberEnd found = FindEnd(stored, size, last, searched_);
      if (found.needs_more) return step;
      if (found.end == 0 || !DecodeWhole(stored, size, found.end, room, room_size, step)) {
        // libdeflate does not check headers.
        const bool is_checked_here = !LibdeflateLibrary().file.empty() && size >= kLeastMember &&
                                     (stored[3] & kStreamedFlags) == 0;
        step = BeginStream(is_checked_here);
        if (!step.fault.empty()) return step;
      }
    }
    if (state_ == State::kStream) step = Stream(stored, size, room, room_size);
    is_empty_ = is_empty_ && step.written == 0;
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
  enum class State {
    kBegun,
    kStream,  // zlib decodes it
  };

  // Decodes the member, or says how much room it wants. Returns false if it cannot be decoded as a
  // whole; then zlib says what is wrong with it, if anything.
  bool DecodeWhole(const uint8_t* stored, size_t size, size_t end, uint8_t* room, size_t room_size,
                   UnitStep& step) {
    const uint32_t text_size = ReadUint32(stored + end - 4);
    if (text_size > kMostText) return false;
    if (text_size > room_size) {
      if (has_wanted_room_) return false;
      has_wanted_room_ = true;
      step.room_wanted = text_size;
      return true;
    }
    const std::optional<WholeMember> member = members_.Decode(stored, size, room, room_size);
    if (!member) return false;
    step.read = member->stored_size;
    step.written = member->text_size;
    step.ended = true;
    return true;
  }

  UnitStep BeginStream(bool is_checked_here) {
    const Zlib& zlib = TheZlib();
    int result = kOk;
    if (is_ready_) {
      result = zlib.reset(&stream_);
    } else {
      result = zlib.init(&stream_, kWindowBits, zlib.version(), sizeof stream_);
      is_ready_ = result == kOk;
    }
    state_ = State::kStream;
    if (result != kOk) return OutOfMemory();
    trailer_.reset();
    if (is_checked_here) trailer_.emplace();
    zlib.validate(&stream_, is_checked_here ? 0 : 1);
    return {};
  }

  UnitStep Stream(const uint8_t* stored, size_t size, uint8_t* room, size_t room_size) {
    stream_.next_in = stored;
    stream_.avail_in = static_cast<unsigned>(std::min<size_t>(size, 1 << 30));
    stream_.next_out = room;
    stream_.avail_out = static_cast<unsigned>(std::min<size_t>(room_size, 1 << 30));
    const int result = TheZlib().inflate(&stream_, kNoFlush);
    UnitStep step;
    step.read = static_cast<size_t>(stream_.next_in - stored);
    step.written = static_cast<size_t>(stream_.next_out - room);
    if (trailer_) trailer_->Add(stored, step.read, room, step.written);
    if (result == kMemoryError) {
      step = OutOfMemory();
    } else if (result == kStreamEnd) {
      const char* fault = trailer_ ? trailer_->Fault() : nullptr;
      if (fault != nullptr) step.fault = fault;
      step.ended = true;
    } else if (result == kNeedDictionary) {
      step = Unsupported("it needs a dictionary");
    } else if (result != kOk && result != kBufferError) {
      step.fault = stream_.msg == nullptr ? "the data is not valid" : stream_.msg;
    }
    return step;
  }

  State state_ = State::kBegun;
  size_t searched_ = 0;  // see FindEnd()
  MemberDecoder members_;
  bool has_wanted_room_ = false;  // for the member
  ZStream stream_ = {};
  std::optional<TrailerCheck> trailer_;  // if zlib does not check the member
  bool is_ready_ = false;
  bool has_members_ = false;
  bool is_bgzf_ = false;  // whether the latest member is a BGZF block
  bool is_empty_ = true;  // whether it has no text so far
};

}  // namespace

const LibraryFacts& GzipLibrary() { return TheZlib().facts; }

std::unique_ptr<UnitCodec> MakeGzipCodec() { return std::make_unique<GzipCodec>(); }

}  // namespace mpicount
