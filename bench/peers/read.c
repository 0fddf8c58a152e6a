// Reads a file with so many processes, each its share, and does nothing with it: what reading alone
// costs.
//   read pread PROCESSES FILE    512 KiB at a time into the same buffer
//   read mmap PROCESSES FILE     maps it and reads every word of it
#define _FILE_OFFSET_BITS 64
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 512 << 10, PAGE = 4096 };

static void read_share(int fd, off_t start, off_t end) {
  char* buffer = aligned_alloc(PAGE, BUFFER);
  if (!buffer) err(1, "aligned_alloc");
  while (start < end) {
    const size_t wanted = end - start < BUFFER ? (size_t)(end - start) : BUFFER;
    const ssize_t got = pread(fd, buffer, wanted, start);
    if (got <= 0) err(1, "pread");
    start += got;
  }
}

static void map_share(int fd, off_t start, off_t end) {
  const size_t size = (size_t)(end - start);
  if (size == 0) return;
  const uint64_t* words = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, start);
  if (words == MAP_FAILED) err(1, "mmap");
  madvise((void*)words, size, MADV_SEQUENTIAL);
  uint64_t sum = 0;
  for (size_t i = 0; i < size / sizeof *words; i++) sum += words[i];
  // Without a use of the sum, the compiler would leave out the loop.
  if (sum == 1) errx(1, "not text");
}

int main(int argc, char** argv) {
  if (argc != 4) errx(2, "usage: read pread|mmap PROCESSES FILE");
  void (*const read_or_map)(int, off_t, off_t) =
      strcmp(argv[1], "mmap") == 0 ? map_share : read_share;
  const long processes = atol(argv[2]);
  const int fd = open(argv[3], O_RDONLY);
  struct stat file;
  if (processes < 1 || fd < 0 || fstat(fd, &file) != 0) err(1, "%s", argv[3]);
  const off_t pages = (file.st_size + PAGE - 1) / PAGE;
  for (long i = 0; i < processes; i++) {
    const pid_t child = fork();
    if (child < 0) err(1, "fork");
    if (child > 0) continue;
    const off_t start = pages * i / processes * PAGE;
    const off_t end = pages * (i + 1) / processes * PAGE;
    read_or_map(fd, start, end < file.st_size ? end : file.st_size);
    return 0;
  }
  int failures = 0, status;
  while (wait(&status) > 0) failures += status != 0;
  return failures > 0;
}
