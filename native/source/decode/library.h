// Finds the libraries that decode compressed files. Nothing is linked, so that the program starts
// everywhere; a library is looked for when the first file that needs it is met.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "format.h"

namespace mpicount {

// Returns the name of a library on this system.
#ifdef __APPLE__
constexpr const char* Soname(const char*, const char* on_macos) { return on_macos; }
#else
constexpr const char* Soname(const char* elsewhere, const char*) { return elsewhere; }
#endif

struct LibraryName {
  std::vector<const char*> sonames;
  const char* variable;  // the environment variable that names the file
  const char* package;   // its name in module systems and in conda
  // Node exports the functions, at least in some versions. They come first then, because a second
  // copy in the same process would call them instead of its own.
  bool may_be_in_process;
};

// Returns the file that holds a function; empty if it is not known.
std::string FileOf(void* function);

// A library in which all functions were found, in one file.
class Library {
 public:
  // Looks in this process if it may be there, then in the file that the variable names. Without the
  // variable, looks in the lib folder beside the folder of this program, then where the loader of
  // the system looks.
  Library(const LibraryName& name, std::initializer_list<const char*> functions);

  // Binds the functions in the order of the constructor's list. Does nothing if they are missing.
  template <typename... Functions>
  void Bind(Functions*&... functions) const {
    if (addresses_.empty()) return;
    size_t next = 0;
    ((functions = reinterpret_cast<Functions*>(addresses_[next++])), ...);
  }

  // Returns whether the variable names the file.
  bool is_named() const { return is_named_; }

  // Returns the facts about the library. `version` is called only if it was found.
  LibraryFacts Facts(const char* (*version)()) const {
    return {addresses_.empty() ? "" : version(), file_, missing_};
  }

 private:
  bool Take(void* handle, std::initializer_list<const char*> functions);

  bool is_named_;
  std::vector<void*> addresses_;
  std::string file_;
  std::string missing_;
};

}  // namespace mpicount
