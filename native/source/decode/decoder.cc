#include "decoder.h"

#include <utility>

#include "bzip2.h"
#include "conversion.h"
#include "encoding.h"
#include "gzip.h"
#include "lz4.h"
#include "unit_decoder.h"
#include "utf16.h"
#include "xz.h"
#include "zstd.h"

namespace mpicount {
namespace {

std::unique_ptr<UnitCodec> MakeCodec(Format format, const DecodeLimits& limits, uint64_t begin) {
  switch (format) {
    case Format::kGzip: return MakeGzipCodec();
    case Format::kZstd: return MakeZstdCodec(limits);
    case Format::kXz: return MakeXzCodec(limits);
    case Format::kBzip2: return MakeBzip2Codec(begin);
    case Format::kLz4: return MakeLz4Codec();
    case Format::kPlain:
    case Format::kUtf16:
    case Format::kEncoding:
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
    case Format::kEncoding: return IconvLibrary();
    case Format::kPlain:
    case Format::kUtf16:
    case Format::kUnknown: break;
  }
  return none;
}

std::unique_ptr<Decoder> MakeDecoder(Format format, const DecodeLimits& limits,
                                     std::string& missing, uint64_t begin,
                                     const std::string& encoding) {
  if (format == Format::kUtf16) return MakeUtf16Decoder();
  missing = LibraryOf(format).missing;
  if (!missing.empty()) return nullptr;
  const bool is_plain = format == Format::kEncoding;
  std::unique_ptr<Decoder> stored =
      is_plain ? MakePlainDecoder(begin) : MakeUnitDecoder(MakeCodec(format, limits, begin), begin);
  if (encoding.empty()) return stored;
  return MakeEncodingDecoder(encoding, std::move(stored), is_plain, begin, missing);
}

size_t FindUnit(Format format, const uint8_t* stored, size_t size, size_t limit) {
  return MakeCodec(format, {}, 0)->Find(stored, size, limit);
}

}  // namespace mpicount
