// The MPI library for JavaScript: registers the functions of all chapters.
#include <mpi.h>
#include <napi.h>

#include "chapters.h"

namespace mpicount {
namespace {

Napi::Object Load(Napi::Env env, Napi::Object exports) {
  auto* state = new AddonState;
  env.SetInstanceData(state);  // freed by N-API with the environment
  state->request_class = Napi::Persistent(Request::Define(env));
  for (const auto& calls :
       {EnvironmentCalls(), CommunicatorCalls(), PointToPointCalls(), CollectiveCalls()}) {
    for (const Export& entry : calls) {
      exports.Set(entry.name, Napi::Function::New(env, entry.function, entry.name));
    }
  }
  exports.Set("version", MPICOUNT_VERSION);
  return exports;
}

}  // namespace
}  // namespace mpicount

static Napi::Object LoadAddon(Napi::Env env, Napi::Object exports) {
  return mpicount::Load(env, exports);
}

NODE_API_MODULE(mpi, LoadAddon)
