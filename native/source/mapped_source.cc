#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "fault.h"
#include "source.h"

namespace mpicount {
namespace {

// The number of bytes mapped at a time. Larger mappings are not faster, and they count as memory of
// this process.
constexpr uint64_t kMaxMapped = 32 << 20;

class MappedSource : public Source {
 public:
  MappedSource(int fd, uint64_t file_size, uint64_t likely_end)
      : fd_(fd),
        file_size_(file_size),
        likely_end_(likely_end),
        page_(static_cast<uint64_t>(sysconf(_SC_PAGESIZE))) {}

  ~MappedSource() override { Unmap(); }

  // Maps at least [begin, end), and more if the file range goes on.
  bool Map(uint64_t begin, uint64_t end, ReadError& error) {
    Unmap();
    const uint64_t first = begin - begin % page_;
    const uint64_t last =
        std::min(std::max(end, std::min(first + kMaxMapped, likely_end_)), file_size_);
    struct stat status;
    void* memory = MAP_FAILED;
    if (fstat(fd_, &status) == 0) {
      // Past the end of the file, its last page reads as zeros, which would pass for text.
      const auto size = static_cast<uint64_t>(status.st_size);
      if (size < last) {
        error = {0, std::max(begin, size)};
        return false;
      }
      memory = mmap(nullptr, last - first, PROT_READ, MAP_SHARED, fd_, static_cast<off_t>(first));
    }
    if (memory == MAP_FAILED) {
      error = {errno, begin};
      return false;
    }
    madvise(memory, last - first, MADV_SEQUENTIAL);
    memory_ = static_cast<uint8_t*>(memory);
    begin_ = first;
    end_ = last;
    guard_.emplace(memory_, end_ - begin_);
    return true;
  }

  uint64_t size() const override { return file_size_; }

  const uint8_t* View(uint64_t begin, uint64_t end, ReadError& error) override {
    if ((memory_ == nullptr || end > end_) && !Map(begin, end, error)) return nullptr;
    return memory_ + (begin - begin_);
  }

  bool Confirm(ReadError& error) override {
    const uint64_t bad = begin_ + guard_->readable();
    if (bad == end_) return true;
    // Read the page with pread() to learn why it could not be read.
    std::vector<uint8_t> page(page_);
    const ssize_t got = pread(fd_, page.data(), page.size(), static_cast<off_t>(bad));
    if (got < 0) {
      error = {errno, bad};
    } else if (static_cast<uint64_t>(got) < std::min(page_, file_size_ - bad)) {
      error = {0, bad + static_cast<uint64_t>(got)};
    } else {
      error = {EIO, bad};
    }
    return false;
  }

 private:
  void Unmap() {
    guard_.reset();
    if (memory_ != nullptr) munmap(memory_, end_ - begin_);
    memory_ = nullptr;
  }

  int fd_;
  uint64_t file_size_;
  uint64_t likely_end_;
  uint64_t page_;
  uint8_t* memory_ = nullptr;
  uint64_t begin_ = 0;  // [begin_, end_) of the file is mapped
  uint64_t end_ = 0;
  std::optional<FaultGuard> guard_;
};

}  // namespace

std::unique_ptr<Source> OpenMapped(int fd, uint64_t file_size, uint64_t begin,
                                   uint64_t likely_end) {
  auto source = std::make_unique<MappedSource>(fd, file_size, likely_end);
  ReadError error;  // ignored: the buffered source that is used instead meets it again
  if (!source->Map(begin, begin + 1, error)) return nullptr;
  return source;
}

}  // namespace mpicount
