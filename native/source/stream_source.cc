#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "source.h"

namespace mpicount {
namespace {

// A stream cannot be read again, so the bytes of a view are kept until a later view begins after
// them.
class StreamSource : public Source {
 public:
  StreamSource(int fd, uint64_t chunk, ScratchBuffer& buffer)
      : fd_(fd), chunk_(chunk), buffer_(buffer) {}

  uint64_t size() const override { return ended_ ? end_ : kUnknownSize; }

  const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) override {
    while (end_ < end && !ended_) {
      MakeRoom(begin, std::max(end, end_ + chunk_));
      if (!Read(error)) return nullptr;
    }
    return buffer_.data() + (begin - origin_);
  }

  bool Confirm(ReadError&) override { return true; }

 private:
  // Makes room for the bytes [begin, target) and keeps those that have been read.
  void MakeRoom(uint64_t begin, uint64_t target) {
    if (target - origin_ <= buffer_.size()) return;
    const size_t kept = end_ - begin;
    if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + (begin - origin_), kept);
    origin_ = begin;
    if (buffer_.size() < target - origin_) buffer_.resize(target - origin_);
  }

  // Reads the available bytes, and waits if there are none.
  bool Read(ReadError& error) {
    for (;;) {
      uint8_t* at = buffer_.data() + (end_ - origin_);
      const ssize_t got = read(fd_, at, buffer_.size() - (end_ - origin_));
      if (got >= 0) {
        end_ += static_cast<uint64_t>(got);
        ended_ = got == 0;
        return true;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        pollfd waiting = {fd_, POLLIN, 0};
        poll(&waiting, 1, -1);
      } else if (errno != EINTR) {
        error = {errno, end_};
        return false;
      }
    }
  }

  int fd_;
  uint64_t chunk_;
  ScratchBuffer& buffer_;
  uint64_t origin_ = 0;  // stream offset of the first byte in the buffer
  uint64_t end_ = 0;     // stream offset of the next byte to be read
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Source> OpenStream(int fd, uint64_t chunk, ScratchBuffer& buffer) {
  return std::make_unique<StreamSource>(fd, chunk, buffer);
}

}  // namespace mpicount
