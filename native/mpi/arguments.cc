#include "arguments.h"

#include <climits>
#include <cmath>
#include <string>

namespace mpicount {
namespace {

void ThrowTypeError(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
}

}  // namespace

std::optional<Buffer> ToBufferOrNull(const Napi::Value& value) {
  return value.IsNull() ? Buffer{} : ToBuffer(value);
}

std::optional<Buffer> ToBuffer(const Napi::Value& value) {
  const Napi::Env env = value.Env();
  if (!value.IsTypedArray()) {
    ThrowTypeError(env, "an MPI buffer must be a typed array");
    return std::nullopt;
  }
  napi_typedarray_type type;
  size_t length = 0;
  Buffer buffer;
  napi_value memory;
  bool owned = false;
  // Memory that threads share is not an ArrayBuffer, and other threads could change it while MPI
  // reads it.
  if (napi_get_typedarray_info(env, value, &type, &length, &buffer.data, &memory, nullptr) !=
          napi_ok ||
      napi_is_arraybuffer(env, memory, &owned) != napi_ok || !owned) {
    ThrowTypeError(env, "an MPI buffer must not be shared memory");
    return std::nullopt;
  }
  if (length > INT_MAX) {
    ThrowTypeError(env, "an MPI buffer must have at most 2^31-1 elements");
    return std::nullopt;
  }
  buffer.count = static_cast<int>(length);
  switch (type) {
    case napi_uint8_array: buffer.type = MPI_UINT8_T; break;
    case napi_int32_array: buffer.type = MPI_INT32_T; break;
    case napi_float64_array: buffer.type = MPI_DOUBLE; break;
    case napi_biguint64_array: buffer.type = MPI_UINT64_T; break;
    default:
      ThrowTypeError(
          env, "an MPI buffer must be a Uint8Array, Int32Array, Float64Array or BigUint64Array");
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
  const double number = value.As<Napi::Number>().DoubleValue();
  if (number != std::trunc(number) || number < INT_MIN || number > INT_MAX) {
    ThrowTypeError(value.Env(), "not an integer that fits into an int");
    return std::nullopt;
  }
  return static_cast<int>(number);
}

Napi::Value FromComm(Napi::Env env, MPI_Comm comm) {
  return Napi::External<MPI_Comm>::New(env, new MPI_Comm(comm),
                                       [](Napi::Env, MPI_Comm* slot) { delete slot; });
}

MPI_Comm* CommSlot(const Napi::Value& value) { return value.As<Napi::External<MPI_Comm>>().Data(); }

}  // namespace mpicount
