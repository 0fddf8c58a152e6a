// A non-blocking MPI operation in flight, seen from JavaScript as an object with test() and, once
// the operation is done, status().
#pragma once

#include <mpi.h>
#include <napi.h>

#include <initializer_list>
#include <vector>

namespace mpicount {

// { source, tag, bytes } of a message.
Napi::Value FromStatus(Napi::Env env, const MPI_Status& status);

class Request : public Napi::ObjectWrap<Request> {
 public:
  static Napi::Function Define(Napi::Env env);

  // A JavaScript Request for `request`, which MPI has just started. Keeps `kept` (the buffers that
  // MPI reads and writes) and itself alive until MPI says that it is done: MPI has no way to take a
  // collective back.
  static Napi::Value Track(Napi::Env env, MPI_Request request,
                           std::initializer_list<Napi::Value> kept);

  // Asks MPI about every operation that is not known to be done, also those that JavaScript has
  // dropped; the number of those that are still not done. MPI_Finalize needs all to be done.
  static size_t CountPending(Napi::Env env);

  explicit Request(const Napi::CallbackInfo& info);

 private:
  Napi::Value Test(const Napi::CallbackInfo& info);
  Napi::Value Status(const Napi::CallbackInfo& info);

  // Whether the operation is done; `return_code` is MPI's.
  bool IsDone(Napi::Env env, int& return_code);

  MPI_Request request_ = MPI_REQUEST_NULL;
  MPI_Status status_ = {};
  std::vector<Napi::ObjectReference> kept_;
};

}  // namespace mpicount
