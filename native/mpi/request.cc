#include "request.h"

#include "check.h"

namespace mpicount {

Napi::Function Request::Define(Napi::Env env) {
  return DefineClass(env, "Request", {InstanceMethod<&Request::Test>("test")});
}

Request::Request(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Request>(info) {}

Napi::Value Request::Track(Napi::Env env, MPI_Request request,
                           std::initializer_list<Napi::Value> kept) {
  const Napi::Object object = env.GetInstanceData<AddonState>()->request_class.New({});
  if (env.IsExceptionPending()) return env.Undefined();
  Request* self = Unwrap(object);
  self->request_ = request;
  for (const Napi::Value& value : kept) {
    if (value.IsObject()) self->kept_.push_back(Napi::Persistent(value.As<Napi::Object>()));
  }
  self->Ref();
  return object;
}

Napi::Value Request::Test(const Napi::CallbackInfo& info) {
  if (request_ == MPI_REQUEST_NULL) return Napi::Boolean::New(info.Env(), true);
  int done = 0;
  const int return_code = MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
  // After an error MPI has given the request up, too.
  if (done != 0 || return_code != MPI_SUCCESS) {
    request_ = MPI_REQUEST_NULL;
    kept_.clear();
    Unref();
  }
  if (!Check(info.Env(), "MPI_Test", return_code)) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), done != 0);
}

}  // namespace mpicount
