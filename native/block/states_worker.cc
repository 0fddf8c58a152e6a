#include "states_worker.h"

#include <utility>

#include "addon_values.h"

namespace mpicount {

StatesWorker::StatesWorker(Napi::Env env, Paths paths, bool to_read)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      paths_(std::move(paths)),
      to_read_(to_read) {}

void StatesWorker::Execute() { states_ = StatesOf(paths_, to_read_); }

void StatesWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  Napi::Object value = Napi::Object::New(Env());
  value["sizes"] = ArrayOf<Napi::Float64Array>(Env(), states_.sizes);
  value["modified"] = ArrayOf<Napi::BigInt64Array>(Env(), states_.modified);
  value["inodes"] = ArrayOf<Napi::BigUint64Array>(Env(), states_.inodes);
  value["isCountable"] = ArrayOf<Napi::Uint8Array>(Env(), states_.is_countable);
  deferred_.Resolve(value);
}

}  // namespace mpicount
