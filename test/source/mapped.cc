// Maps a file that loses its end while it is looked at, as a file on a full or failing disk does.
// Says what each step found.
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "source/source.h"

using namespace mpicount;

namespace {

const auto kPage = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
const uint64_t kSize = 2 * kPage + 100;

sigjmp_buf before_fault;
void GoBack(int) { siglongjmp(before_fault, 1); }

void Resize(int fd, uint64_t size) {
  if (ftruncate(fd, static_cast<off_t>(size)) != 0) std::abort();
}

std::string Said(uint64_t offset) {
  return std::to_string(offset / kPage) + " pages and " + std::to_string(offset % kPage);
}

uint64_t SumOf(const volatile uint8_t* text, uint64_t size) {
  uint64_t sum = 0;
  for (uint64_t at = 0; at < size; ++at) sum += text[at];
  return sum;
}

// Looks at a file that has only `left` bytes by then, and `again` bytes when the view is confirmed.
void Look(const char* name, int fd, uint64_t left, uint64_t again) {
  Resize(fd, kSize);
  const std::unique_ptr<Source> source = OpenMapped(fd, kSize, 0, kSize);
  if (source == nullptr) std::abort();
  ReadError error;
  const uint8_t* text = source->View(0, kSize, error);
  if (text == nullptr) std::abort();
  Resize(fd, left);
  const uint64_t sum = SumOf(text, kSize);
  Resize(fd, again);
  const bool is_right = source->Confirm(error);
  std::printf("%s: sum %ju, ", name, static_cast<uintmax_t>(sum));
  if (is_right) {
    std::printf("confirmed\n");
  } else {
    std::printf("error %d at %s\n", error.number, Said(error.offset).c_str());
  }
}

// Looks beyond the end of a file in a mapping that is not the source's, at the same address or not.
void LookElsewhere(int fd) {
  Resize(fd, kSize);
  void* memory = mmap(nullptr, kSize, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) std::abort();
  Resize(fd, kPage);
  if (sigsetjmp(before_fault, 1) == 0) {
    SumOf(static_cast<uint8_t*>(memory), kSize);
    std::printf("elsewhere: no fault\n");
  } else {
    std::printf("elsewhere: the handler that was there before\n");
  }
  munmap(memory, kSize);
}

}  // namespace

int main(int, char** argv) {
  struct sigaction action = {};
  action.sa_handler = GoBack;
  sigaction(SIGBUS, &action, nullptr);
  FILE* file = std::fopen(argv[1], "w+");
  if (file == nullptr) return 1;
  const int fd = fileno(file);
  Look("whole", fd, kSize, kSize);
  Look("longer", fd, kSize + kPage, kSize + kPage);
  Look("cut to a page", fd, kPage, kPage);
  Look("cut within a page", fd, kPage + 10, kPage + 10);
  Look("cut to whole pages", fd, 2 * kPage, 2 * kPage);
  Look("cut, and as long as before again", fd, 2 * kPage, kSize);
  Look("emptied", fd, 0, 0);
  LookElsewhere(fd);
  std::fclose(file);
  return 0;
}
