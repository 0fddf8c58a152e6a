// Counts in ranges of files on a worker thread, for a promise.
#pragma once

#include <napi.h>

#include <vector>

#include "compile.h"
#include "file_range.h"

namespace mpicount {

// Execute() runs on a worker thread and must not call N-API.
class CountWorker : public Napi::AsyncWorker {
 public:
  // Counts in the ranges one after the other. With `by_range`, each has a row of its own;
  // otherwise there is one row, their sum.
  CountWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges, bool by_range);

  // Returns the promise of { counts, readSeconds, scanSeconds, storedSize, findings }.
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override;
  void OnOK() override;

 private:
  Napi::Promise::Deferred deferred_;
  SharedContext context_;
  std::vector<FileRange> ranges_;
  bool by_range_;
  size_t done_ = 0;
  std::vector<uint64_t> counts_;
  std::vector<double> findings_;  // triples: index of the file range, kind, count
  uint64_t read_nanoseconds_ = 0;
  uint64_t scan_nanoseconds_ = 0;
  uint64_t stored_size_ = 0;
  RangeResult latest_;
};

}  // namespace mpicount
