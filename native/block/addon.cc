// The JavaScript face of the search: compiles patterns and counts their occurrences in ranges of
// files. Counting runs on a worker thread and returns a promise.
#include <napi.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../match/cpu_features.h"
#include "../match/patterns.h"
#include "addon_values.h"
#include "block.h"
#include "threads.h"
#include "wc_addon.h"

namespace mpicount {
namespace {

using SharedContext = std::shared_ptr<CountContext>;

// Counts in the file ranges one after the other and adds up the results. Execute() runs on a worker
// thread and must not call N-API.
class CountWorker : public Napi::AsyncWorker {
 public:
  CountWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges)
      : Napi::AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        context_(std::move(context)),
        ranges_(std::move(ranges)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override {
    result_.counts.resize(context_->patterns.size());
    for (const FileRange& range : ranges_) {
      const RangeResult result = CountFileRange(*context_, range);
      for (size_t i = 0; i < result.counts.size(); ++i) result_.counts[i] += result.counts[i];
      for (const auto& [finding, count] : result.findings) {
        findings_.insert(findings_.end(), {static_cast<double>(done_), static_cast<double>(finding),
                                           static_cast<double>(count)});
      }
      result_.text_size += result.text_size;
      result_.read_nanoseconds += result.read_nanoseconds;
      result_.scan_nanoseconds += result.scan_nanoseconds;
      result_.read_error = result.read_error;
      result_.failure = result.failure;
      if (result.read_error || !result.failure.empty()) break;
      ++done_;
    }
  }

  void OnOK() override {
    const Napi::HandleScope scope(Env());
    if (result_.read_error) {
      return deferred_.Reject(ReadFailure(Env(), *result_.read_error, done_));
    }
    if (!result_.failure.empty()) {
      deferred_.Reject(Napi::Error::New(Env(), result_.failure).Value());
      return;
    }
    Napi::BigUint64Array counts = Napi::BigUint64Array::New(Env(), result_.counts.size());
    std::copy(result_.counts.begin(), result_.counts.end(), counts.Data());
    Napi::Object value = Napi::Object::New(Env());
    value["counts"] = counts;
    value["readSeconds"] = Seconds(Env(), result_.read_nanoseconds);
    value["scanSeconds"] = Seconds(Env(), result_.scan_nanoseconds);
    value["textSize"] = Napi::Number::New(Env(), static_cast<double>(result_.text_size));
    if (!findings_.empty()) {
      Napi::Float64Array findings = Napi::Float64Array::New(Env(), findings_.size());
      std::copy(findings_.begin(), findings_.end(), findings.Data());
      value["findings"] = findings;
    }
    deferred_.Resolve(value);
  }

 private:
  Napi::Promise::Deferred deferred_;
  SharedContext context_;
  std::vector<FileRange> ranges_;
  size_t done_ = 0;
  std::vector<double> findings_;  // triples: index of the file range, kind, count
  RangeResult result_;            // the sum over all file ranges
};

// (patterns: Uint8Array[], { caseless, overlapping, wordRanges }) => External
Napi::Value Compile(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  VariantTable variants;
  std::vector<FoldedPattern> patterns;
  Each(info[0], [&](const Napi::Value& value) {
    const Napi::Uint8Array encoded = value.As<Napi::Uint8Array>();
    patterns.push_back(variants.Decode(encoded.Data(), encoded.Data() + encoded.ElementLength()));
  });
  const Napi::Object given = info[1].As<Napi::Object>();
  PatternOptions options{given.Get("caseless").As<Napi::Boolean>().Value(),
                         given.Get("overlapping").As<Napi::Boolean>().Value(), std::nullopt};
  const Napi::Value ranges = given.Get("wordRanges");
  if (ranges.IsTypedArray()) {
    options.word.emplace(CodePointsOf(ranges));
  }
  auto* shared = new SharedContext(
      std::make_shared<CountContext>(std::move(variants), std::move(patterns), std::move(options)));
  return Napi::External<SharedContext>::New(
      env, shared, [](Napi::Env, SharedContext* released) { delete released; });
}

// (patterns, { fd, fileSize, begin, end, window, chunk, drop, stream }[]) => Promise<{ counts,
// readSeconds, scanSeconds, textSize, findings }>
//
// When reading fails, the promise is rejected with an Error that has `errno` (0: the file ended
// early), `offset` and `stretch`, the index of the file range.
Napi::Value Count(const Napi::CallbackInfo& info) {
  auto* worker = new CountWorker(info.Env(), *info[0].As<Napi::External<SharedContext>>().Data(),
                                 FileRangesOf(info[1]));
  worker->Queue();  // the worker deletes itself when it is done
  return worker->promise();
}

// (patterns)
Napi::Value Cancel(const Napi::CallbackInfo& info) {
  (*info[0].As<Napi::External<SharedContext>>().Data())->cancelled = true;
  return info.Env().Undefined();
}

// (status): ends this process without waiting for worker threads, which may hang in a read. Node's
// own exit joins them.
Napi::Value Exit(const Napi::CallbackInfo& info) { _exit(info[0].As<Napi::Number>().Int32Value()); }

// (count) => { started, reason, release() }
Napi::Value HoldThreads(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto held = std::make_shared<std::optional<HeldThreads>>();
  held->emplace(info[0].As<Napi::Number>().Uint32Value());
  const int error = (*held)->error();
  Napi::Object value = Napi::Object::New(env);
  value["started"] = Napi::Number::New(env, static_cast<double>((*held)->size()));
  value["reason"] = Napi::String::New(env, error == 0 ? "" : std::strerror(error));
  value["release"] = Napi::Function::New(
      env, [held](const Napi::CallbackInfo&) { held->reset(); }, "release");
  return value;
}

Napi::Value Vectors(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), HasAvx2() ? "AVX2" : "portable");
}

}  // namespace
}  // namespace mpicount

static Napi::Object LoadAddon(Napi::Env env, Napi::Object exports) {
  exports["compile"] = Napi::Function::New<mpicount::Compile>(env, "compile");
  exports["count"] = Napi::Function::New<mpicount::Count>(env, "count");
  exports["cancel"] = Napi::Function::New<mpicount::Cancel>(env, "cancel");
  exports["holdThreads"] = Napi::Function::New<mpicount::HoldThreads>(env, "holdThreads");
  exports["vectors"] = Napi::Function::New<mpicount::Vectors>(env, "vectors");
  exports["exit"] = Napi::Function::New<mpicount::Exit>(env, "exit");
  mpicount::AddWc(env, exports);
  exports["version"] = MPICOUNT_VERSION;
  return exports;
}

NODE_API_MODULE(scan, LoadAddon)
