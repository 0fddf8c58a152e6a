// Decodes UTF-16 with a byte order mark into UTF-8 without one.
#pragma once

#include <memory>

#include "decoder.h"

namespace mpicount {

// An unpaired surrogate, which no UTF-8 text can hold, becomes U+FFFD, as in browsers and ripgrep.
std::unique_ptr<Decoder> MakeUtf16Decoder();

}  // namespace mpicount
