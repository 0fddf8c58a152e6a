#include "xz_blocks.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "xz_library.h"

namespace mpicount {
namespace {

// The units of the index are decoded one after the other, and each is compared with its record. So
// all blocks of a stream that are decoded somewhere, together with what is checked when the index
// is read, pass all checks of a decoder of the whole stream.
class XzBlockCodec : public UnitCodec {
 public:
  XzBlockCodec(const DecodeLimits& limits, std::unique_ptr<XzIndex> index, uint64_t begin)
      : limits_(limits), index_(std::move(index)) {
    is_lost_ = !index_->Seek(begin);
    is_there_ = !is_lost_ && index_->unit() && index_->unit()->begin == begin;
  }
  ~XzBlockCodec() override {
    if (stream_.internal != nullptr) TheXz().end(&stream_);
  }

  const char* unit() const override { return "xz block"; }

  UnitHead Look(const uint8_t* stored, size_t, bool) const override {
    if (is_lost_) return UnitHead::kUnit;  // Begin() says so
    if (!is_there_) return UnitHead::kOther;
    const std::optional<XzUnit>& unit = index_->unit();
    // A block does not begin with a zero.
    if (stored[0] == 0 && (!unit || unit->is_first)) return UnitHead::kZeros;
    return unit ? UnitHead::kUnit : UnitHead::kOther;
  }

  // The index tells where units begin; see FindListedUnit().
  size_t Find(const uint8_t*, size_t, size_t limit) const override { return limit; }

  UnitStep Begin(const uint8_t*, size_t) override {
    if (is_lost_) return Lost();
    unit_ = *index_->unit();
    left_ = unit_.end - unit_.begin;
    part_ = unit_.is_first ? Part::kHead : Part::kBlockHeader;
    if (!unit_.record) part_ = Part::kTail;
    return {};
  }

  UnitStep Continue(const uint8_t* stored, size_t size, bool, uint8_t* room,
                    size_t room_size) override {
    UnitStep step;
    switch (part_) {
      case Part::kHead: {
        const uint64_t block = unit_.end - unit_.begin - kXzEdgeSize;
        step.read = std::min<uint64_t>(size, left_ - block);
        if (left_ - step.read == block) part_ = Part::kBlockHeader;
        break;
      }
      case Part::kBlockHeader: step = BeginBlock(stored, size); break;
      case Part::kBlock: step = Decode(stored, size, room, room_size); break;
      case Part::kTail: step.read = std::min<uint64_t>(size, left_); break;
    }
    left_ -= step.read;
    if (!step.fault.empty() || left_ > 0 || part_ != Part::kTail) return step;
    step.ended = true;
    is_lost_ = !index_->Next();
    return step;
  }

  size_t zeros() const override { return 4; }

 private:
  enum class Part {
    kHead,  // of the stream, which was checked with the index
    kBlockHeader,
    kBlock,
    kTail,  // the index and the footer of the stream, which were checked before
  };

  static UnitStep Lost() {
    UnitStep step;
    step.fault = "cannot be decoded: its index could not be read again";
    step.is_damage = false;
    return step;
  }

  UnitStep BeginBlock(const uint8_t* stored, size_t size) {
    const Xz& xz = TheXz();
    UnitStep step;
    if (size == 0) return step;
    const uint32_t header_size = 4 * (stored[0] + 1u);
    if (size < header_size) return step;
    if (stored[0] == 0) return Wrong();
    if (xz.knows_check(unit_.check) == 0) return JudgeXz(kLzmaUnsupportedCheck, 0, limits_);
    LzmaFilter filters[kLzmaMostFilters + 1];
    block_ = {};
    block_.header_size = header_size;
    block_.check = unit_.check;
    block_.filters = filters;
    int result = xz.decode_block_header(&block_, nullptr, stored);
    if (result != kLzmaOk) return Judge(result);
    const uint64_t memory = xz.memory_of_filters(filters);
    // With the sizes of the index, the decoder compares those of the block with them.
    const uint64_t text_size = std::exchange(block_.uncompressed_size, unit_.record->text_size);
    const bool is_listed = (text_size == kLzmaUnknown || text_size == unit_.record->text_size) &&
                           xz.set_compressed_size(&block_, unit_.record->unpadded_size) == kLzmaOk;
    if (is_listed && memory > limits_.memory) result = kLzmaMemoryLimit;
    if (is_listed && result == kLzmaOk) result = xz.init_block(&stream_, &block_);
    // The decoder has taken what they say.
    for (const LzmaFilter* filter = filters; filter->id != kLzmaUnknown; ++filter)
      std::free(filter->options);
    block_.filters = nullptr;
    step = JudgeXz(result, memory, limits_);
    if (!is_listed) step.fault = "its header has other sizes than the index";
    if (!step.fault.empty()) return step;
    step.read = header_size;
    part_ = Part::kBlock;
    return step;
  }

  UnitStep Decode(const uint8_t* stored, size_t size, uint8_t* room, size_t room_size) {
    stream_.next_in = stored;
    stream_.avail_in = std::min<uint64_t>(size, left_);
    stream_.next_out = room;
    stream_.avail_out = room_size;
    const size_t given = stream_.avail_in;
    const int result = TheXz().code(&stream_, kLzmaRun);
    UnitStep step = Judge(result);
    if (result == kLzmaDataError)
      step.fault = "the data, its checksum or its size in the index is wrong";
    step.read = given - stream_.avail_in;
    step.written = room_size - stream_.avail_out;
    if (result == kLzmaStreamEnd) part_ = Part::kTail;
    return step;
  }

  UnitStep Judge(int result) const { return JudgeXz(result, 0, limits_); }
  UnitStep Wrong() const { return Judge(kLzmaDataError); }

  DecodeLimits limits_;
  std::unique_ptr<XzIndex> index_;
  bool is_lost_ = false;   // the index could not be read again
  bool is_there_ = false;  // whether a unit begins where decoding began
  XzUnit unit_ = {};
  uint64_t left_ = 0;  // the stored bytes of the unit that are left
  Part part_ = Part::kHead;
  LzmaBlock block_ = {};  // the decoder refers to it
  LzmaStream stream_ = {};
};

}  // namespace

std::unique_ptr<UnitCodec> MakeXzBlockCodec(const DecodeLimits& limits,
                                            std::unique_ptr<XzIndex> index, uint64_t begin) {
  return std::make_unique<XzBlockCodec>(limits, std::move(index), begin);
}

UnitStep JudgeXz(int result, uint64_t memory, const DecodeLimits& limits) {
  UnitStep step;
  switch (result) {
    case kLzmaOk:
    case kLzmaStreamEnd:
    case kLzmaBufferError:  // more bytes or more room are needed
      break;
    case kLzmaMemoryError: return OutOfMemory();
    case kLzmaMemoryLimit: return TooLarge(memory, limits);
    case kLzmaUnsupportedCheck: return Unsupported("this liblzma does not know its checksum");
    case kLzmaOptionsError: return Unsupported("this liblzma does not know its filters");
    default: step.fault = "the data or its checksum is wrong"; break;
  }
  return step;
}

}  // namespace mpicount
