// The one funnel through which every MPI return code goes.
#pragma once

#include <napi.h>

#include <unordered_set>

namespace mpicount {

class Request;

// What this addon keeps for one JavaScript environment.
struct AddonState {
  Napi::FunctionReference
      error_class;  // MpiError, made in JavaScript, so that instanceof works there
  Napi::FunctionReference request_class;
  std::unordered_set<Request*> pending;  // operations that MPI has not said to be done
};

// True on success. Otherwise a MpiError(call, code, text) is pending in JavaScript and the caller
// returns at once.
bool Check(Napi::Env env, const char* call, int return_code);

}  // namespace mpicount
