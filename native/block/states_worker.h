// Looks at files on a worker thread, for a promise.
#pragma once

#include <napi.h>

#include "../files/file_states.h"

namespace mpicount {

// Execute() runs on a worker thread and must not call N-API.
class StatesWorker : public Napi::AsyncWorker {
 public:
  StatesWorker(Napi::Env env, Paths paths, bool to_read);

  // Returns the promise of { sizes, modified, inodes, isCountable }.
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override;
  void OnOK() override;

 private:
  Napi::Promise::Deferred deferred_;
  Paths paths_;
  bool to_read_;
  FileStates states_;
};

}  // namespace mpicount
