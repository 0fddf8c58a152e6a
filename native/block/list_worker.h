// Lists a folder on a worker thread, for a promise.
#pragma once

#include <napi.h>

#include <string>

#include "../files/folder.h"

namespace mpicount {

// Execute() runs on a worker thread and must not call N-API.
class ListWorker : public Napi::AsyncWorker {
 public:
  ListWorker(Napi::Env env, std::string path);

  // Returns the promise of the entries as a Buffer. It is rejected with an Error that has `errno`,
  // negative as those of Node.
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override;
  void OnOK() override;

 private:
  Napi::Promise::Deferred deferred_;
  std::string path_;
  Listing listing_;
};

}  // namespace mpicount
