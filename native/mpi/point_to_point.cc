#include "arguments.h"
#include "chapters.h"

namespace mpicount {
namespace {

using Info = Napi::CallbackInfo;

// (comm, buffer, rank, tag)
Napi::Value Isend(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer buffer = arguments.Array();
  const int rank = arguments.Int();
  const int tag = arguments.Int();
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Isend",
                      [&](MPI_Request* request) {
                        return MPI_Isend(buffer.data, buffer.count, buffer.type, rank, tag, comm,
                                         request);
                      },
                      {info[1]});
}

// (comm, buffer, rank or 'any', tag or 'any')
Napi::Value Irecv(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer buffer = arguments.Array();
  const int source = arguments.Source();
  const int tag = arguments.Tag();
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Irecv",
                      [&](MPI_Request* request) {
                        return MPI_Irecv(buffer.data, buffer.count, buffer.type, source, tag, comm,
                                         request);
                      },
                      {info[1]});
}

// (comm, rank or 'any', tag or 'any') => { source, tag, bytes } of a message that can be received,
// or null.
Napi::Value Iprobe(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const int source = arguments.Source();
  const int tag = arguments.Tag();
  int found = 0;
  MPI_Status status;
  if (!arguments.ok() ||
      !Check(info.Env(), "MPI_Iprobe", MPI_Iprobe(source, tag, comm, &found, &status))) {
    return info.Env().Undefined();
  }
  return found != 0 ? FromStatus(info.Env(), status) : info.Env().Null();
}

}  // namespace

std::span<const Export> PointToPointCalls() {
  static constexpr Export kCalls[] = {{"isend", Isend}, {"irecv", Irecv}, {"iprobe", Iprobe}};
  return kCalls;
}

}  // namespace mpicount
