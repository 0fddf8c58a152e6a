#include "tcp_no_delay.h"

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>

namespace mpicount {

void DisableNagle() {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir("/dev/fd"), closedir);
  if (open == nullptr) return;
  while (const dirent* entry = readdir(open.get())) {
    // What is no socket of TCP refuses. "." and ".." pass for 0, which is listed, too.
    const int on = 1;
    setsockopt(std::atoi(entry->d_name), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

}  // namespace mpicount
