#include "xz_index.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "unit_decoder.h"
#include "xz_library.h"

namespace mpicount {
namespace {

// A header, an index without records, a footer.
constexpr uint64_t kLeastStream = 32;
constexpr uint64_t kCrcSize = 4;
// The most bytes of a record: two numbers.
constexpr size_t kRecordSize = 18;
constexpr uint64_t kLeastUnpadded = 5;
constexpr uint64_t kMostUnpadded = (uint64_t{1} << 63) - 4;

constexpr uint64_t Padded(uint64_t size) { return (size + 3) & ~uint64_t{3}; }

}  // namespace

XzRecords::XzRecords(StoredFile& file, uint64_t begin, uint64_t end)
    : file_(file),
      next_(begin),
      end_(end),
      size_(end - begin),
      buffer_(std::make_unique_for_overwrite<uint8_t[]>(kBufferSize)) {
  // A zero, where a block has the size of its header, and the number of records.
  if (!Fill()) return;
  is_wrong_ = buffer_[at_++] != 0;
  left_ = Number().value_or(0);
}

// Has the next bytes in the buffer: those of a record, or all that are left.
bool XzRecords::Fill() {
  if (is_wrong_ || is_unreadable_) return false;
  if (filled_ - at_ >= kRecordSize || next_ == end_) return true;
  crc_ = TheXz().crc32(buffer_.get(), at_, crc_);
  std::memmove(buffer_.get(), buffer_.get() + at_, filled_ - at_);
  filled_ -= at_;
  at_ = 0;
  const size_t size = std::min<uint64_t>(kBufferSize - filled_, end_ - next_);
  is_unreadable_ = !file_.Read(next_, buffer_.get() + filled_, size);
  next_ += size;
  filled_ += size;
  return !is_unreadable_;
}

std::optional<uint64_t> XzRecords::Number() {
  uint64_t number = 0;
  is_wrong_ =
      is_wrong_ || TheXz().decode_number(&number, nullptr, buffer_.get(), &at_, filled_) != kLzmaOk;
  return is_wrong_ ? std::nullopt : std::optional(number);
}

std::optional<XzRecord> XzRecords::Next() {
  if (left_ == 0 || !Fill()) return std::nullopt;
  const std::optional<uint64_t> unpadded = Number();
  const std::optional<uint64_t> text = Number();
  is_wrong_ = is_wrong_ || *unpadded < kLeastUnpadded || *unpadded > kMostUnpadded;
  if (is_wrong_) return std::nullopt;
  --left_;
  return XzRecord{*unpadded, *text};
}

bool XzRecords::Finish() {
  if (left_ > 0 || !Fill()) return false;
  // All that is left is in the buffer: zeros up to a multiple of four bytes, and the checksum.
  const uint64_t taken = size_ - (end_ - next_) - (filled_ - at_);
  if (Padded(taken) + kCrcSize != size_) return false;
  for (; at_ + kCrcSize < filled_; ++at_) {
    if (buffer_[at_] != 0) return false;
  }
  uint32_t crc = TheXz().crc32(buffer_.get(), at_, crc_);
  for (size_t i = 0; i < kCrcSize; ++i, crc >>= 8) {
    if (buffer_[at_ + i] != (crc & 0xff)) return false;
  }
  return true;
}

XzIndex::XzIndex(std::shared_ptr<StoredFile> file)
    : file_(std::move(file)), state_(ReadStreams()) {}

XzIndex::State XzIndex::ReadStreams() {
  State state = State::kComplete;
  for (uint64_t end = file_->size(); end > 0;) {
    state = SkipZeros(end);
    if (state != State::kComplete) return state;
    if (streams_.size() == kMostStreams) return State::kTooLong;
    Stream stream{0, 0, 0, end, 0};
    state = ReadStream(stream);
    if (state != State::kComplete) return state;
    streams_.push_back(stream);
    end = stream.begin;
  }
  std::reverse(streams_.begin(), streams_.end());
  return state;
}

// Moves `end` before the zeros that stand there. They fill up the file in fours.
XzIndex::State XzIndex::SkipZeros(uint64_t& end) {
  const auto is_zero = [](uint8_t byte) { return byte == 0; };
  while (end >= kXzEdgeSize) {
    uint8_t bytes[kXzEdgeSize];
    if (!file_->Read(end - kXzEdgeSize, bytes, kXzEdgeSize)) return State::kUnreadable;
    size_t left = kXzEdgeSize;
    while (left > 0 && std::all_of(bytes + left - 4, bytes + left, is_zero)) left -= 4;
    end -= kXzEdgeSize - left;
    if (left > 0) break;
    zeros_ += kXzEdgeSize;
    if (zeros_ > kMostZeros) return State::kTooLong;
  }
  return State::kComplete;
}

// Finds the stream whose end is given.
XzIndex::State XzIndex::ReadStream(Stream& stream) {
  const std::string end = "ends at byte " + std::to_string(stream.end);
  uint8_t edge[kXzEdgeSize];
  LzmaStreamFlags footer = {};
  int result = kLzmaFormatError;
  if (stream.end >= kLeastStream) {
    stream.footer = stream.end - kXzEdgeSize;
    if (!file_->Read(stream.footer, edge, kXzEdgeSize)) return State::kUnreadable;
    result = TheXz().decode_footer(&footer, edge);
  }
  if (result == kLzmaFormatError) {
    fault_ = "is cut off, or something else is behind its end: no xz stream " + end;
    return State::kDamaged;
  }
  if (result == kLzmaOptionsError) {
    fault_ = Unsupported("this liblzma does not know its kind of xz").fault;
    return State::kDamaged;
  }
  const std::string which = " of the xz stream that " + end + " ";
  if (result != kLzmaOk) return Damaged(stream.footer, "the footer" + which + "is wrong");
  if (footer.backward_size > stream.footer - kXzEdgeSize)
    return Damaged(stream.footer, "the index" + which + "would begin before the file");
  stream.check = footer.check;
  stream.index = stream.footer - footer.backward_size;
  const State state = ReadIndex(stream, which);
  if (state != State::kComplete) return state;
  LzmaStreamFlags header = {};
  if (!file_->Read(stream.begin, edge, kXzEdgeSize)) return State::kUnreadable;
  if (TheXz().decode_header(&header, edge) != kLzmaOk ||
      TheXz().compare_flags(&header, &footer) != kLzmaOk)
    return Damaged(stream.begin, "the header" + which + "is not here, where its index says");
  return state;
}

// Checks the index of a stream, and finds the start of the stream by it.
XzIndex::State XzIndex::ReadIndex(Stream& stream, const std::string& which) {
  XzRecords records(*file_, stream.index, stream.footer);
  uint64_t stored =
      kXzEdgeSize;  // of the header and the blocks; any larger number if it is too large
  while (const std::optional<XzRecord> record = records.Next()) {
    if (stored <= stream.index) stored += Padded(record->unpadded_size);
  }
  const bool is_right = records.Finish();
  if (records.is_unreadable()) return State::kUnreadable;
  if (!is_right) return Damaged(stream.index, "the index" + which + "is wrong");
  if (stored > stream.index)
    return Damaged(stream.index, "the index" + which + "lists more bytes than stand before it");
  stream.begin = stream.index - stored;
  return State::kComplete;
}

XzIndex::State XzIndex::Damaged(uint64_t offset, const std::string& what) {
  fault_ = "is damaged at byte " + std::to_string(offset) + ": " + what;
  return State::kDamaged;
}

bool XzIndex::Seek(uint64_t offset) {
  const auto after =
      std::upper_bound(streams_.begin(), streams_.end(), offset,
                       [](uint64_t wanted, const Stream& stream) { return wanted < stream.begin; });
  // The stream that begins at or before the offset.
  stream_ = static_cast<size_t>(after - streams_.begin());
  if (stream_ > 0) --stream_;
  if (!BeginStream()) return false;
  while (unit_ && unit_->begin < offset) {
    if (!Next()) return false;
  }
  return true;
}

// Moves to the first unit of the stream, if there is one.
bool XzIndex::BeginStream() {
  unit_.reset();
  if (stream_ == streams_.size()) return true;
  const Stream& stream = streams_[stream_];
  records_.emplace(*file_, stream.index, stream.footer);
  const std::optional<XzRecord> record = records_->Next();
  unit_ = XzUnit{stream.begin, stream.end, true, stream.check, record};
  if (records_->left() > 0) unit_->end = stream.begin + kXzEdgeSize + Padded(record->unpadded_size);
  return !records_->is_unreadable();
}

bool XzIndex::Next() {
  const Stream& stream = streams_[stream_];
  if (records_->left() == 0) {
    ++stream_;
    return BeginStream();
  }
  const std::optional<XzRecord> record = records_->Next();
  if (!record) return false;
  const uint64_t begin = unit_->end;
  const uint64_t end = records_->left() == 0 ? stream.end : begin + Padded(record->unpadded_size);
  unit_ = XzUnit{begin, end, false, stream.check, record};
  return true;
}

}  // namespace mpicount
