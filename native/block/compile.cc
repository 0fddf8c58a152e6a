#include "compile.h"

#include <memory>
#include <optional>
#include <utility>

#include "../kernel/fastq.h"
#include "../kernel/json_lines.h"
#include "../kernel/occurrences.h"
#include "../kernel/wc_kernel.h"
#include "addon_values.h"
#include "compile_worker.h"

namespace mpicount {
namespace {

// Reads the unit of records: line, file, or null if records are not counted.
RecordUnit RecordUnitOf(const Napi::Value& value) {
  if (value.IsNull()) return RecordUnit::kNone;
  return value.As<Napi::String>().Utf8Value() == "line" ? RecordUnit::kLine : RecordUnit::kFile;
}

// Compiles a kernel that searches for the patterns, on a worker thread.
template <typename K, typename... More>
Napi::Value SearchKernel(const Napi::CallbackInfo& info, More... more) {
  auto* worker = new CompileWorker(
      info[0].As<Napi::Object>(), info[1].As<Napi::Object>(),
      [... more = std::move(more)](
          std::unique_ptr<const PatternSet> patterns) mutable -> std::unique_ptr<const Kernel> {
        return std::make_unique<K>(std::move(patterns), std::move(more)...);
      });
  worker->Queue();  // the worker deletes itself when it is done
  return worker->promise();
}

// (patterns: { bytes, ends }, { foldClasses, overlapping, wordRanges, share, shared, records }) =>
// Promise<{ kernel, distinct, indices, shared }>
Napi::Value CompilePatterns(const Napi::CallbackInfo& info) {
  return SearchKernel<OccurrenceKernel>(info,
                                        RecordUnitOf(info[1].As<Napi::Object>().Get("records")));
}

// Reads the path of a field of JSON lines: Uint8Array[].
JsonPath JsonPathOf(const Napi::Value& keys) {
  JsonPath path;
  Each(keys, [&](const Napi::Value& value) {
    const Napi::Uint8Array key = value.As<Napi::Uint8Array>();
    path.emplace_back(reinterpret_cast<const char*>(key.Data()), key.ElementLength());
  });
  return path;
}

// Reads what tests have done with long lines, of the options { longLines?: { longestHeld, searched
// } }.
std::optional<LongLines> LongLinesOf(const Napi::Value& options) {
  const Napi::Value given = options.As<Napi::Object>().Get("longLines");
  if (given.IsUndefined()) return std::nullopt;
  const auto size = [object = given.As<Napi::Object>()](const char* name) -> size_t {
    return object.Get(name).As<Napi::Number>().Uint32Value();
  };
  return LongLines{size("longestHeld"), size("searched")};
}

// (patterns, options as above, { path, groupPath?: Uint8Array[], skipInvalid }) => Promise as above
Napi::Value CompileJsonLines(const Napi::CallbackInfo& info) {
  const Napi::Object given = info[2].As<Napi::Object>();
  JsonLinesOptions json{JsonPathOf(given.Get("path")), std::nullopt,
                        given.Get("skipInvalid").As<Napi::Boolean>().Value()};
  const Napi::Value groups = given.Get("groupPath");
  if (!groups.IsUndefined()) json.groups = JsonPathOf(groups);
  json.long_lines = LongLinesOf(info[1]);
  return SearchKernel<JsonLinesKernel>(info, std::move(json));
}

// (patterns, options as above) => Promise as above
Napi::Value CompileFastq(const Napi::CallbackInfo& info) {
  return SearchKernel<FastqKernel>(info, LongLinesOf(info[1]));
}

// (spaces, ignored, ignoresBytes) => External; see WcClasses
Napi::Value CompileWc(const Napi::CallbackInfo& info) {
  WcClasses classes(CodePointsOf(info[0]), CodePointsOf(info[1]),
                    info[2].As<Napi::Boolean>().Value());
  return ExternalOf(info.Env(), std::make_unique<WcKernel>(std::move(classes)));
}

}  // namespace

Napi::Value ExternalOf(Napi::Env env, std::unique_ptr<const Kernel> kernel) {
  auto* shared = new SharedContext(std::make_shared<CountContext>(std::move(kernel)));
  return Napi::External<SharedContext>::New(
      env, shared, [](Napi::Env, SharedContext* released) { delete released; });
}

const SharedContext& ContextOf(const Napi::Value& kernel) {
  return *kernel.As<Napi::External<SharedContext>>().Data();
}

void AddCompile(Napi::Env env, Napi::Object exports) {
  exports["compilePatterns"] = Napi::Function::New<CompilePatterns>(env, "compilePatterns");
  exports["compileJsonLines"] = Napi::Function::New<CompileJsonLines>(env, "compileJsonLines");
  exports["compileFastq"] = Napi::Function::New<CompileFastq>(env, "compileFastq");
  exports["compileWc"] = Napi::Function::New<CompileWc>(env, "compileWc");
}

}  // namespace mpicount
