// Converts text in an encoding to UTF-8, by iconv of the C library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "format.h"

namespace mpicount {

const LibraryFacts& IconvLibrary();

enum class ConversionEnd {
  kComplete,  // everything was taken
  kNoRoom,
  kInvalid,  // the next bytes are no character of the encoding
  kCutOff,   // the next bytes are the start of a character
};

struct ConversionStep {
  size_t read;
  size_t written;
  ConversionEnd end;
};

// A conversion has a state: where it is in the text.
class Conversion {
 public:
  explicit Conversion(const std::string& encoding);
  ~Conversion();
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  // Returns whether iconv knows the encoding. Otherwise, the other functions must not be called.
  // glibc loads a module for most encodings, which may be missing on a host.
  bool is_known() const;

  // Converts the next bytes. Nothing is left out: an invalid byte ends the step.
  ConversionStep Convert(const uint8_t* text, size_t size, uint8_t* room, size_t room_size);

  // Writes what is still to be written after the last byte, in encodings in which a letter waits
  // for an accent that may follow.
  ConversionStep Finish(uint8_t* room, size_t room_size);

 private:
  ConversionStep Step(char** from, size_t size, uint8_t* room, size_t room_size);

  void* handle_;  // iconv_t, which the header need not know
};

// The bytes that a character of any encoding may become at once, with those that waited for it.
constexpr size_t kConvertedMost = 64;

}  // namespace mpicount
