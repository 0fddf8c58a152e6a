#include "compile_worker.h"

#include <utility>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "addon_values.h"
#include "compile.h"

namespace mpicount {
namespace {

// With a long list, memory goes back to the system when it is not used: what the list took while it
// was compiled, and what a range takes, of which each thread would keep the most that it ever took.
void GiveBackMemory(size_t patterns) {
#ifdef __GLIBC__
  // A shorter list takes so little memory that giving it back is not worth a call.
  if (patterns < 100'000) return;
  malloc_trim(0);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#else
  static_cast<void>(patterns);
#endif
}

}  // namespace

CompileWorker::CompileWorker(const Napi::Object& patterns, const Napi::Object& options, Make make)
    : Napi::AsyncWorker(patterns.Env()),
      deferred_(Napi::Promise::Deferred::New(patterns.Env())),
      make_(std::move(make)) {
  const auto bytes = patterns.Get("bytes").As<Napi::Uint8Array>();
  const auto ends = patterns.Get("ends").As<Napi::Uint32Array>();
  bytes_ = Napi::Persistent(bytes);
  ends_ = Napi::Persistent(ends);
  patterns_ = {bytes.Data(), ends.Data(), ends.ElementLength()};
  const Napi::Value classes = options.Get("foldClasses");
  search_.options.caseless = classes.IsTypedArray();
  if (search_.options.caseless) fold_classes_ = CodePointsOf(classes);
  search_.options.overlapping = options.Get("overlapping").As<Napi::Boolean>().Value();
  const Napi::Value ranges = options.Get("wordRanges");
  if (ranges.IsTypedArray()) search_.options.word.emplace(CodePointsOf(ranges));
}

void CompileWorker::Execute() {
  DistinctPatterns distinct =
      FoldAll(patterns_, search_.options.caseless ? &fold_classes_ : nullptr);
  distinct_ = distinct.patterns.size();
  indices_ = std::move(distinct.indices);
  search_.patterns = std::move(distinct.patterns);
  kernel_ = make_(std::move(search_));
  GiveBackMemory(patterns_.size);
}

void CompileWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  Napi::Object value = Napi::Object::New(Env());
  value["kernel"] = ExternalOf(Env(), std::move(kernel_));
  value["distinct"] = Napi::Number::New(Env(), static_cast<double>(distinct_));
  value["indices"] = indices_.empty() ? Env().Undefined()
                                      : Napi::Value(ArrayOf<Napi::Uint32Array>(Env(), indices_));
  deferred_.Resolve(value);
}

}  // namespace mpicount
