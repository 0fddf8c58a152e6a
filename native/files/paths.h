// Paths of files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mpicount {

// Paths, one after the other.
struct Paths {
  std::string bytes;
  std::vector<size_t> ends;  // the offset at which each of them ends

  size_t size() const { return ends.size(); }

  std::string_view operator[](size_t index) const {
    const size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
};

// Copies the paths [begin, end) of columns: all paths, concatenated, and the offset at which each
// of them ends.
inline Paths PathsOf(const char* bytes, const double* ends, size_t begin, size_t end) {
  Paths paths;
  if (begin >= end) return paths;
  const auto first = static_cast<size_t>(begin == 0 ? 0 : ends[begin - 1]);
  paths.bytes.assign(bytes + first, static_cast<size_t>(ends[end - 1]) - first);
  paths.ends.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) paths.ends.push_back(static_cast<size_t>(ends[i]) - first);
  return paths;
}

}  // namespace mpicount
