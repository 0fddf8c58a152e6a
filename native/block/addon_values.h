// Conversions between JavaScript values and those of the search.
#pragma once

#include <napi.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "count_worker.h"
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

// Reads { fd, fileSize, begin, end, window, chunk, drop, stream, format, memory, start, isSure,
// encoding, sum }. A negative `start` or `sum` is not known, and an encoding that is undefined is
// none.
inline FileRange FileRangeOf(const Napi::Object& given) {
  const auto integer = [&given](const char* name) {
    return static_cast<uint64_t>(given.Get(name).As<Napi::Number>().Int64Value());
  };
  const int64_t start = given.Get("start").As<Napi::Number>().Int64Value();
  const Napi::Value encoding = given.Get("encoding");
  const int64_t sum = given.Get("sum").As<Napi::Number>().Int64Value();
  return {static_cast<int>(integer("fd")),
          integer("fileSize"),
          integer("begin"),
          integer("end"),
          integer("window"),
          integer("chunk"),
          given.Get("drop").As<Napi::Boolean>().Value(),
          given.Get("stream").As<Napi::Boolean>().Value(),
          static_cast<Format>(integer("format")),
          integer("memory"),
          start < 0 ? kGuess : static_cast<uint64_t>(start),
          given.Get("isSure").As<Napi::Boolean>().Value(),
          encoding.IsString() ? encoding.As<Napi::String>().Utf8Value() : std::string(),
          sum < 0 ? std::nullopt : std::optional(static_cast<uint32_t>(sum))};
}

// Reads an array of them.
inline std::vector<FileRange> FileRangesOf(const Napi::Value& list) {
  std::vector<FileRange> ranges;
  Each(list,
       [&](const Napi::Value& value) { ranges.push_back(FileRangeOf(value.As<Napi::Object>())); });
  return ranges;
}

// Reads the rows `indices` of the columns { paths, ends, sizes, modified } of a table of files.
inline ExpectedFiles ExpectedFilesOf(const Napi::Value& table, const Napi::Value& indices) {
  const Napi::Object columns = table.As<Napi::Object>();
  const Napi::Uint8Array paths = columns.Get("paths").As<Napi::Uint8Array>();
  const Napi::Float64Array ends = columns.Get("ends").As<Napi::Float64Array>();
  const Napi::Float64Array sizes = columns.Get("sizes").As<Napi::Float64Array>();
  const Napi::BigInt64Array modified = columns.Get("modified").As<Napi::BigInt64Array>();
  const Napi::Uint32Array rows = indices.As<Napi::Uint32Array>();
  const auto* bytes = reinterpret_cast<const char*>(paths.Data());
  ExpectedFiles files;
  for (size_t i = 0; i < rows.ElementLength(); ++i) {
    const uint32_t row = rows.Data()[i];
    files.paths.Add(PathAt(bytes, ends.Data(), row));
    files.sizes.push_back(static_cast<uint64_t>(sizes.Data()[row]));
    files.modified.push_back(modified.Data()[row]);
  }
  return files;
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

// Copies values to a typed array.
template <typename Array, typename T>
Array ArrayOf(Napi::Env env, const std::vector<T>& values) {
  Array array = Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

// Returns numbers as a typed array, or undefined if there are none.
inline Napi::Value Numbers(Napi::Env env, const std::vector<double>& numbers) {
  if (numbers.empty()) return env.Undefined();
  return ArrayOf<Napi::Float64Array>(env, numbers);
}

inline Napi::Value Seconds(Napi::Env env, uint64_t nanoseconds) {
  return Napi::Number::New(env, static_cast<double>(nanoseconds) * 1e-9);
}

inline std::vector<uint32_t> CodePointsOf(const Napi::Value& value) {
  const Napi::Uint32Array array = value.As<Napi::Uint32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

}  // namespace mpicount
