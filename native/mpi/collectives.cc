#include "arguments.h"
#include "chapters.h"

namespace mpicount {
namespace {

using Info = Napi::CallbackInfo;

constexpr const char* kRootHasNoRoom = "the root needs a receive buffer";
constexpr const char* kNoRoom = "every rank needs a receive buffer";
constexpr const char* kNoPartToSend = "the send buffer has no such part for each rank";
constexpr const char* kNoPartToReceive = "the receive buffer has no such part for each rank";

// Requires that `receive`, if this rank has one, holds `parts` times as many elements as `send`:
// MPI would write past the end of a buffer that is too short.
void RequireRoom(Arguments& arguments, const Buffer& send, const Buffer& receive, int parts) {
  arguments.Require(receive.type == MPI_DATATYPE_NULL ||
                        (receive.type == send.type &&
                         static_cast<int64_t>(receive.count) == int64_t{send.count} * parts),
                    "the receive buffer does not fit the send buffer");
}

void RequireAtRoot(Arguments& arguments, MPI_Comm comm, int root, const Buffer& receive) {
  const int rank = arguments.RankOf(comm);
  arguments.Require(rank != root || receive.type != MPI_DATATYPE_NULL, kRootHasNoRoom);
}

Napi::Value Ibarrier(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Ibarrier",
                      [&](MPI_Request* request) { return MPI_Ibarrier(comm, request); }, {});
}

// (comm, buffer, root)
Napi::Value Ibcast(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer buffer = arguments.Array();
  const int root = arguments.Int();
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Ibcast",
                      [&](MPI_Request* request) {
                        return MPI_Ibcast(buffer.data, buffer.count, buffer.type, root, comm,
                                          request);
                      },
                      {info[1]});
}

// (comm, send, receive or null, root): the root receives `size` times what each rank sends, in the
// order of ranks.
Napi::Value Igather(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Buffer receive = arguments.ArrayOrNull();
  RequireRoom(arguments, send, receive, arguments.SizeOf(comm));
  const int root = arguments.Int();
  RequireAtRoot(arguments, comm, root, receive);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Igather",
                      [&](MPI_Request* request) {
                        return MPI_Igather(send.data, send.count, send.type, receive.data,
                                           send.count, send.type, root, comm, request);
                      },
                      {info[1], info[2]});
}

// (comm, send, receive, counts, displacements, root): the root receives a part from each rank; the
// three arrays of the root are null elsewhere.
Napi::Value Igatherv(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Parts receive = arguments.ArrayParts();
  const int root = arguments.Int();
  const int rank = arguments.RankOf(comm);
  if (rank == root) arguments.RequireParts(receive, comm, rank, send, kNoPartToReceive);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Igatherv",
                      [&](MPI_Request* request) {
                        return MPI_Igatherv(send.data, send.count, send.type, receive.buffer.data,
                                            receive.count_data(), receive.displacement_data(),
                                            send.type, root, comm, request);
                      },
                      {info[1], info[2], info[3], info[4]});
}

// (comm, send, counts, displacements, receive, root): the root sends a part of `send` to each rank;
// the three arrays of the root are null elsewhere.
Napi::Value Iscatterv(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Parts send = arguments.ArrayParts();
  const Buffer receive = arguments.Array();
  const int root = arguments.Int();
  const int rank = arguments.RankOf(comm);
  if (rank == root) arguments.RequireParts(send, comm, rank, receive, kNoPartToSend);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Iscatterv",
                      [&](MPI_Request* request) {
                        return MPI_Iscatterv(send.buffer.data, send.count_data(),
                                             send.displacement_data(), receive.type, receive.data,
                                             receive.count, receive.type, root, comm, request);
                      },
                      {info[1], info[2], info[3], info[4]});
}

// (comm, send, receive): every rank receives what each one sends, in the order of ranks.
Napi::Value Iallgather(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Buffer receive = arguments.Array();
  RequireRoom(arguments, send, receive, arguments.SizeOf(comm));
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Iallgather",
                      [&](MPI_Request* request) {
                        return MPI_Iallgather(send.data, send.count, send.type, receive.data,
                                              send.count, send.type, comm, request);
                      },
                      {info[1], info[2]});
}

// (comm, send, receive, counts, displacements): every rank receives a part from each one.
Napi::Value Iallgatherv(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Parts receive = arguments.ArrayParts();
  arguments.RequireParts(receive, comm, arguments.RankOf(comm), send, kNoPartToReceive);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Iallgatherv",
                      [&](MPI_Request* request) {
                        return MPI_Iallgatherv(send.data, send.count, send.type,
                                               receive.buffer.data, receive.count_data(),
                                               receive.displacement_data(), send.type, comm,
                                               request);
                      },
                      {info[1], info[2], info[3], info[4]});
}

// (comm, send, receive): both hold one equally long part for each rank.
Napi::Value Ialltoall(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Buffer receive = arguments.Array();
  const int size = arguments.SizeOf(comm);
  RequireRoom(arguments, send, receive, 1);
  arguments.Require(!arguments.ok() || send.count % size == 0, kNoPartToSend);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Ialltoall",
                      [&](MPI_Request* request) {
                        return MPI_Ialltoall(send.data, send.count / size, send.type, receive.data,
                                             receive.count / size, receive.type, comm, request);
                      },
                      {info[1], info[2]});
}

// (comm, send, counts, displacements, receive, counts, displacements): a part to each rank, and a
// part from each.
Napi::Value Ialltoallv(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Parts send = arguments.ArrayParts();
  const Parts receive = arguments.ArrayParts();
  const int rank = arguments.RankOf(comm);
  // What a rank sends to itself is as long as what it receives from itself.
  Buffer own{nullptr, 0, receive.buffer.type};
  if (arguments.ok() && send.counts.type == MPI_INT32_T && rank < send.counts.count) {
    own.count = send.count_data()[rank];
  }
  arguments.RequireParts(send, comm, rank, own, kNoPartToSend);
  arguments.RequireParts(receive, comm, rank, own, kNoPartToReceive);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Ialltoallv",
                      [&](MPI_Request* request) {
                        return MPI_Ialltoallv(
                            send.buffer.data, send.count_data(), send.displacement_data(),
                            send.buffer.type, receive.buffer.data, receive.count_data(),
                            receive.displacement_data(), receive.buffer.type, comm, request);
                      },
                      {info[1], info[2], info[3], info[4], info[5], info[6]});
}

// (comm, send, receive or null, op, root)
Napi::Value Ireduce(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Buffer receive = arguments.ArrayOrNull();
  RequireRoom(arguments, send, receive, 1);
  const MPI_Op op = arguments.Op();
  const int root = arguments.Int();
  RequireAtRoot(arguments, comm, root, receive);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, "MPI_Ireduce",
                      [&](MPI_Request* request) {
                        return MPI_Ireduce(send.data, receive.data, send.count, send.type, op, root,
                                           comm, request);
                      },
                      {info[1], info[2]});
}

using ReduceCall = int (*)(const void*, void*, int, MPI_Datatype, MPI_Op, MPI_Comm, MPI_Request*);

// (comm, send, receive, op), for the reductions of which every rank gets a result.
Napi::Value ReduceEverywhere(const Info& info, const char* name, ReduceCall call) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const Buffer send = arguments.Array();
  const Buffer receive = arguments.ArrayOrNull();
  RequireRoom(arguments, send, receive, 1);
  const MPI_Op op = arguments.Op();
  arguments.Require(receive.type != MPI_DATATYPE_NULL, kNoRoom);
  if (!arguments.ok()) return info.Env().Undefined();
  return StartRequest(info, name,
                      [&](MPI_Request* request) {
                        return call(send.data, receive.data, send.count, send.type, op, comm,
                                    request);
                      },
                      {info[1], info[2]});
}

Napi::Value Iallreduce(const Info& info) {
  return ReduceEverywhere(info, "MPI_Iallreduce", MPI_Iallreduce);
}

Napi::Value Iscan(const Info& info) { return ReduceEverywhere(info, "MPI_Iscan", MPI_Iscan); }

Napi::Value Iexscan(const Info& info) { return ReduceEverywhere(info, "MPI_Iexscan", MPI_Iexscan); }

}  // namespace

std::span<const Export> CollectiveCalls() {
  static constexpr Export kCalls[] = {
      {"ibarrier", Ibarrier},       {"ibcast", Ibcast},         {"igather", Igather},
      {"igatherv", Igatherv},       {"iscatterv", Iscatterv},   {"iallgather", Iallgather},
      {"iallgatherv", Iallgatherv}, {"ialltoall", Ialltoall},   {"ialltoallv", Ialltoallv},
      {"ireduce", Ireduce},         {"iallreduce", Iallreduce}, {"iscan", Iscan},
      {"iexscan", Iexscan},
  };
  return kCalls;
}

}  // namespace mpicount
