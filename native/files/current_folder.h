// Looking at many files of one folder.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace mpicount {

// A file for openat(2) and the like: its name in an open folder, or its path and AT_FDCWD.
struct Place {
  int folder;
  const char* name;
};

// Keeps the folder of the latest files open, so that the system need not look up all folders of
// each path again.
class CurrentFolder {
 public:
  CurrentFolder() = default;
  ~CurrentFolder() { Close(); }
  CurrentFolder(const CurrentFolder&) = delete;
  CurrentFolder& operator=(const CurrentFolder&) = delete;

  // Returns the place of a file, which is valid until the next call, and as long as `path` is.
  // `next` is the path of the file that follows, or empty: a folder is opened for two files at
  // least.
  Place PlaceOf(const std::string& path, std::string_view next) {
    const size_t length = path.rfind('/') + 1;  // 0 without a slash
    const std::string_view folder = std::string_view(path).substr(0, length);
    if (folder != folder_) {
      Close();
      if (length == 0 || next.substr(0, length) != folder) return {AT_FDCWD, path.c_str()};
      folder_ = folder;
      fd_ = open(folder_.c_str(), kFlags);
    }
    if (fd_ < 0) return {AT_FDCWD, path.c_str()};
    return {fd_, path.c_str() + length};
  }

 private:
#ifdef O_PATH
  static constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
#else  // on macOS
  static constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
    folder_.clear();
  }

  std::string folder_;  // with the slash at its end
  int fd_ = -1;
};

}  // namespace mpicount
