#include "compile.h"

#include <optional>
#include <utility>
#include <vector>

#include "../kernel/occurrences.h"
#include "../kernel/wc_kernel.h"
#include "addon_values.h"

namespace mpicount {
namespace {

Napi::Value ExternalOf(Napi::Env env, std::unique_ptr<const Kernel> kernel) {
  auto* shared = new SharedContext(std::make_shared<CountContext>(std::move(kernel)));
  return Napi::External<SharedContext>::New(
      env, shared, [](Napi::Env, SharedContext* released) { delete released; });
}

// (patterns: Uint8Array[], { caseless, overlapping, wordRanges, lines }) => External
Napi::Value CompilePatterns(const Napi::CallbackInfo& info) {
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
  const bool lines = given.Get("lines").As<Napi::Boolean>().Value();
  return ExternalOf(info.Env(), std::make_unique<OccurrenceKernel>(
                                    std::move(variants), std::move(patterns), std::move(options),
                                    lines ? RecordUnit::kLine : RecordUnit::kNone));
}

// (spaces, ignored, ignoresBytes) => External; see WcClasses
Napi::Value CompileWc(const Napi::CallbackInfo& info) {
  WcClasses classes(CodePointsOf(info[0]), CodePointsOf(info[1]),
                    info[2].As<Napi::Boolean>().Value());
  return ExternalOf(info.Env(), std::make_unique<WcKernel>(std::move(classes)));
}

}  // namespace

const SharedContext& ContextOf(const Napi::Value& kernel) {
  return *kernel.As<Napi::External<SharedContext>>().Data();
}

void AddCompile(Napi::Env env, Napi::Object exports) {
  exports["compilePatterns"] = Napi::Function::New<CompilePatterns>(env, "compilePatterns");
  exports["compileWc"] = Napi::Function::New<CompileWc>(env, "compileWc");
}

}  // namespace mpicount
