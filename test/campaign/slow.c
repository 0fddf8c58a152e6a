// Preloaded into mpirun and its ranks: reading takes its time, and there is no room for rank logs,
// as the environment says.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long number(const char* name, long otherwise) {
  const char* text = getenv(name);
  return text ? atol(text) : otherwise;
}

static long wait_microseconds;
static long room = -1;  // bytes that rank logs may still take; any number when negative
static long sync_fails;

__attribute__((constructor)) static void start(void) {
  const char* rank = getenv("OMPI_COMM_WORLD_RANK");
  if (!rank) rank = getenv("PMI_RANK");
  if (!rank) return;  // the launcher
  wait_microseconds = number("CAMPAIGN_READ_MICROSECONDS", 0);
  if (atol(rank) != number("CAMPAIGN_FAULT_RANK", -1)) return;
  room = number("CAMPAIGN_LOG_BYTES", -1);
  sync_fails = number("CAMPAIGN_SYNC_FAILS", 0);
}

static int is_rank_log(int fd) {
  char name[64];
  char path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return strstr(path, "/ranks/") != NULL;
}

ssize_t pread64(int fd, void* buffer, size_t size, off_t offset) {
  if (wait_microseconds > 0) usleep((useconds_t)wait_microseconds);
  return syscall(SYS_pread64, fd, buffer, size, offset);
}

ssize_t pread(int fd, void* buffer, size_t size, off_t offset) {
  return pread64(fd, buffer, size, offset);
}

// Like a disk that fills up: what still fits is written, so that a line may be torn.
ssize_t write(int fd, const void* bytes, size_t size) {
  if (room < 0 || !is_rank_log(fd)) return syscall(SYS_write, fd, bytes, size);
  if (room == 0) {
    errno = ENOSPC;
    return -1;
  }
  if (size > (size_t)room) size = (size_t)room;
  const ssize_t written = syscall(SYS_write, fd, bytes, size);
  if (written > 0) room -= written;
  return written;
}

int fdatasync(int fd) {
  if (!sync_fails || !is_rank_log(fd)) return (int)syscall(SYS_fdatasync, fd);
  errno = ENOSPC;
  return -1;
}
