// Compiles a kernel that searches for patterns on a worker thread, for a promise.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "../kernel/kernel.h"
#include "../match/pattern_folder.h"
#include "../match/patterns.h"
#include "shared_patterns.h"

namespace mpicount {

// Execute() runs on a worker thread and must not call N-API.
class CompileWorker : public Napi::AsyncWorker {
 public:
  using Make = std::function<std::unique_ptr<const Kernel>(std::unique_ptr<const PatternSet>)>;

  // `patterns` are { bytes, ends }, none of them empty, and `options` { foldClasses, overlapping,
  // wordRanges, share, shared }: see NativeOptions in src/scan/native.ts. `make` must not call
  // N-API.
  CompileWorker(const Napi::Object& patterns, const Napi::Object& options, Make make);

  // Returns the promise of { kernel, distinct, indices, shared }: the number of different patterns,
  // for each pattern the index of its counters, or undefined if all differ, and where the patterns
  // are shared, or undefined if they are not.
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override;
  void OnOK() override;

 private:
  CompiledPatterns Compile() const;

  Napi::Promise::Deferred deferred_;
  // The arrays must live as long as the worker, which reads them where they are.
  Napi::Reference<Napi::Uint8Array> bytes_;
  Napi::Reference<Napi::Uint32Array> ends_;
  ByteStrings patterns_;
  std::vector<uint32_t> fold_classes_;
  PatternOptions options_{};
  bool share_;
  std::optional<SharedPatterns> shared_;
  Make make_;
  size_t distinct_ = 0;
  std::vector<uint32_t> indices_;
  std::unique_ptr<const Kernel> kernel_;
};

}  // namespace mpicount
