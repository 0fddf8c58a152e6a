#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "source.h"

namespace mpicount {
namespace {

// Where the text lies in memory is as far from a page's start as it is in the file: copying to
// other places takes up to three times as long on processors without fast string operations.
constexpr uint64_t kPage = 4096;

uint64_t PageOf(uint64_t offset) { return offset - offset % kPage; }

// The first page in a buffer.
uint8_t* BaseOf(Buffer& buffer) {
  const auto address = reinterpret_cast<uintptr_t>(buffer.data());
  return buffer.data() + (kPage - address % kPage) % kPage;
}

class BufferedSource : public Text {
 public:
  BufferedSource(int fd, uint64_t file_size, uint64_t likely_end, uint64_t chunk, Buffer& buffer)
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

  // Keeps what there is of [begin, target), and makes room for the rest.
  void MakeRoom(uint64_t begin, uint64_t target) {
    const uint64_t origin = PageOf(begin);
    const size_t size = target - origin + kPage;
    if (buffer_.size() < size) {
      Buffer larger(size);
      std::swap(buffer_, larger);
      Move(larger, begin, origin);
    } else {
      Move(buffer_, begin, origin);
    }
  }

  void Move(Buffer& from, uint64_t begin, uint64_t origin) {
    const size_t kept = end_ > begin ? end_ - begin : 0;
    if (kept > 0)
      std::memmove(BaseOf(buffer_) + (begin - origin), BaseOf(from) + (begin - origin_), kept);
    origin_ = origin;
    end_ = begin + kept;
  }

  bool Read(uint64_t target, ReadError& error) {
    while (end_ < target) {
      const ssize_t got = pread(fd_, At(end_), target - end_, static_cast<off_t>(end_));
      if (got > 0) {
        end_ += static_cast<uint64_t>(got);
      } else if (got == 0 || errno != EINTR) {
        error = {got == 0 ? 0 : errno, end_};
        return false;
      }
    }
    return true;
  }

  int fd_;
  uint64_t file_size_;
  uint64_t likely_end_;
  uint64_t chunk_;
  Buffer& buffer_;
  uint64_t origin_ = 0;  // where in the file the first byte of the buffer's first page is from
  uint64_t end_ = 0;     // where in the file the last byte is from
};

}  // namespace

std::unique_ptr<Text> OpenBuffered(int fd, uint64_t file_size, uint64_t likely_end, uint64_t chunk,
                                   Buffer& buffer) {
  return std::make_unique<BufferedSource>(fd, file_size, likely_end, chunk, buffer);
}

}  // namespace mpicount
