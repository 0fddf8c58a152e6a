#include "file_range.h"

#include <fcntl.h>

#include <algorithm>

namespace mpicount {

void DropFromPageCache(const FileRange& range) {
#ifdef POSIX_FADV_DONTNEED  // not on macOS
  posix_fadvise(range.fd, static_cast<off_t>(range.begin),
                static_cast<off_t>(range.end - range.begin), POSIX_FADV_DONTNEED);
#else
  (void)range;
#endif
}

std::unique_ptr<Source> OpenSource(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer) {
  if (range.stream) return OpenStream(range.fd, std::max(range.chunk, range.window), buffer);
  if (range.chunk == 0) {
    std::unique_ptr<Source> mapped = OpenMapped(range.fd, range.file_size, begin, likely_end);
    if (mapped != nullptr) return mapped;
  }
  return OpenBuffered(range.fd, range.file_size, likely_end, std::max(range.chunk, range.window),
                      buffer);
}

}  // namespace mpicount
