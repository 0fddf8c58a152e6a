#include "decoder.h"

#include "bzip2.h"
#include "gzip.h"
#include "lz4.h"
#include "unit_decoder.h"
#include "utf16.h"
#include "xz.h"
#include "zstd.h"

namespace mpicount {
namespace {

std::unique_ptr<UnitCodec> MakeCodec(Format format, const DecodeLimits& limits) {
  switch (format) {
    case Format::kGzip: return MakeGzipCodec();
    case Format::kZstd: return MakeZstdCodec(limits);
    case Format::kXz: return MakeXzCodec(limits);
    case Format::kBzip2: return MakeBzip2Codec();
    case Format::kLz4: return MakeLz4Codec();
    case Format::kPlain:
    case Format::kUtf16:
    case Format::kUnknown: break;
  }
  return nullptr;
}

}  // namespace

const LibraryFacts& LibraryOf(Format format) {
  static const LibraryFacts none;
  switch (format) {
    case Format::kGzip: return GzipLibrary();
    case Format::kZstd: return ZstdLibrary();
    case Format::kXz: return XzLibrary();
    case Format::kBzip2: return Bzip2Library();
    case Format::kLz4: return Lz4Library();
    case Format::kPlain:
    case Format::kUtf16:
    case Format::kUnknown: break;
  }
  return none;
}

std::unique_ptr<Decoder> MakeDecoder(Format format, const DecodeLimits& limits,
                                     std::string& missing, uint64_t begin) {
  if (format == Format::kUtf16) return MakeUtf16Decoder();
  missing = LibraryOf(format).missing;
  if (!missing.empty()) return nullptr;
  return MakeUnitDecoder(MakeCodec(format, limits), begin);
}

size_t FindUnit(Format format, const uint8_t* stored, size_t size, size_t limit) {
  return MakeCodec(format, {})->Find(stored, size, limit);
}

}  // namespace mpicount
