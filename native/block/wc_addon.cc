#include "wc_addon.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "addon_values.h"
#include "wc_block.h"

namespace mpicount {
namespace {

using SharedContext = std::shared_ptr<WcContext>;

const SharedContext& ContextOf(const Napi::Value& value) {
  return *value.As<Napi::External<SharedContext>>().Data();
}

// Counts in the file ranges one after the other. Execute() runs on a worker thread and must not
// call N-API.
class WcWorker : public Napi::AsyncWorker {
 public:
  WcWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges)
      : Napi::AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        context_(std::move(context)),
        ranges_(std::move(ranges)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override {
    for (const FileRange& range : ranges_) {
      result_ = CountWc(*context_, range);
      read_nanoseconds_ += result_.read_nanoseconds;
      scan_nanoseconds_ += result_.scan_nanoseconds;
      if (result_.read_error || !result_.failure.empty()) break;
      const auto& [lines, words, characters] = result_.counts;
      counts_.insert(counts_.end(), {lines, words, characters, result_.bytes});
    }
  }

  void OnOK() override {
    const Napi::HandleScope scope(Env());
    if (result_.read_error) {
      return deferred_.Reject(ReadFailure(Env(), *result_.read_error, counts_.size() / 4));
    }
    if (!result_.failure.empty()) {
      return deferred_.Reject(Napi::Error::New(Env(), result_.failure).Value());
    }
    Napi::BigUint64Array counts = Napi::BigUint64Array::New(Env(), counts_.size());
    std::copy(counts_.begin(), counts_.end(), counts.Data());
    Napi::Object value = Napi::Object::New(Env());
    value["counts"] = counts;
    value["readSeconds"] = Seconds(Env(), read_nanoseconds_);
    value["scanSeconds"] = Seconds(Env(), scan_nanoseconds_);
    deferred_.Resolve(value);
  }

 private:
  Napi::Promise::Deferred deferred_;
  SharedContext context_;
  std::vector<FileRange> ranges_;
  WcResult result_;  // of the latest file range
  std::vector<uint64_t> counts_;
  uint64_t read_nanoseconds_ = 0;
  uint64_t scan_nanoseconds_ = 0;
};

// (spaces, ignored, ignoresBytes) => External; see WcClasses
Napi::Value Compile(const Napi::CallbackInfo& info) {
  WcClasses classes(CodePointsOf(info[0]), CodePointsOf(info[1]),
                    info[2].As<Napi::Boolean>().Value());
  auto* shared = new SharedContext(std::make_shared<WcContext>(std::move(classes)));
  return Napi::External<SharedContext>::New(
      info.Env(), shared, [](Napi::Env, SharedContext* released) { delete released; });
}

// (wc, ranges) => Promise<{ counts, readSeconds, scanSeconds }>: lines, words, characters and bytes
// of each file range. Rejects as count() does.
Napi::Value Count(const Napi::CallbackInfo& info) {
  auto* worker = new WcWorker(info.Env(), ContextOf(info[0]), FileRangesOf(info[1]));
  worker->Queue();  // the worker deletes itself when it is done
  return worker->promise();
}

// (wc)
Napi::Value Cancel(const Napi::CallbackInfo& info) {
  ContextOf(info[0])->cancelled = true;
  return info.Env().Undefined();
}

}  // namespace

void AddWc(Napi::Env env, Napi::Object exports) {
  exports["compileWc"] = Napi::Function::New<Compile>(env, "compileWc");
  exports["countWc"] = Napi::Function::New<Count>(env, "countWc");
  exports["cancelWc"] = Napi::Function::New<Cancel>(env, "cancelWc");
}

}  // namespace mpicount
