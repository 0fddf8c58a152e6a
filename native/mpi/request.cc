#include "request.h"

#include "check.h"

namespace mpicount {

Napi::Value FromStatus(Napi::Env env, const MPI_Status& status) {
  // In 64 bits: MPI_Get_count could not tell the bytes of 2^31-1 numbers.
  MPI_Count bytes = 0;
  if (!Check(env, "MPI_Get_elements_x", MPI_Get_elements_x(&status, MPI_BYTE, &bytes))) {
    return env.Undefined();
  }
  Napi::Object result = Napi::Object::New(env);
  result["source"] = Napi::Number::New(env, status.MPI_SOURCE);
  result["tag"] = Napi::Number::New(env, status.MPI_TAG);
  result["bytes"] = Napi::Number::New(env, static_cast<double>(bytes));
  return result;
}

Napi::Function Request::Define(Napi::Env env) {
  return DefineClass(
      env, "Request",
      {InstanceMethod<&Request::Test>("test"), InstanceMethod<&Request::Status>("status")});
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
  const int return_code = MPI_Test(&request_, &done, &status_);
  // After an error MPI has given the request up, too.
  if (done != 0 || return_code != MPI_SUCCESS) {
    request_ = MPI_REQUEST_NULL;
    kept_.clear();
    Unref();
  }
  if (!Check(info.Env(), "MPI_Test", return_code)) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), done != 0);
}

// Meaningful for a receive that is done.
Napi::Value Request::Status(const Napi::CallbackInfo& info) {
  return FromStatus(info.Env(), status_);
}

}  // namespace mpicount
