#include <algorithm>
#include <cstring>

#include "read_at.h"
#include "source.h"

namespace mpicount {
namespace {

// The text has the same offset within a page in memory as in the file: copies with another
// alignment take up to three times as long on processors without fast string operations.
constexpr uint64_t kPage = 4096;

uint64_t PageOf(uint64_t offset) { return offset - offset % kPage; }

// Returns the start of the first whole page in a buffer.
uint8_t* BaseOf(ScratchBuffer& buffer) {
  const auto address = reinterpret_cast<uintptr_t>(buffer.data());
  return buffer.data() + (kPage - address % kPage) % kPage;
}

class BufferedSource : public Source {
 public:
  BufferedSource(int fd, uint64_t file_size, uint64_t likely_end, uint64_t chunk,
                 ScratchBuffer& buffer)
      : fd_(fd), file_size_(file_size), likely_end_(likely_end), chunk_(chunk), buffer_(buffer) {}

  uint64_t size() const override { return file_size_; }

  const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) override {
    if (end > end_) {
      const uint64_t whole = end + (chunk_ - end % chunk_) % chunk_;
      const uint64_t target = std::min(std::max(end, std::min(whole, likely_end_)), file_size_);
      MakeRoom(begin, target);
      if (!Read(target, error)) return nullptr;
    }
    return At(begin);
  }

  bool Confirm(ReadError&) override { return true; }

 private:
  uint8_t* At(uint64_t offset) const { return BaseOf(buffer_) + (offset - origin_); }

  // Makes room for [begin, target) and keeps the bytes of it that have been read.
  void MakeRoom(uint64_t begin, uint64_t target) {
    const uint64_t origin = PageOf(begin);
    const size_t size = target - origin + kPage;
    if (buffer_.size() < size) {
      ScratchBuffer larger(size);
      std::swap(buffer_, larger);
      Move(larger, begin, origin);
    } else {
      Move(buffer_, begin, origin);
    }
  }

  void Move(ScratchBuffer& from, uint64_t begin, uint64_t origin) {
    const size_t kept = end_ > begin ? end_ - begin : 0;
    if (kept > 0)
      std::memmove(BaseOf(buffer_) + (begin - origin), BaseOf(from) + (begin - origin_), kept);
    origin_ = origin;
    end_ = begin + kept;
  }

  bool Read(uint64_t target, ReadError& error) {
    if (!ReadAt(fd_, At(end_), target - end_, end_, error)) return false;
    end_ = target;
    return true;
  }

  int fd_;
  uint64_t file_size_;
  uint64_t likely_end_;
  uint64_t chunk_;
  ScratchBuffer& buffer_;
  uint64_t origin_ = 0;  // file offset of the first byte in the buffer
  uint64_t end_ = 0;     // file offset at which the bytes in the buffer end
};

}  // namespace

std::unique_ptr<Source> OpenBuffered(int fd, uint64_t file_size, uint64_t likely_end,
                                     uint64_t chunk, ScratchBuffer& buffer) {
  return std::make_unique<BufferedSource>(fd, file_size, likely_end, chunk, buffer);
}

}  // namespace mpicount
