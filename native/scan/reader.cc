#include "reader.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

namespace mpicount {

bool ReadExactly(int fd, uint64_t begin, uint64_t end, std::vector<uint8_t>& text,
                 ReadError& error) {
  text.resize(end - begin);
  uint64_t done = 0;
  while (done < text.size()) {
    const ssize_t got =
        pread(fd, text.data() + done, text.size() - done, static_cast<off_t>(begin + done));
    if (got > 0) {
      done += static_cast<uint64_t>(got);
    } else if (got == 0 || errno != EINTR) {
      error = {got == 0 ? 0 : errno, begin + done};
      return false;
    }
  }
  return true;
}

}  // namespace mpicount
