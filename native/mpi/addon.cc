// The MPI library for JavaScript: one function per MPI call, in the order of life of a program. No
// policy here: what to call when, and what an error means, is decided in src/mpi/.
#include <mpi.h>
#include <napi.h>

#include <algorithm>
#include <string>

#include "arguments.h"
#include "check.h"
#include "request.h"
#include "send_at_once.h"

namespace mpicount {
namespace {

using Info = Napi::CallbackInfo;

Napi::Value SetErrorClass(const Info& info) {
  info.Env().GetInstanceData<AddonState>()->error_class =
      Napi::Persistent(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value Init(const Info& info) {
  int provided = 0;
  if (!Check(info.Env(), "MPI_Init_thread",
             MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided)) ||
      !Check(info.Env(), "MPI_Comm_set_errhandler",
             MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN)) ||
      !Check(info.Env(), "MPI_Comm_set_errhandler",
             MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN))) {
    return info.Env().Undefined();
  }
  return Napi::Boolean::New(info.Env(), provided >= MPI_THREAD_FUNNELED);
}

Napi::Value Finalize(const Info& info) {
  SendAtOnce();
  Check(info.Env(), "MPI_Finalize", MPI_Finalize());
  return info.Env().Undefined();
}

Napi::Value Abort(const Info& info) {
  const auto comm = ToComm(info[0]);
  const auto status = ToInt(info[1]);
  if (comm && status) Check(info.Env(), "MPI_Abort", MPI_Abort(*comm, *status));
  return info.Env().Undefined();
}

Napi::Value CommWorld(const Info& info) { return FromComm(info.Env(), MPI_COMM_WORLD); }

Napi::Value CommRank(const Info& info) {
  const auto comm = ToComm(info[0]);
  int rank = 0;
  if (!comm || !Check(info.Env(), "MPI_Comm_rank", MPI_Comm_rank(*comm, &rank))) {
    return info.Env().Undefined();
  }
  return Napi::Number::New(info.Env(), rank);
}

Napi::Value CommSize(const Info& info) {
  const auto comm = ToComm(info[0]);
  int size = 0;
  if (!comm || !Check(info.Env(), "MPI_Comm_size", MPI_Comm_size(*comm, &size))) {
    return info.Env().Undefined();
  }
  return Napi::Number::New(info.Env(), size);
}

// Gives { comm, request }: the communicator may be used once the request is done.
Napi::Value CommIdup(const Info& info) {
  const Napi::Env env = info.Env();
  const auto comm = ToComm(info[0]);
  if (!comm) return env.Undefined();
  const Napi::Value duplicate = FromComm(env, MPI_COMM_NULL);
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(env, "MPI_Comm_idup", MPI_Comm_idup(*comm, CommSlot(duplicate), &request))) {
    return env.Undefined();
  }
  Napi::Object result = Napi::Object::New(env);
  result["comm"] = duplicate;
  result["request"] = Request::Track(env, request, {duplicate});
  return result;
}

Napi::Value CommFree(const Info& info) {
  if (ToComm(info[0])) {
    Check(info.Env(), "MPI_Comm_free", MPI_Comm_free(CommSlot(info[0])));
  }
  return info.Env().Undefined();
}

Napi::Value GetProcessorName(const Info& info) {
  char name[MPI_MAX_PROCESSOR_NAME + 1] = {};
  int length = 0;
  if (!Check(info.Env(), "MPI_Get_processor_name", MPI_Get_processor_name(name, &length))) {
    return info.Env().Undefined();
  }
  return Napi::String::New(info.Env(), name);
}

Napi::Value GetLibraryVersion(const Info& info) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING + 1] = {};
  int length = 0;
  if (!Check(info.Env(), "MPI_Get_library_version", MPI_Get_library_version(text, &length))) {
    return info.Env().Undefined();
  }
  return Napi::String::New(info.Env(), text);
}

Napi::Value Ibarrier(const Info& info) {
  const auto comm = ToComm(info[0]);
  if (!comm) return info.Env().Undefined();
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Ibarrier", MPI_Ibarrier(*comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {});
}

// (comm, buffer, root)
Napi::Value Ibcast(const Info& info) {
  const auto comm = ToComm(info[0]);
  if (!comm) return info.Env().Undefined();
  const auto buffer = ToBuffer(info[1]);
  if (!buffer) return info.Env().Undefined();
  const auto root = ToInt(info[2]);
  if (!root) return info.Env().Undefined();
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Ibcast",
             MPI_Ibcast(buffer->data, buffer->count, buffer->type, *root, *comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {info[1]});
}

// What sending and receiving have in common: the arguments (comm, buffer, rank, tag).
template <typename Call>
Napi::Value PointToPoint(const Info& info, const char* name, Call call) {
  const auto comm = ToComm(info[0]);
  if (!comm) return info.Env().Undefined();
  const auto buffer = ToBuffer(info[1]);
  if (!buffer) return info.Env().Undefined();
  const auto rank = ToInt(info[2]);
  if (!rank) return info.Env().Undefined();
  const auto tag = ToInt(info[3]);
  if (!tag) return info.Env().Undefined();
  MPI_Request request = MPI_REQUEST_NULL;
  const int return_code =
      call(buffer->data, buffer->count, buffer->type, *rank, *tag, *comm, &request);
  if (!Check(info.Env(), name, return_code)) return info.Env().Undefined();
  return Request::Track(info.Env(), request, {info[1]});
}

Napi::Value Isend(const Info& info) { return PointToPoint(info, "MPI_Isend", MPI_Isend); }

Napi::Value Irecv(const Info& info) { return PointToPoint(info, "MPI_Irecv", MPI_Irecv); }

// (comm, tag): the rank of which a message with this tag is there to be received, or -1.
Napi::Value Iprobe(const Info& info) {
  const auto comm = ToComm(info[0]);
  if (!comm) return info.Env().Undefined();
  const auto tag = ToInt(info[1]);
  if (!tag) return info.Env().Undefined();
  int there = 0;
  MPI_Status status;
  if (!Check(info.Env(), "MPI_Iprobe", MPI_Iprobe(MPI_ANY_SOURCE, *tag, *comm, &there, &status))) {
    return info.Env().Undefined();
  }
  return Napi::Number::New(info.Env(), there != 0 ? status.MPI_SOURCE : -1);
}

struct Pair {
  MPI_Comm comm;
  Buffer send;
  Buffer receive;
};

// The arguments (comm, send, receive, ...) that gather and the reductions share. MPI would write
// past the end of a receive buffer that is too short, so its length is checked here: `elements` for
// each one sent.
std::optional<Pair> ToPair(const Info& info, bool gathers) {
  const auto comm = ToComm(info[0]);
  if (!comm) return std::nullopt;
  const auto send = ToBuffer(info[1]);
  if (!send) return std::nullopt;
  const auto receive = ToBufferOrNull(info[2]);
  if (!receive) return std::nullopt;
  if (!info[2].IsNull()) {
    int size = 1;
    if (gathers && !Check(info.Env(), "MPI_Comm_size", MPI_Comm_size(*comm, &size)))
      return std::nullopt;
    if (receive->type != send->type ||
        static_cast<int64_t>(receive->count) != static_cast<int64_t>(send->count) * size) {
      Napi::TypeError::New(info.Env(), "the receive buffer does not fit the send buffer")
          .ThrowAsJavaScriptException();
      return std::nullopt;
    }
  }
  return Pair{*comm, *send, *receive};
}

// True when this rank is `root` and so needs a receive buffer; a missing one leaves a TypeError
// pending.
bool RootHasBuffer(const Info& info, const Pair& pair, int root) {
  int rank = 0;
  if (!Check(info.Env(), "MPI_Comm_rank", MPI_Comm_rank(pair.comm, &rank))) return false;
  if (rank != root || !info[2].IsNull()) return true;
  Napi::TypeError::New(info.Env(), "the root needs a receive buffer").ThrowAsJavaScriptException();
  return false;
}

// (comm, send, receive or null, root): the root receives `size` times what each rank sends, in the
// order of ranks.
Napi::Value Igather(const Info& info) {
  const auto pair = ToPair(info, true);
  if (!pair) return info.Env().Undefined();
  const auto root = ToInt(info[3]);
  if (!root || !RootHasBuffer(info, *pair, *root)) return info.Env().Undefined();
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Igather",
             MPI_Igather(pair->send.data, pair->send.count, pair->send.type, pair->receive.data,
                         pair->send.count, pair->send.type, *root, pair->comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {info[1], info[2]});
}

// True when `counts` and `places` name a part of `send` for each rank, and `receive` has room for
// this rank's; else a TypeError is pending.
bool NamesParts(const Info& info, MPI_Comm comm, int rank, const Buffer& send, const Buffer& counts,
                const Buffer& places, const Buffer& receive) {
  int size = 0;
  if (!Check(info.Env(), "MPI_Comm_size", MPI_Comm_size(comm, &size))) return false;
  bool fits = send.type == receive.type && counts.type == MPI_INT32_T &&
              places.type == MPI_INT32_T && counts.count == size && places.count == size;
  for (int to = 0; fits && to < size; ++to) {
    const int64_t count = static_cast<const int32_t*>(counts.data)[to];
    const int64_t place = static_cast<const int32_t*>(places.data)[to];
    fits = count >= 0 && place >= 0 && place + count <= send.count &&
           (to != rank || count == receive.count);
  }
  if (!fits) {
    Napi::TypeError::New(info.Env(), "the send buffer has no such part for each rank")
        .ThrowAsJavaScriptException();
  }
  return fits;
}

// (comm, send, counts, places, receive, root): the root sends a part of `send` to each rank; the
// first three buffers are null elsewhere.
Napi::Value Iscatterv(const Info& info) {
  const auto comm = ToComm(info[0]);
  if (!comm) return info.Env().Undefined();
  const auto send = ToBufferOrNull(info[1]);
  if (!send) return info.Env().Undefined();
  const auto counts = ToBufferOrNull(info[2]);
  if (!counts) return info.Env().Undefined();
  const auto places = ToBufferOrNull(info[3]);
  if (!places) return info.Env().Undefined();
  const auto receive = ToBuffer(info[4]);
  if (!receive) return info.Env().Undefined();
  const auto root = ToInt(info[5]);
  int rank = 0;
  if (!root || !Check(info.Env(), "MPI_Comm_rank", MPI_Comm_rank(*comm, &rank)) ||
      (rank == *root && !NamesParts(info, *comm, rank, *send, *counts, *places, *receive))) {
    return info.Env().Undefined();
  }
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Iscatterv",
             MPI_Iscatterv(send->data, static_cast<const int*>(counts->data),
                           static_cast<const int*>(places->data), receive->type, receive->data,
                           receive->count, receive->type, *root, *comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {info[1], info[2], info[3], info[4]});
}

// (comm, send, receive or null, op, root)
Napi::Value Ireduce(const Info& info) {
  const auto pair = ToPair(info, false);
  if (!pair) return info.Env().Undefined();
  const auto op = ToOp(info[3]);
  if (!op) return info.Env().Undefined();
  const auto root = ToInt(info[4]);
  if (!root || !RootHasBuffer(info, *pair, *root)) return info.Env().Undefined();
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Ireduce",
             MPI_Ireduce(pair->send.data, pair->receive.data, pair->send.count, pair->send.type,
                         *op, *root, pair->comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {info[1], info[2]});
}

// (comm, send, receive, op)
Napi::Value Iallreduce(const Info& info) {
  const auto pair = ToPair(info, false);
  if (!pair) return info.Env().Undefined();
  const auto op = ToOp(info[3]);
  if (!op) return info.Env().Undefined();
  if (info[2].IsNull()) {
    Napi::TypeError::New(info.Env(), "every rank needs a receive buffer")
        .ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), "MPI_Iallreduce",
             MPI_Iallreduce(pair->send.data, pair->receive.data, pair->send.count, pair->send.type,
                            *op, pair->comm, &request))) {
    return info.Env().Undefined();
  }
  return Request::Track(info.Env(), request, {info[1], info[2]});
}

Napi::Object Load(Napi::Env env, Napi::Object exports) {
  auto* state = new AddonState;
  env.SetInstanceData(state);  // freed by N-API with the environment
  state->request_class = Napi::Persistent(Request::Define(env));

  struct Export {
    const char* name;
    Napi::Value (*function)(const Info&);
  };
  const Export functions[] = {
      {"setErrorClass", SetErrorClass},
      {"init", Init},
      {"finalize", Finalize},
      {"abort", Abort},
      {"commWorld", CommWorld},
      {"commRank", CommRank},
      {"commSize", CommSize},
      {"commIdup", CommIdup},
      {"commFree", CommFree},
      {"getProcessorName", GetProcessorName},
      {"getLibraryVersion", GetLibraryVersion},
      {"ibarrier", Ibarrier},
      {"ibcast", Ibcast},
      {"isend", Isend},
      {"irecv", Irecv},
      {"iprobe", Iprobe},
      {"igather", Igather},
      {"iscatterv", Iscatterv},
      {"ireduce", Ireduce},
      {"iallreduce", Iallreduce},
  };
  for (const Export& entry : functions) {
    exports.Set(entry.name, Napi::Function::New(env, entry.function, entry.name));
  }
  return exports;
}

}  // namespace
}  // namespace mpicount

static Napi::Object LoadAddon(Napi::Env env, Napi::Object exports) {
  return mpicount::Load(env, exports);
}

NODE_API_MODULE(mpi, LoadAddon)
