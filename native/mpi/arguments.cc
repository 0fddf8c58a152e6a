#include "arguments.h"

#include <climits>
#include <cmath>
#include <string>

#include "check.h"

namespace mpicount {
namespace {

MPI_Datatype TypeOf(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array: return MPI_INT8_T;
    case napi_uint8_array: return MPI_UINT8_T;
    case napi_uint8_clamped_array: return MPI_UINT8_T;
    case napi_int16_array: return MPI_INT16_T;
    case napi_uint16_array: return MPI_UINT16_T;
    case napi_int32_array: return MPI_INT32_T;
    case napi_uint32_array: return MPI_UINT32_T;
    case napi_float32_array: return MPI_FLOAT;
    case napi_float64_array: return MPI_DOUBLE;
    case napi_bigint64_array: return MPI_INT64_T;
    case napi_biguint64_array: return MPI_UINT64_T;
    default: return MPI_DATATYPE_NULL;  // a kind that a newer Node has
  }
}

bool IsAny(const Napi::Value& value) {
  return value.IsString() && value.As<Napi::String>().Utf8Value() == "any";
}

}  // namespace

void Arguments::Fail(const char* message) {
  if (ok_) Napi::TypeError::New(env_, message).ThrowAsJavaScriptException();
  ok_ = false;
}

void Arguments::Require(bool fits, const char* message) {
  if (ok_ && !fits) Fail(message);
}

MPI_Comm Arguments::Comm() {
  const Napi::Value value = Next();
  if (!ok_) return MPI_COMM_NULL;
  if (!value.IsExternal()) {
    Fail("not a communicator");
    return MPI_COMM_NULL;
  }
  return *CommSlot(value);
}

int Arguments::Int() { return IntFrom(Next()); }

std::optional<int> Arguments::IntOrNull() {
  const Napi::Value value = Next();
  if (value.IsNull()) return std::nullopt;
  return IntFrom(value);
}

int Arguments::IntFrom(const Napi::Value& value) {
  if (!ok_) return 0;
  if (!value.IsNumber()) {
    Fail("not a number");
    return 0;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (number != std::trunc(number) || number < INT_MIN || number > INT_MAX) {
    Fail("not an integer that fits into an int");
    return 0;
  }
  return static_cast<int>(number);
}

int Arguments::Source() {
  const Napi::Value value = Next();
  return ok_ && IsAny(value) ? MPI_ANY_SOURCE : IntFrom(value);
}

int Arguments::Tag() {
  const Napi::Value value = Next();
  return ok_ && IsAny(value) ? MPI_ANY_TAG : IntFrom(value);
}

MPI_Op Arguments::Op() {
  const Napi::Value value = Next();
  if (!ok_) return MPI_OP_NULL;
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (name == "sum") return MPI_SUM;
  if (name == "min") return MPI_MIN;
  if (name == "max") return MPI_MAX;
  Fail("an MPI operation must be 'sum', 'min' or 'max'");
  return MPI_OP_NULL;
}

Buffer Arguments::Array() { return ArrayFrom(Next()); }

Buffer Arguments::ArrayOrNull() {
  const Napi::Value value = Next();
  return ok_ && value.IsNull() ? Buffer{} : ArrayFrom(value);
}

Buffer Arguments::ArrayFrom(const Napi::Value& value) {
  Buffer buffer;
  if (!ok_) return buffer;
  if (!value.IsTypedArray()) {
    Fail("an MPI buffer must be a typed array");
    return buffer;
  }
  napi_typedarray_type type;
  size_t length = 0;
  napi_value memory;
  bool owned = false;
  // Memory that threads share is not an ArrayBuffer, and other threads could change it while MPI
  // reads it.
  if (napi_get_typedarray_info(env_, value, &type, &length, &buffer.data, &memory, nullptr) !=
          napi_ok ||
      napi_is_arraybuffer(env_, memory, &owned) != napi_ok || !owned) {
    Fail("an MPI buffer must not be shared memory");
    return buffer;
  }
  if (length > INT_MAX) {
    Fail("an MPI buffer must have at most 2^31-1 elements");
    return buffer;
  }
  buffer.count = static_cast<int>(length);
  buffer.type = TypeOf(type);
  Require(buffer.type != MPI_DATATYPE_NULL,
          "an MPI buffer must be a typed array of integers, Float32Array or Float64Array");
  return buffer;
}

Parts Arguments::ArrayParts() {
  Parts parts;
  parts.buffer = ArrayOrNull();
  parts.counts = ArrayOrNull();
  parts.displacements = ArrayOrNull();
  return parts;
}

void Arguments::RequireParts(const Parts& parts, MPI_Comm comm, int rank, const Buffer& own,
                             const char* message) {
  const int size = SizeOf(comm);
  if (!ok_) return;
  bool fits = parts.buffer.type == own.type && parts.counts.type == MPI_INT32_T &&
              parts.displacements.type == MPI_INT32_T && parts.counts.count == size &&
              parts.displacements.count == size;
  for (int each = 0; fits && each < size; ++each) {
    const int64_t count = parts.count_data()[each];
    const int64_t displacement = parts.displacement_data()[each];
    fits = count >= 0 && displacement >= 0 && displacement + count <= parts.buffer.count &&
           (each != rank || count == own.count);
  }
  Require(fits, message);
}

int Arguments::SizeOf(MPI_Comm comm) {
  int size = 0;
  if (ok_) ok_ = Check(env_, "MPI_Comm_size", MPI_Comm_size(comm, &size));
  return size;
}

int Arguments::RankOf(MPI_Comm comm) {
  int rank = 0;
  if (ok_) ok_ = Check(env_, "MPI_Comm_rank", MPI_Comm_rank(comm, &rank));
  return rank;
}

Napi::Value FromComm(Napi::Env env, MPI_Comm comm) {
  return Napi::External<MPI_Comm>::New(env, new MPI_Comm(comm),
                                       [](Napi::Env, MPI_Comm* slot) { delete slot; });
}

MPI_Comm* CommSlot(const Napi::Value& value) { return value.As<Napi::External<MPI_Comm>>().Data(); }

}  // namespace mpicount
