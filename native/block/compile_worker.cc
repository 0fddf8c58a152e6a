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

// Reads { process, descriptor, size, key }, or undefined.
std::optional<SharedPatterns> SharedOf(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  const auto number = [object = value.As<Napi::Object>()](const char* name) {
    return object.Get(name).As<Napi::Number>().Int64Value();
  };
  return SharedPatterns{static_cast<int>(number("process")), static_cast<int>(number("descriptor")),
                        static_cast<uint64_t>(number("size")),
                        static_cast<uint64_t>(number("key"))};
}

Napi::Value ValueOf(Napi::Env env, const std::optional<SharedPatterns>& shared) {
  if (!shared) return env.Undefined();
  Napi::Object value = Napi::Object::New(env);
  value["process"] = shared->process;
  value["descriptor"] = shared->descriptor;
  value["size"] = Napi::Number::New(env, static_cast<double>(shared->size));
  value["key"] = Napi::Number::New(env, static_cast<double>(shared->key));
  return value;
}

}  // namespace

CompileWorker::CompileWorker(const Napi::Object& patterns, const Napi::Object& options, Make make)
    : Napi::AsyncWorker(patterns.Env()),
      deferred_(Napi::Promise::Deferred::New(patterns.Env())),
      share_(options.Get("share").ToBoolean().Value()),
      shared_(SharedOf(options.Get("shared"))),
      make_(std::move(make)) {
  const auto bytes = patterns.Get("bytes").As<Napi::Uint8Array>();
  const auto ends = patterns.Get("ends").As<Napi::Uint32Array>();
  bytes_ = Napi::Persistent(bytes);
  ends_ = Napi::Persistent(ends);
  patterns_ = {bytes.Data(), ends.Data(), ends.ElementLength()};
  const Napi::Value classes = options.Get("foldClasses");
  options_.caseless = classes.IsTypedArray();
  if (options_.caseless) fold_classes_ = CodePointsOf(classes);
  options_.overlapping = options.Get("overlapping").As<Napi::Boolean>().Value();
  const Napi::Value ranges = options.Get("wordRanges");
  if (ranges.IsTypedArray()) options_.word.emplace(CodePointsOf(ranges));
}

void CompileWorker::Execute() {
  std::optional<CompiledPatterns> compiled;
  if (shared_) compiled = LoadShared(*shared_, options_);
  // Ranks that cannot share, as in other namespaces, compile the patterns themselves.
  if (!compiled) {
    shared_.reset();
    compiled = Compile();
    if (share_) shared_ = Share(*compiled, options_);
    if (compiled->patterns == nullptr) compiled = Compile();
  }
  distinct_ = compiled->patterns->size();
  indices_ = std::move(compiled->indices);
  kernel_ = make_(std::move(compiled->patterns));
  GiveBackMemory(patterns_.size);
}

CompiledPatterns CompileWorker::Compile() const {
  DistinctPatterns distinct = FoldAll(patterns_, options_.caseless ? &fold_classes_ : nullptr);
  return {std::make_unique<PatternSet>(std::move(distinct.patterns), options_),
          std::move(distinct.indices)};
}

void CompileWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  Napi::Object value = Napi::Object::New(Env());
  value["kernel"] = ExternalOf(Env(), std::move(kernel_));
  value["distinct"] = Napi::Number::New(Env(), static_cast<double>(distinct_));
  value["indices"] = indices_.empty() ? Env().Undefined()
                                      : Napi::Value(ArrayOf<Napi::Uint32Array>(Env(), indices_));
  value["shared"] = ValueOf(Env(), shared_);
  deferred_.Resolve(value);
}

}  // namespace mpicount
