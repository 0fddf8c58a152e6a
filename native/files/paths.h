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

  void Add(std::string_view path) {
    bytes += path;
    ends.push_back(bytes.size());
  }

  size_t size() const { return ends.size(); }

  std::string_view operator[](size_t index) const {
    const size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }

  // Returns the path after one, or nothing after the last one.
  std::string_view After(size_t index) const {
    return index + 1 < size() ? (*this)[index + 1] : std::string_view();
  }
};

// Returns a path of columns: all paths, concatenated, and the offset at which each of them ends.
inline std::string_view PathAt(const char* bytes, const double* ends, size_t index) {
  const auto begin = static_cast<size_t>(index == 0 ? 0 : ends[index - 1]);
  return {bytes + begin, static_cast<size_t>(ends[index]) - begin};
}

}  // namespace mpicount
