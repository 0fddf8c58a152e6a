#include "list_worker.h"

#include <cstring>
#include <utility>

namespace mpicount {

ListWorker::ListWorker(Napi::Env env, std::string path)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      path_(std::move(path)) {}

void ListWorker::Execute() { listing_ = ListFolder(path_); }

void ListWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  if (listing_.error != 0) {
    const Napi::Error error = Napi::Error::New(Env(), std::strerror(listing_.error));
    error.Value()["errno"] = Napi::Number::New(Env(), -listing_.error);
    return deferred_.Reject(error.Value());
  }
  const std::string& entries = listing_.entries;
  deferred_.Resolve(Napi::Buffer<char>::Copy(Env(), entries.data(), entries.size()));
}

}  // namespace mpicount
