#include "start_format.h"

#include <optional>

#include "../kernel/recognize.h"

namespace mpicount {

StartFormat FormatOfStart(const uint8_t* bytes, size_t size) {
  constexpr StartFormat kPlainText = {Format::kPlain, ""};
  const std::optional<Finding> found = Recognize(bytes, size);
  if (!found) return kPlainText;
  switch (*found) {
    case Finding::kGzip: return {Format::kGzip, "gzip"};
    case Finding::kZstd: return {Format::kZstd, "zstd"};
    case Finding::kXz: return {Format::kXz, "xz"};
    case Finding::kBzip2: return {Format::kBzip2, "bzip2"};
    case Finding::kLz4: return {Format::kLz4, "lz4"};
    case Finding::kZip: return {Format::kUnknown, "zip"};
    case Finding::k7z: return {Format::kUnknown, "7z"};
    // Without a byte order mark, it is only a guess, which is reported.
    case Finding::kUtf16:
      return bytes[0] >= 0xfe ? StartFormat{Format::kUtf16, "UTF-16"} : kPlainText;
    default: return kPlainText;
  }
}

}  // namespace mpicount
