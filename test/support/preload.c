// A library preloaded into every rank that delays system calls or makes them fail. Its settings are
// environment variables.
//
//   MPICOUNT_TEST_FILE    a part of the path of the affected files
//   MPICOUNT_TEST_RANK    the affected rank; all ranks if unset
//   MPICOUNT_TEST_CALL    the affected calls, separated by commas: pread, read, write, fdatasync,
//                         link, fsync-folder, iconv_open (whatever the file is)
//   MPICOUNT_TEST_SLOW    the delay of each call in milliseconds
//   MPICOUNT_TEST_ERRNO   the error number; 0 simulates the end of the file; calls succeed if unset
//   MPICOUNT_TEST_FROM    for pread the first offset that fails, else the number of calls that
//                         succeed before
//   MPICOUNT_TEST_TIMES   the number of calls of pread and read that fail; all if unset
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *file, *call;
static long slow, failure, from, times;
static atomic_long calls, failed;

static long setting(const char* name, long otherwise) {
  const char* value = getenv(name);
  return value ? atol(value) : otherwise;
}

__attribute__((constructor)) static void read_settings(void) {
  const char* own = getenv("OMPI_COMM_WORLD_RANK");
  if (!own) own = getenv("PMI_RANK");
  const char* wanted = getenv("MPICOUNT_TEST_RANK");
  // The launcher is no rank and is not affected.
  if (!own || (wanted && strcmp(own, wanted) != 0)) return;
  file = getenv("MPICOUNT_TEST_FILE");
  call = getenv("MPICOUNT_TEST_CALL");
  slow = setting("MPICOUNT_TEST_SLOW", 0);
  failure = setting("MPICOUNT_TEST_ERRNO", -1);
  from = setting("MPICOUNT_TEST_FROM", 0);
  times = setting("MPICOUNT_TEST_TIMES", LONG_MAX);
}

/** Returns whether a name is in the list of calls. */
static bool is_called(const char* name) {
  const size_t length = strlen(name);
  for (const char* at = call; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    if (strncmp(at, name, length) == 0 && (at[length] == '\0' || at[length] == ',')) return true;
  }
  return false;
}

static void wait_slowly(void) {
  // Continue a sleep that a signal has interrupted.
  struct timespec left = {slow / 1000, slow % 1000 * 1000000};
  while (slow > 0 && nanosleep(&left, &left) != 0) continue;
}

static bool is_meant(const char* name, int fd) {
  if (!file || !is_called(name)) return false;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  if (!strstr(path, file)) return false;
  wait_slowly();
  return true;
}

static bool fails(const char* name, int fd) {
  if (!is_meant(name, fd) || failure < 0 || atomic_fetch_add(&calls, 1) < from) return false;
  errno = (int)failure;
  return true;
}

/** Returns whether a call is one of those that fail, of which there may be only some. */
static bool is_among_the_failed(void) { return atomic_fetch_add(&failed, 1) < times; }

ssize_t pread(int fd, void* buffer, size_t size, off_t offset) {
  if (is_meant("pread", fd) && failure >= 0) {
    if (offset >= from && is_among_the_failed()) {
      errno = (int)failure;
      return failure == 0 ? 0 : -1;
    }
    // The bytes before that offset are readable.
    if (offset < from && offset + (off_t)size > from) size = (size_t)(from - offset);
  }
  return syscall(SYS_pread64, fd, buffer, size, offset);
}

ssize_t pread64(int fd, void* buffer, size_t size, off_t offset) {
  return pread(fd, buffer, size, offset);
}

ssize_t read(int fd, void* buffer, size_t size) {
  if (fails("read", fd) && is_among_the_failed()) return -1;
  return syscall(SYS_read, fd, buffer, size);
}

ssize_t write(int fd, const void* buffer, size_t size) {
  return fails("write", fd) ? -1 : syscall(SYS_write, fd, buffer, size);
}

// Simulates a host without the module of an encoding.
void* iconv_open(const char* to, const char* of) {
  if (is_called("iconv_open")) {
    errno = (int)failure;
    return (void*)-1;
  }
  void* (*next)(const char*, const char*) = dlsym(RTLD_NEXT, "iconv_open");
  return next(to, of);
}

int fdatasync(int fd) { return fails("fdatasync", fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }

// Simulates a file system without hard links.
int link(const char* from_path, const char* to_path) {
  if (file && is_called("link")) {
    wait_slowly();
    if (failure >= 0) {
      errno = (int)failure;
      return -1;
    }
  }
  return (int)syscall(SYS_linkat, AT_FDCWD, from_path, AT_FDCWD, to_path, 0);
}

int fsync(int fd) {
  struct stat status;
  const bool is_folder = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
  if (is_folder && fails("fsync-folder", fd)) return -1;
  return (int)syscall(SYS_fsync, fd);
}
