// Conversions between JavaScript values and those of the search.
#pragma once

#include <napi.h>

#include <cstring>
#include <vector>

#include "file_range.h"

namespace mpicount {

// Calls take(element) for each element of a JavaScript array.
template <typename Take>
void Each(const Napi::Value& value, const Take& take) {
  const Napi::Array list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    take(list.Get(i));
  }
}

// Reads an array of { fd, fileSize, begin, end, window, chunk, drop, stream, format, memory }.
inline std::vector<FileRange> FileRangesOf(const Napi::Value& list) {
  std::vector<FileRange> ranges;
  Each(list, [&](const Napi::Value& value) {
    const Napi::Object given = value.As<Napi::Object>();
    const auto integer = [&given](const char* name) {
      return static_cast<uint64_t>(given.Get(name).As<Napi::Number>().Int64Value());
    };
    ranges.push_back({static_cast<int>(integer("fd")), integer("fileSize"), integer("begin"),
                      integer("end"), integer("window"), integer("chunk"),
                      given.Get("drop").As<Napi::Boolean>().Value(),
                      given.Get("stream").As<Napi::Boolean>().Value(),
                      static_cast<Format>(integer("format")), integer("memory")});
  });
  return ranges;
}

// Returns an Error with `errno` (0: the file ended early), `offset`, `undecodable` (whether the
// message says why the file cannot be decoded) and `range`, the index of the file range.
inline Napi::Value ReadFailure(Napi::Env env, const ReadError& failure, size_t index) {
  const Napi::Error error =
      Napi::Error::New(env, !failure.fault.empty() ? failure.fault.c_str()
                            : failure.number == 0  ? "unexpected end of file"
                                                   : std::strerror(failure.number));
  error.Value()["undecodable"] = Napi::Boolean::New(env, !failure.fault.empty());
  error.Value()["errno"] = Napi::Number::New(env, failure.number);
  error.Value()["offset"] = Napi::Number::New(env, static_cast<double>(failure.offset));
  error.Value()["range"] = Napi::Number::New(env, static_cast<double>(index));
  return error.Value();
}

inline Napi::Value Seconds(Napi::Env env, uint64_t nanoseconds) {
  return Napi::Number::New(env, static_cast<double>(nanoseconds) * 1e-9);
}

inline std::vector<uint32_t> CodePointsOf(const Napi::Value& value) {
  const Napi::Uint32Array array = value.As<Napi::Uint32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

}  // namespace mpicount
