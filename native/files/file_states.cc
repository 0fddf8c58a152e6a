#include "file_states.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "current_folder.h"

namespace mpicount {
namespace {

int64_t ModifiedOf(const struct stat& status) {
#ifdef __APPLE__
  const timespec& time = status.st_mtimespec;
#else
  const timespec& time = status.st_mtim;
#endif
  // A time past 2262 wraps around, as in src/corpus/file-checks.ts.
  const uint64_t seconds = static_cast<uint64_t>(time.tv_sec) * 1'000'000'000;
  return static_cast<int64_t>(seconds + static_cast<uint64_t>(time.tv_nsec));
}

FileState StateOf(const struct stat& status) {
  return {static_cast<uint64_t>(status.st_size), ModifiedOf(status), status.st_ino};
}

// The user as whom this process reads files.
class Owner {
 public:
  Owner() : user_(geteuid()), is_known_(getuid() == user_) {}

  // Returns whether the user owns a file and its mode lets the owner read it, which needs no
  // call to find out. An access control list cannot say otherwise of the owner (acl(5)).
  bool MayRead(const struct stat& status) const {
    return is_known_ && status.st_uid == user_ && (status.st_mode & S_IRUSR) != 0;
  }

 private:
  uid_t user_;
  bool is_known_;  // access(2) asks for the real user, open(2) for the effective one
};

}  // namespace

std::optional<FileState> StateOf(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return std::nullopt;
  return StateOf(status);
}

FileStates StatesOf(const Paths& paths, bool to_read) {
  FileStates states;
  states.sizes.resize(paths.size());
  states.modified.resize(paths.size());
  states.inodes.resize(paths.size());
  states.is_countable.resize(paths.size());
  CurrentFolder current;
  const Owner owner;
  for (size_t i = 0; i < paths.size(); ++i) {
    const std::string path(paths[i]);
    const auto [at, name] = current.PlaceOf(path, paths.After(i));
    struct stat status;
    if (fstatat(at, name, &status, 0) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
      continue;
    }
    if (to_read && !owner.MayRead(status) && faccessat(at, name, R_OK, 0) != 0) continue;
    const FileState state = StateOf(status);
    states.sizes[i] = static_cast<double>(state.size);
    states.modified[i] = state.modified;
    states.inodes[i] = state.inode;
    states.is_countable[i] = 1;
  }
  return states;
}

}  // namespace mpicount
