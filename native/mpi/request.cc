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
  env.GetInstanceData<AddonState>()->pending.insert(self);
  return object;
}

size_t Request::CountPending(Napi::Env env) {
  const auto& pending = env.GetInstanceData<AddonState>()->pending;
  const std::vector<Request*> all(pending.begin(), pending.end());
  for (Request* request : all) {
    const Napi::HandleScope scope(env);
    int return_code = MPI_SUCCESS;
    request->IsDone(env, return_code);  // what fails is done, too, and nobody asks how it went
  }
  return pending.size();
}

bool Request::IsDone(Napi::Env env, int& return_code) {
  if (request_ == MPI_REQUEST_NULL) return true;
  int done = 0;
  return_code = MPI_Test(&request_, &done, &status_);
  // After an error MPI has given the request up, too.
  if (done == 0 && return_code == MPI_SUCCESS) return false;
  request_ = MPI_REQUEST_NULL;
  kept_.clear();
  env.GetInstanceData<AddonState>()->pending.erase(this);
  Unref();
  return true;
}

Napi::Value Request::Test(const Napi::CallbackInfo& info) {
  int return_code = MPI_SUCCESS;
  const bool done = IsDone(info.Env(), return_code);
  if (!Check(info.Env(), "MPI_Test", return_code)) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), done);
}

// Meaningful for a receive that is done.
Napi::Value Request::Status(const Napi::CallbackInfo& info) {
  return FromStatus(info.Env(), status_);
}

}  // namespace mpicount
