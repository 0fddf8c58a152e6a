#include "library.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <string_view>

namespace mpicount {
namespace {

constexpr int kMode = RTLD_NOW | RTLD_LOCAL;

// Returns `../lib` beside the folder of this program, where conda keeps libraries; empty if it is
// not known.
std::string LibraryFolder() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0 || size == sizeof path) return "";
  const std::string_view program(path, static_cast<size_t>(size));
  return std::string(program.substr(0, program.rfind('/'))) + "/../lib/";
}

// Opens a library. If this process has functions of the same names, those of the library have to
// call each other nevertheless.
void* Open(const char* file, const char* function) {
  int mode = kMode;
#ifdef RTLD_DEEPBIND  // of glibc
  if (dlsym(RTLD_DEFAULT, function) != nullptr) mode |= RTLD_DEEPBIND;
#else
  (void)function;
#endif
  return dlopen(file, mode);
}

}  // namespace

std::string FileOf(void* function) {
  Dl_info info;
  if (dladdr(function, &info) == 0 || info.dli_fname == nullptr) return "";
  char path[PATH_MAX];
  if (realpath(info.dli_fname, path) != nullptr) return path;
  // This program, under the name that it was started by.
  return realpath("/proc/self/exe", path) == nullptr ? info.dli_fname : path;
}

Library::Library(const LibraryName& name, std::initializer_list<const char*> functions) {
  const std::string needs = std::string("needs ") + name.sonames.front();
  const char* named = getenv(name.variable);
  is_named_ = named != nullptr && *named != '\0';
  if (is_named_) {
    void* handle = Open(named, *functions.begin());
    if (handle != nullptr && Take(handle, functions)) return;
    const char* reason = handle == nullptr ? dlerror() : nullptr;
    missing_ = needs + ", and " + name.variable + "=" + named + " is no such library" +
               (reason == nullptr ? "" : std::string(": ") + reason);
    return;
  }
  if (name.may_be_in_process && Take(RTLD_DEFAULT, functions)) return;
  const std::string folder = LibraryFolder();
  for (const char* soname : name.sonames) {
    if (folder.empty()) break;
    void* handle = Open((folder + soname).c_str(), *functions.begin());
    if (handle != nullptr && Take(handle, functions)) return;
  }
  for (const char* soname : name.sonames) {
    void* handle = Open(soname, *functions.begin());
    if (handle != nullptr && Take(handle, functions)) return;
  }
  missing_ = needs + ", which is not here (module load " + name.package + ", or conda install " +
             name.package + ", or " + name.variable + "=FILE)";
}

// Takes the functions if all of them are there and in one file. Two files would be two versions.
bool Library::Take(void* handle, std::initializer_list<const char*> functions) {
  std::vector<void*> addresses;
  for (const char* function : functions) {
    void* address = dlsym(handle, function);
    if (address == nullptr) return false;
    const std::string file = FileOf(address);
    if (addresses.empty()) file_ = file;
    if (file != file_) return false;
    addresses.push_back(address);
  }
  addresses_ = std::move(addresses);
  return true;
}

}  // namespace mpicount
