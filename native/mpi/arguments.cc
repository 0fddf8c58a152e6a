#include "arguments.h"

#include <climits>
#include <string>

namespace mpicount {
namespace {

void ThrowTypeError(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
}

}  // namespace

std::optional<Buffer> ToBuffer(const Napi::Value& value) {
  if (value.IsNull()) return Buffer{};
  if (!value.IsTypedArray()) {
    ThrowTypeError(value.Env(), "an MPI buffer must be a typed array");
    return std::nullopt;
  }
  const Napi::TypedArray array = value.As<Napi::TypedArray>();
  if (array.ElementLength() > INT_MAX) {
    ThrowTypeError(value.Env(), "an MPI buffer must have at most 2^31-1 elements");
    return std::nullopt;
  }
  Buffer buffer;
  buffer.data = static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
  buffer.count = static_cast<int>(array.ElementLength());
  switch (array.TypedArrayType()) {
    case napi_uint8_array: buffer.type = MPI_UINT8_T; break;
    case napi_int32_array: buffer.type = MPI_INT32_T; break;
    case napi_float64_array: buffer.type = MPI_DOUBLE; break;
    case napi_biguint64_array: buffer.type = MPI_UINT64_T; break;
    default:
      ThrowTypeError(
          value.Env(),
          "an MPI buffer must be a Uint8Array, Int32Array, Float64Array or BigUint64Array");
      return std::nullopt;
  }
  return buffer;
}

std::optional<MPI_Op> ToOp(const Napi::Value& value) {
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (name == "sum") return MPI_SUM;
  if (name == "min") return MPI_MIN;
  if (name == "max") return MPI_MAX;
  ThrowTypeError(value.Env(), "an MPI operation must be 'sum', 'min' or 'max'");
  return std::nullopt;
}

std::optional<MPI_Comm> ToComm(const Napi::Value& value) {
  if (!value.IsExternal()) {
    ThrowTypeError(value.Env(), "not a communicator");
    return std::nullopt;
  }
  return *CommSlot(value);
}

std::optional<int> ToInt(const Napi::Value& value) {
  if (!value.IsNumber()) {
    ThrowTypeError(value.Env(), "not a number");
    return std::nullopt;
  }
  return value.As<Napi::Number>().Int32Value();
}

Napi::Value FromComm(Napi::Env env, MPI_Comm comm) {
  return Napi::External<MPI_Comm>::New(env, new MPI_Comm(comm),
                                       [](Napi::Env, MPI_Comm* slot) { delete slot; });
}

MPI_Comm* CommSlot(const Napi::Value& value) { return value.As<Napi::External<MPI_Comm>>().Data(); }

}  // namespace mpicount
