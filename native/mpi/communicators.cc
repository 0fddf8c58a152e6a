#include "arguments.h"
#include "chapters.h"

namespace mpicount {
namespace {

using Info = Napi::CallbackInfo;

Napi::Value CommWorld(const Info& info) { return FromComm(info.Env(), MPI_COMM_WORLD); }

Napi::Value CommRank(const Info& info) {
  Arguments arguments(info);
  const int rank = arguments.RankOf(arguments.Comm());
  if (!arguments.ok()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), rank);
}

Napi::Value CommSize(const Info& info) {
  Arguments arguments(info);
  const int size = arguments.SizeOf(arguments.Comm());
  if (!arguments.ok()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), size);
}

// (comm) => { comm, request }: the new communicator may be used once the request is done.
Napi::Value CommIdup(const Info& info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  if (!arguments.ok()) return env.Undefined();
  const Napi::Value duplicate = FromComm(env, MPI_COMM_NULL);
  const Napi::Value request = StartRequest(
      info, "MPI_Comm_idup",
      [&](MPI_Request* started) { return MPI_Comm_idup(comm, CommSlot(duplicate), started); },
      {duplicate});
  if (env.IsExceptionPending()) return env.Undefined();
  Napi::Object result = Napi::Object::New(env);
  result["comm"] = duplicate;
  result["request"] = request;
  return result;
}

// A communicator for JavaScript, or null for a rank that is in none of the new ones.
Napi::Value FromSplit(Napi::Env env, MPI_Comm comm) {
  return comm == MPI_COMM_NULL ? env.Null() : FromComm(env, comm);
}

// (comm, color or null, key): MPI has no non-blocking form of this call.
Napi::Value CommSplit(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const int color = arguments.IntOrNull().value_or(MPI_UNDEFINED);
  const int key = arguments.Int();
  MPI_Comm part = MPI_COMM_NULL;
  if (!arguments.ok() ||
      !Check(info.Env(), "MPI_Comm_split", MPI_Comm_split(comm, color, key, &part))) {
    return info.Env().Undefined();
  }
  return FromSplit(info.Env(), part);
}

// (comm, key): the ranks that can share memory. MPI has no non-blocking form of this call.
Napi::Value CommSplitShared(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const int key = arguments.Int();
  MPI_Comm part = MPI_COMM_NULL;
  if (!arguments.ok() ||
      !Check(info.Env(), "MPI_Comm_split_type",
             MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, key, MPI_INFO_NULL, &part))) {
    return info.Env().Undefined();
  }
  return FromSplit(info.Env(), part);
}

Napi::Value CommFree(const Info& info) {
  Arguments arguments(info);
  arguments.Comm();
  if (arguments.ok()) Check(info.Env(), "MPI_Comm_free", MPI_Comm_free(CommSlot(info[0])));
  return info.Env().Undefined();
}

}  // namespace

std::span<const Export> CommunicatorCalls() {
  static constexpr Export kCalls[] = {
      {"commWorld", CommWorld}, {"commRank", CommRank},   {"commSize", CommSize},
      {"commIdup", CommIdup},   {"commSplit", CommSplit}, {"commSplitShared", CommSplitShared},
      {"commFree", CommFree},
  };
  return kCalls;
}

}  // namespace mpicount
