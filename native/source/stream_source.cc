#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "forward_source.h"

namespace mpicount {
namespace {

class StreamSource : public ForwardSource {
 public:
  StreamSource(int fd, uint64_t chunk, ScratchBuffer& buffer)
      : ForwardSource(chunk, buffer), fd_(fd) {}

 private:
  // Reads the available bytes, and waits if there are none.
  std::optional<Part> Read(uint8_t* room, size_t room_size, ReadError& error) override {
    for (;;) {
      const ssize_t got = read(fd_, room, room_size);
      if (got >= 0) return Part{static_cast<size_t>(got), got == 0};
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        pollfd waiting = {fd_, POLLIN, 0};
        poll(&waiting, 1, -1);
      } else if (errno != EINTR) {
        error = {errno, end()};
        return std::nullopt;
      }
    }
  }

  int fd_;
};

}  // namespace

std::unique_ptr<Source> OpenStream(int fd, uint64_t chunk, ScratchBuffer& buffer) {
  return std::make_unique<StreamSource>(fd, chunk, buffer);
}

}  // namespace mpicount
