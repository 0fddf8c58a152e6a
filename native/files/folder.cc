#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace mpicount {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

// An entry is a letter for its kind and its name.
struct Entry {
  size_t begin;
  size_t length;
};

char KindOfMode(mode_t mode) {
  return S_ISREG(mode) ? 'f' : S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : 'o';
}

char KindOf(const dirent& entry, int folder) {
  switch (entry.d_type) {
    case DT_REG: return 'f';
    case DT_DIR: return 'd';
    case DT_LNK: return 'l';
    case DT_UNKNOWN: break;
    default: return 'o';
  }
  struct stat status;
  // An entry that stat() cannot examine is reported when it is to be counted, as any other file.
  if (fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 'f';
  return KindOfMode(status.st_mode);
}

bool IsItselfOrParent(std::string_view name) { return name == "." || name == ".."; }

// Compares names as the paths of what is in or below them.
bool IsBefore(std::string_view one, std::string_view other) {
  const std::string_view a = one.substr(1), b = other.substr(1);
  const size_t common = std::min(a.size(), b.size());
  const int order = a.substr(0, common).compare(b.substr(0, common));
  if (order != 0) return order < 0;
  // One name is the start of the other. A folder goes on with a slash, a file ends there.
  const auto next = [common](std::string_view entry) {
    return entry.size() > common + 1 ? static_cast<unsigned char>(entry[common + 1])
           : entry[0] == 'd'         ? static_cast<unsigned char>('/')
                                     : static_cast<unsigned char>(0);
  };
  return next(one) < next(other);
}

}  // namespace

Listing ListFolder(const std::string& path) {
  Listing listing;
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const OpenFolder folder(fd < 0 ? nullptr : fdopendir(fd));
  if (!folder) {
    listing.error = errno;
    if (fd >= 0) close(fd);
    return listing;
  }
  std::string found;
  std::vector<Entry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (IsItselfOrParent(name)) continue;
    entries.push_back({found.size(), name.size() + 1});
    found += KindOf(*entry, fd);
    found += name;
  }
  listing.error = errno;
  const auto text = [&found](const Entry& entry) {
    return std::string_view(found).substr(entry.begin, entry.length);
  };
  std::sort(entries.begin(), entries.end(),
            [&text](const Entry& a, const Entry& b) { return IsBefore(text(a), text(b)); });
  listing.entries.reserve(found.size() + entries.size());
  for (const Entry& entry : entries) {
    listing.entries += text(entry);
    listing.entries += '\0';
  }
  return listing;
}

}  // namespace mpicount
