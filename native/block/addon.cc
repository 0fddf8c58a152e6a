// The scan addon: lists folders, looks at files, compiles kernels, and counts with them in ranges
// of files. Listing and counting run on worker threads and return promises.
#include <napi.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "../match/cpu_features.h"
#include "../source/decode/encoding.h"
#include "../source/decode/format.h"
#include "addon_values.h"
#include "compile.h"
#include "count_worker.h"
#include "list_worker.h"
#include "start_format.h"
#include "states_worker.h"
#include "threads.h"

namespace mpicount {
namespace {

// (kernel, { fd, fileSize, begin, end, window, chunk, drop, stream, format, memory, start,
// isSure, encoding, sum }[], byRange) => Promise<{ counts, groups, readSeconds, decodeSeconds,
// scanSeconds, storedSize, textSize, findings, invalidLines, links }>
//
// When reading fails, the promise is rejected with an Error that has `errno` (0: the file ended
// early), `offset`, `undecodable` (whether the message says why the file cannot be decoded) and
// `range`, the index of the file range.
Napi::Value Count(const Napi::CallbackInfo& info) {
  auto* worker = new CountWorker(info.Env(), ContextOf(info[0]), FileRangesOf(info[1]),
                                 info[2].As<Napi::Boolean>().Value());
  worker->Queue();  // the worker deletes itself when it is done
  return worker->promise();
}

// (kernel, { paths, ends, sizes, modified }, indices, { window, chunk, drop, format, memory,
// encoding }, byFile) => Promise<as above, or null>
//
// Opens whole files itself, one after the other; see CountWorker::promise().
Napi::Value CountFiles(const Napi::CallbackInfo& info) {
  auto* worker =
      new CountWorker(info.Env(), ContextOf(info[0]), FileRangeOf(info[3].As<Napi::Object>()),
                      info[4].As<Napi::Boolean>().Value(), ExpectedFilesOf(info[1], info[2]));
  worker->Queue();
  return worker->promise();
}

// (kernel)
Napi::Value Cancel(const Napi::CallbackInfo& info) {
  ContextOf(info[0])->cancelled = true;
  return info.Env().Undefined();
}

// (path) => Promise<entries>, as ListFolder() returns them
Napi::Value List(const Napi::CallbackInfo& info) {
  const Napi::Uint8Array path = info[0].As<Napi::Uint8Array>();
  auto* worker =
      new ListWorker(info.Env(), {reinterpret_cast<const char*>(path.Data()), path.ByteLength()});
  worker->Queue();
  return worker->promise();
}

// (paths, ends, begin, end, toRead) => Promise<{ sizes, modified, inodes, isCountable }>, as
// StatesOf() returns them
Napi::Value States(const Napi::CallbackInfo& info) {
  const Napi::Uint8Array paths = info[0].As<Napi::Uint8Array>();
  const Napi::Float64Array ends = info[1].As<Napi::Float64Array>();
  const auto begin = static_cast<size_t>(info[2].As<Napi::Number>().Int64Value());
  const auto end = static_cast<size_t>(info[3].As<Napi::Number>().Int64Value());
  Paths looked_at;
  for (size_t i = begin; i < end; ++i) {
    looked_at.Add(PathAt(reinterpret_cast<const char*>(paths.Data()), ends.Data(), i));
  }
  auto* worker =
      new StatesWorker(info.Env(), std::move(looked_at), info[4].As<Napi::Boolean>().Value());
  worker->Queue();
  return worker->promise();
}

// (bytes) => the name of the format of a file that begins with them, empty for plain text
Napi::Value FormatName(const Napi::CallbackInfo& info) {
  const Napi::Uint8Array bytes = info[0].As<Napi::Uint8Array>();
  return Napi::String::New(info.Env(), FormatOfStart(bytes.Data(), bytes.ByteLength()).name);
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

// (format) => { version, file, missing }
Napi::Value Library(const Napi::CallbackInfo& info) {
  const auto format = static_cast<Format>(info[0].As<Napi::Number>().Uint32Value());
  const LibraryFacts& facts = LibraryOf(format);
  Napi::Object value = Napi::Object::New(info.Env());
  value["version"] = Napi::String::New(info.Env(), facts.version);
  value["file"] = Napi::String::New(info.Env(), facts.file);
  value["missing"] = Napi::String::New(info.Env(), facts.missing);
  value["helper"] = Napi::String::New(info.Env(), facts.helper);
  return value;
}

// (encoding) => why it cannot be decoded on this host, empty if it can be
Napi::Value EncodingProblem(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), MissingEncoding(info[0].As<Napi::String>().Utf8Value()));
}

// (encoding) => boolean
Napi::Value IsSingleByte(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(),
                            IsSingleByteEncoding(info[0].As<Napi::String>().Utf8Value()));
}

Napi::Value Vectors(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), VectorsInUse());
}

}  // namespace
}  // namespace mpicount

static Napi::Object LoadAddon(Napi::Env env, Napi::Object exports) {
  mpicount::AddCompile(env, exports);
  exports["count"] = Napi::Function::New<mpicount::Count>(env, "count");
  exports["countFiles"] = Napi::Function::New<mpicount::CountFiles>(env, "countFiles");
  exports["cancel"] = Napi::Function::New<mpicount::Cancel>(env, "cancel");
  exports["listFolder"] = Napi::Function::New<mpicount::List>(env, "listFolder");
  exports["fileStates"] = Napi::Function::New<mpicount::States>(env, "fileStates");
  exports["formatName"] = Napi::Function::New<mpicount::FormatName>(env, "formatName");
  exports["holdThreads"] = Napi::Function::New<mpicount::HoldThreads>(env, "holdThreads");
  exports["library"] = Napi::Function::New<mpicount::Library>(env, "library");
  exports["encodingProblem"] =
      Napi::Function::New<mpicount::EncodingProblem>(env, "encodingProblem");
  exports["isSingleByteEncoding"] =
      Napi::Function::New<mpicount::IsSingleByte>(env, "isSingleByteEncoding");
  exports["vectors"] = Napi::Function::New<mpicount::Vectors>(env, "vectors");
  exports["exit"] = Napi::Function::New<mpicount::Exit>(env, "exit");
  exports["version"] = MPICOUNT_VERSION;
  return exports;
}

NODE_API_MODULE(scan, LoadAddon)
