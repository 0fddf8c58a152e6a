// Preloaded into all of a job, to make it last: each time that the text is read, it waits as many
// milliseconds as MPICOUNT_TEST_SLOW says. The text is the file whose path contains
// MPICOUNT_TEST_TEXT. With MPICOUNT_TEST_HOST, this is so on that host only.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void wait_if_text(int fd) {
  const char *slow = getenv("MPICOUNT_TEST_SLOW"), *text = getenv("MPICOUNT_TEST_TEXT");
  const char* host = getenv("MPICOUNT_TEST_HOST");
  char name[64], path[4096];
  if (!slow || !text) return;
  if (host && (gethostname(name, sizeof name) != 0 || strcmp(name, host) != 0)) return;
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  if (!strstr(path, text)) return;
  struct timespec left = {atol(slow) / 1000, atol(slow) % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0) continue;  // a signal does not make it shorter
}

ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  wait_if_text(fd);
  return syscall(SYS_pread64, fd, bytes, size, offset);
}

ssize_t pread64(int fd, void* bytes, size_t size, off_t offset) {
  return pread(fd, bytes, size, offset);
}
