#include "check.h"

#include <mpi.h>

#include <string>

namespace mpicount {
namespace {

struct NamedClass {
  int value;
  const char* name;
};

// Raw codes differ between MPIs, and even between ranks of one job; the class behind them has a
// standard name.
#define MPICOUNT_CLASS(name) \
  NamedClass { name, #name }
const NamedClass kClasses[] = {
    MPICOUNT_CLASS(MPI_ERR_BUFFER),   MPICOUNT_CLASS(MPI_ERR_COUNT),
    MPICOUNT_CLASS(MPI_ERR_TYPE),     MPICOUNT_CLASS(MPI_ERR_TAG),
    MPICOUNT_CLASS(MPI_ERR_COMM),     MPICOUNT_CLASS(MPI_ERR_RANK),
    MPICOUNT_CLASS(MPI_ERR_REQUEST),  MPICOUNT_CLASS(MPI_ERR_ROOT),
    MPICOUNT_CLASS(MPI_ERR_GROUP),    MPICOUNT_CLASS(MPI_ERR_OP),
    MPICOUNT_CLASS(MPI_ERR_TOPOLOGY), MPICOUNT_CLASS(MPI_ERR_DIMS),
    MPICOUNT_CLASS(MPI_ERR_ARG),      MPICOUNT_CLASS(MPI_ERR_UNKNOWN),
    MPICOUNT_CLASS(MPI_ERR_TRUNCATE), MPICOUNT_CLASS(MPI_ERR_OTHER),
    MPICOUNT_CLASS(MPI_ERR_INTERN),   MPICOUNT_CLASS(MPI_ERR_IN_STATUS),
    MPICOUNT_CLASS(MPI_ERR_PENDING),  MPICOUNT_CLASS(MPI_ERR_NO_MEM),
    MPICOUNT_CLASS(MPI_ERR_KEYVAL),   MPICOUNT_CLASS(MPI_ERR_SPAWN),
};
#undef MPICOUNT_CLASS

std::string ClassName(int return_code) {
  int error_class = MPI_ERR_UNKNOWN;
  MPI_Error_class(return_code, &error_class);
  for (const NamedClass& known : kClasses) {
    if (known.value == error_class) return known.name;
  }
  return "MPI_ERR_CLASS_" + std::to_string(error_class);
}

std::string ErrorText(int return_code) {
  char text[MPI_MAX_ERROR_STRING + 1] = {};
  int length = 0;
  MPI_Error_string(return_code, text, &length);
  return std::string(text, static_cast<size_t>(length));
}

}  // namespace

bool Check(Napi::Env env, const char* call, int return_code) {
  if (return_code == MPI_SUCCESS) return true;
  const std::string code = ClassName(return_code);
  const std::string text = ErrorText(return_code);
  const AddonState* state = env.GetInstanceData<AddonState>();
  if (state->error_class.IsEmpty()) {
    Napi::Error::New(env, std::string(call) + ": " + code + ": " + text)
        .ThrowAsJavaScriptException();
    return false;
  }
  const Napi::Object error = state->error_class.New(
      {Napi::String::New(env, call), Napi::String::New(env, code), Napi::String::New(env, text)});
  if (!env.IsExceptionPending()) Napi::Error(env, error).ThrowAsJavaScriptException();
  return false;
}

}  // namespace mpicount
