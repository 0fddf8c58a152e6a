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

std::unique_ptr<UnitCodec> MakeCodec(Format format, const DecodeLimits& limits,
                                     const DecodeStart& start, std::shared_ptr<StoredFile> file,
                                     std::string& fault) {
  switch (format) {
    case Format::kGzip: return MakeGzipCodec();
    case Format::kZstd: return MakeZstdCodec(limits);
    case Format::kXz: return MakeXzCodec(limits, start.offset, std::move(file), fault);
    case Format::kBzip2: return MakeBzip2Codec(start);
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

std::unique_ptr<Decoder> MakeDecoder(Format format, const DecodeLimits& limits, std::string& fault,
                                     const DecodeStart& start, const std::string& encoding,
                                     std::shared_ptr<StoredFile> file) {
  if (format == Format::kUtf16) return MakeUtf16Decoder();
  fault = LibraryOf(format).missing;
  if (!fault.empty()) return nullptr;
  const bool is_plain = format == Format::kEncoding;
  std::unique_ptr<Decoder> stored;
  if (is_plain) {
    stored = MakePlainDecoder(start.offset);
  } else {
    std::unique_ptr<UnitCodec> codec = MakeCodec(format, limits, start, std::move(file), fault);
    if (codec == nullptr) return nullptr;
    stored = MakeUnitDecoder(std::move(codec), start.offset);
  }
  if (encoding.empty()) return stored;
  return MakeEncodingDecoder(encoding, std::move(stored), is_plain, start.offset, fault);
}

std::optional<uint64_t> FindListedUnit(Format format, std::shared_ptr<StoredFile> file,
                                       uint64_t offset, std::string& fault) {
  if (format != Format::kXz || !XzLibrary().missing.empty()) return std::nullopt;
  return FindXzBlock(std::move(file), offset, fault);
}

size_t FindUnit(Format format, const uint8_t* stored, size_t size, size_t limit) {
  std::string fault;
  return MakeCodec(format, {}, {}, nullptr, fault)->Find(stored, size, limit);
}

}  // namespace mpicount
