// The entries of a folder.
#pragma once

#include <string>

namespace mpicount {

// A listing holds, for each entry, a letter for its kind, its name, and a zero byte: `f` a regular
// file, `d` a folder, `l` a symbolic link, `o` anything else.
struct Listing {
  std::string entries;
  int error = 0;  // the errno if the folder could not be read
};

// Lists a folder in byte order of the paths below it: the name of a folder compares as if it ended
// in a slash, so that `a.b` comes before `a/b`. A link to a folder is followed. Kinds are those
// that the folder itself tells; only where the file system does not tell them is an entry looked
// at.
Listing ListFolder(const std::string& path);

}  // namespace mpicount
