// The bytes of a file at any place, for formats that list their units at the end of the file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mpicount {

class StoredFile {
 public:
  virtual ~StoredFile() = default;

  // Returns the size of the file in bytes.
  virtual uint64_t size() const = 0;

  // Reads the bytes [offset, offset + size), all of which are in the file. Returns false if they
  // cannot be read.
  virtual bool Read(uint64_t offset, uint8_t* bytes, size_t size) = 0;
};

}  // namespace mpicount
