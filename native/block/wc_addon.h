// The JavaScript face of the counting of lines, words, characters and bytes.
#pragma once

#include <napi.h>

namespace mpicount {

// Adds compileWc(), countWc() and cancelWc().
void AddWc(Napi::Env env, Napi::Object exports);

}  // namespace mpicount
