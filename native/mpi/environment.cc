#include <cstdlib>

#include "arguments.h"
#include "chapters.h"
#include "exit.h"
#include "request.h"
#include "tcp_no_delay.h"

namespace mpicount {
namespace {

using Info = Napi::CallbackInfo;

Napi::Value SetErrorClass(const Info& info) {
  info.Env().GetInstanceData<AddonState>()->error_class =
      Napi::Persistent(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value Init(const Info& info) {
  PrepareExit();
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

Napi::Value CountPending(const Info& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(Request::CountPending(info.Env())));
}

Napi::Value Finalize(const Info& info) {
  DisableNagle();
  Check(info.Env(), "MPI_Finalize", MPI_Finalize());
  return info.Env().Undefined();
}

// (comm, status)
Napi::Value Abort(const Info& info) {
  Arguments arguments(info);
  const MPI_Comm comm = arguments.Comm();
  const int status = arguments.Int();
  if (!arguments.ok()) return info.Env().Undefined();
  SetExitStatus(status);  // some MPIs call exit()
  Check(info.Env(), "MPI_Abort", MPI_Abort(comm, status));
  return info.Env().Undefined();
}

// (status): ends this process, after MPI_Finalize.
Napi::Value Exit(const Info& info) {
  Arguments arguments(info);
  const int status = arguments.Int();
  if (!arguments.ok()) return info.Env().Undefined();
  SetExitStatus(status);
  std::exit(status);
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

}  // namespace

std::span<const Export> EnvironmentCalls() {
  static constexpr Export kCalls[] = {
      {"setErrorClass", SetErrorClass},
      {"init", Init},
      {"countPending", CountPending},
      {"finalize", Finalize},
      {"abort", Abort},
      {"exit", Exit},
      {"getProcessorName", GetProcessorName},
      {"getLibraryVersion", GetLibraryVersion},
  };
  return kCalls;
}

}  // namespace mpicount
