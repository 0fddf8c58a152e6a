// Vectorscan and the counting of one block for JavaScript. Both run on a worker thread and come
// back as promises.
#include <hs.h>
#include <napi.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "block.h"
#include "patterns.h"

namespace mpicount {
namespace {

using SharedPatterns = std::shared_ptr<PatternSet>;

// A worker with a promise. Execute() must not touch N-API.
class PromiseWorker : public Napi::AsyncWorker {
 public:
  explicit PromiseWorker(Napi::Env env)
      : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  Napi::Promise::Deferred deferred_;
};

class CompileWorker : public PromiseWorker {
 public:
  CompileWorker(Napi::Env env, std::vector<PatternSource> sources, CompileOptions options)
      : PromiseWorker(env), sources_(std::move(sources)), options_(std::move(options)) {}

  void Execute() override {
    if (hs_valid_platform() != HS_SUCCESS) {
      error_ = {-1, "this processor lacks the instructions that Vectorscan was built for"};
      return;
    }
    patterns_ = PatternSet::Compile(std::move(sources_), std::move(options_), error_);
  }

  void OnOK() override {
    const Napi::HandleScope scope(Env());
    if (patterns_ == nullptr) {
      const Napi::Error error = Napi::Error::New(Env(), error_.message);
      error.Value()["pattern"] = Napi::Number::New(Env(), error_.pattern);
      deferred_.Reject(error.Value());
      return;
    }
    auto* shared = new SharedPatterns(std::move(patterns_));
    deferred_.Resolve(Napi::External<SharedPatterns>::New(
        Env(), shared, [](Napi::Env, SharedPatterns* released) { delete released; }));
  }

 private:
  std::vector<PatternSource> sources_;
  CompileOptions options_;
  std::unique_ptr<PatternSet> patterns_;
  CompileError error_{-1, ""};
};

class CountWorker : public PromiseWorker {
 public:
  CountWorker(Napi::Env env, SharedPatterns patterns, std::vector<Block> blocks)
      : PromiseWorker(env), patterns_(std::move(patterns)), blocks_(std::move(blocks)) {}

  void Execute() override {
    result_.counts.resize(patterns_->size());
    for (const Block& block : blocks_) {
      const BlockResult result = CountBlock(*patterns_, block);
      for (size_t i = 0; i < result.counts.size(); ++i) result_.counts[i] += result.counts[i];
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
    if (result_.read_error) return Reject(*result_.read_error);
    if (!result_.failure.empty()) {
      deferred_.Reject(Napi::Error::New(Env(), result_.failure).Value());
      return;
    }
    Napi::BigUint64Array counts = Napi::BigUint64Array::New(Env(), result_.counts.size());
    std::copy(result_.counts.begin(), result_.counts.end(), counts.Data());
    Napi::Object value = Napi::Object::New(Env());
    value["counts"] = counts;
    value["readSeconds"] =
        Napi::Number::New(Env(), static_cast<double>(result_.read_nanoseconds) * 1e-9);
    value["scanSeconds"] =
        Napi::Number::New(Env(), static_cast<double>(result_.scan_nanoseconds) * 1e-9);
    deferred_.Resolve(value);
  }

 private:
  // errno 0 stands for a file that ended early.
  void Reject(const ReadError& failure) {
    const Napi::Error error = Napi::Error::New(
        Env(), failure.number == 0 ? "unexpected end of file" : std::strerror(failure.number));
    error.Value()["errno"] = Napi::Number::New(Env(), failure.number);
    error.Value()["offset"] = Napi::Number::New(Env(), static_cast<double>(failure.offset));
    error.Value()["stretch"] = Napi::Number::New(Env(), static_cast<double>(done_));
    deferred_.Reject(error.Value());
  }

  SharedPatterns patterns_;
  std::vector<Block> blocks_;
  size_t done_ = 0;
  BlockResult result_;  // of all of them
};

std::vector<uint8_t> Bytes(const Napi::Value& value) {
  const Napi::Uint8Array array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

std::string String(const Napi::Value& value) {
  const std::vector<uint8_t> bytes = Bytes(value);
  return {bytes.begin(), bytes.end()};
}

// Calls take(element) for each element of an array.
template <typename Take>
void Each(const Napi::Value& value, const Take& take) {
  const Napi::Array list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) take(list.Get(i));
}

std::vector<std::vector<Unit>> Forms(const Napi::Value& value) {
  std::vector<std::vector<Unit>> forms;
  Each(value, [&](const Napi::Value& units) {
    std::vector<Unit>& form = forms.emplace_back();
    Each(units, [&](const Napi::Value& alternatives) {
      Unit& unit = form.emplace_back();
      Each(alternatives, [&](const Napi::Value& bytes) { unit.push_back(String(bytes)); });
    });
  });
  return forms;
}

// (sources: { expressions, minLength, maxLength, units, forms }[], { caseless, overlapping,
// wordRanges })
// => Promise<External> Rejects with an Error that has `pattern`, the index of the pattern that
// Vectorscan refused, or -1.
Napi::Value Compile(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Array list = info[0].As<Napi::Array>();
  std::vector<PatternSource> sources;
  sources.reserve(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::HandleScope scope(env);
    const Napi::Object source = list.Get(i).As<Napi::Object>();
    std::vector<std::string> expressions;
    Each(source.Get("expressions"),
         [&](const Napi::Value& bytes) { expressions.push_back(String(bytes)); });
    sources.push_back({std::move(expressions),
                       source.Get("minLength").As<Napi::Number>().Uint32Value(),
                       source.Get("maxLength").As<Napi::Number>().Uint32Value(),
                       Bytes(source.Get("units")), Forms(source.Get("forms"))});
  }
  const Napi::Object given = info[1].As<Napi::Object>();
  CompileOptions options{given.Get("caseless").As<Napi::Boolean>().Value(),
                         given.Get("overlapping").As<Napi::Boolean>().Value(), std::nullopt};
  const Napi::Value ranges = given.Get("wordRanges");
  if (ranges.IsTypedArray()) {
    const Napi::Uint32Array array = ranges.As<Napi::Uint32Array>();
    options.word.emplace(std::vector<uint32_t>(array.Data(), array.Data() + array.ElementLength()));
  }
  auto* worker = new CompileWorker(env, std::move(sources), std::move(options));
  worker->Queue();  // deletes itself when done
  return worker->promise();
}

// (patterns, { fd, fileSize, begin, end, window, chunk, drop }[]) => Promise<{ counts, readSeconds,
// scanSeconds }> Rejects with an Error that has `errno` (0: the file ended early), `offset` and
// `stretch` when reading failed.
Napi::Value Count(const Napi::CallbackInfo& info) {
  std::vector<Block> blocks;
  Each(info[1], [&](const Napi::Value& value) {
    const Napi::Object given = value.As<Napi::Object>();
    const auto integer = [&given](const char* name) {
      return static_cast<uint64_t>(given.Get(name).As<Napi::Number>().Int64Value());
    };
    blocks.push_back({static_cast<int>(integer("fd")), integer("fileSize"), integer("begin"),
                      integer("end"), integer("window"), integer("chunk"),
                      given.Get("drop").As<Napi::Boolean>().Value()});
  });
  auto* worker = new CountWorker(info.Env(), *info[0].As<Napi::External<SharedPatterns>>().Data(),
                                 std::move(blocks));
  worker->Queue();  // deletes itself when done
  return worker->promise();
}

// (patterns)
Napi::Value Cancel(const Napi::CallbackInfo& info) {
  (*info[0].As<Napi::External<SharedPatterns>>().Data())->Cancel();
  return info.Env().Undefined();
}

// (status): ends this process without waiting for threads that may hang in a read. Node's own exit
// joins them.
Napi::Value Exit(const Napi::CallbackInfo& info) { _exit(info[0].As<Napi::Number>().Int32Value()); }

Napi::Value Version(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), hs_version());
}

}  // namespace
}  // namespace mpicount

static Napi::Object LoadAddon(Napi::Env env, Napi::Object exports) {
  exports["compile"] = Napi::Function::New<mpicount::Compile>(env, "compile");
  exports["count"] = Napi::Function::New<mpicount::Count>(env, "count");
  exports["cancel"] = Napi::Function::New<mpicount::Cancel>(env, "cancel");
  exports["exit"] = Napi::Function::New<mpicount::Exit>(env, "exit");
  exports["version"] = Napi::Function::New<mpicount::Version>(env, "version");
  return exports;
}

NODE_API_MODULE(scan, LoadAddon)
