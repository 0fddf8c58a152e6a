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

// Mapped at a time: more gains nothing, and what is mapped counts as this process's memory.
constexpr uint64_t kMappedAtOnce = 32 << 20;

class MappedSource : public Text {
 public:
  MappedSource(int fd, uint64_t file_size, uint64_t likely_end)
      : fd_(fd),
        file_size_(file_size),
        likely_end_(likely_end),
        page_(static_cast<uint64_t>(sysconf(_SC_PAGESIZE))) {}

  ~MappedSource() override { Unmap(); }

  // Maps [begin, end) and more.
  bool Map(uint64_t begin, uint64_t end, ReadError& error) {
    Unmap();
    const uint64_t first = begin - begin % page_;
    const uint64_t last =
        std::min(std::max(end, std::min(first + kMappedAtOnce, likely_end_)), file_size_);
    struct stat status;
    void* memory = MAP_FAILED;
    if (fstat(fd_, &status) == 0) {
      // The rest of a file's last page are zeros, which would pass for text.
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
    // What was wrong with the page: asked in a way that can be answered.
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
  uint64_t begin_ = 0;  // the bytes [begin_, end_) of the file are mapped
  uint64_t end_ = 0;
  std::optional<FaultGuard> guard_;
};

}  // namespace

std::unique_ptr<Text> OpenMapped(int fd, uint64_t file_size, uint64_t begin, uint64_t likely_end) {
  auto text = std::make_unique<MappedSource>(fd, file_size, likely_end);
  ReadError error;  // for a reader to find again
  if (!text->Map(begin, begin + 1, error)) return nullptr;
  return text;
}

}  // namespace mpicount
