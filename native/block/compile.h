// The JavaScript face of the kernels: compiles them.
#pragma once

#include <napi.h>

#include <memory>

#include "block.h"

namespace mpicount {

using SharedContext = std::shared_ptr<CountContext>;

// Returns a kernel as a value for JavaScript, which owns it.
Napi::Value ExternalOf(Napi::Env env, std::unique_ptr<const Kernel> kernel);

// Returns the context of a compiled kernel.
const SharedContext& ContextOf(const Napi::Value& kernel);

// Adds compilePatterns(), compileJsonLines(), compileFastq() and compileWc().
void AddCompile(Napi::Env env, Napi::Object exports);

}  // namespace mpicount
