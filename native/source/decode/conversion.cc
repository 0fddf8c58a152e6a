#include "conversion.h"

#include <iconv.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include <cerrno>

#include "library.h"

namespace mpicount {
namespace {

const auto kFailed = reinterpret_cast<iconv_t>(intptr_t{-1});

std::string VersionOfIconv() {
#ifdef __GLIBC__
  return std::string("glibc ") + gnu_get_libc_version();
#else
  return "the C library";  // musl, for one, does not tell its version
#endif
}

}  // namespace

const LibraryFacts& IconvLibrary() {
  static const LibraryFacts facts{VersionOfIconv(), FileOf(reinterpret_cast<void*>(&iconv_open)),
                                  ""};
  return facts;
}

Conversion::Conversion(const std::string& encoding)
    : handle_(iconv_open("UTF-8", encoding.c_str())) {}

Conversion::~Conversion() {
  if (is_known()) iconv_close(handle_);
}

bool Conversion::is_known() const { return handle_ != kFailed; }

ConversionStep Conversion::Convert(const uint8_t* text, size_t size, uint8_t* room,
                                   size_t room_size) {
  // The interface has no const, but iconv does not write there.
  auto* from = reinterpret_cast<char*>(const_cast<uint8_t*>(text));
  return Step(&from, size, room, room_size);
}

ConversionStep Conversion::Finish(uint8_t* room, size_t room_size) {
  return Step(nullptr, 0, room, room_size);
}

ConversionStep Conversion::Step(char** from, size_t size, uint8_t* room, size_t room_size) {
  auto* to = reinterpret_cast<char*>(room);
  size_t left = size;
  size_t room_left = room_size;
  const size_t result = iconv(handle_, from, from == nullptr ? nullptr : &left, &to, &room_left);
  ConversionStep step{size - left, room_size - room_left, ConversionEnd::kComplete};
  if (result == static_cast<size_t>(-1)) {
    step.end = errno == E2BIG    ? ConversionEnd::kNoRoom
               : errno == EINVAL ? ConversionEnd::kCutOff
                                 : ConversionEnd::kInvalid;
  }
  return step;
}

}  // namespace mpicount
