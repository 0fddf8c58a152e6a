// From JavaScript values to MPI's arguments.
#pragma once

#include <mpi.h>
#include <napi.h>

#include <optional>

namespace mpicount {

// A typed array as MPI sees it. `data` is null and `count` 0 for JavaScript's null (a buffer that
// only the root has).
struct Buffer {
  void* data = nullptr;
  int count = 0;
  MPI_Datatype type = MPI_DATATYPE_NULL;
};

// Each of these leaves a TypeError pending and returns nothing when the value does not fit.
std::optional<Buffer> ToBuffer(const Napi::Value& value);
std::optional<Buffer> ToBufferOrNull(const Napi::Value& value);
std::optional<MPI_Op> ToOp(const Napi::Value& value);
std::optional<MPI_Comm> ToComm(const Napi::Value& value);
std::optional<int> ToInt(const Napi::Value& value);

// A communicator for JavaScript to hold. Its memory is freed with the JavaScript object; the
// communicator itself is not, since MPI_Comm_free is collective.
Napi::Value FromComm(Napi::Env env, MPI_Comm comm);

// Where MPI_Comm_idup writes the new communicator: an address that lives as long as the JavaScript
// object.
MPI_Comm* CommSlot(const Napi::Value& value);

}  // namespace mpicount
