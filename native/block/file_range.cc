#include "file_range.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "../kernel/recognize.h"
#include "../source/decode/decoder.h"

namespace mpicount {

void DropFromPageCache(const FileRange& range) {
#ifdef POSIX_FADV_DONTNEED  // not on macOS
  const bool is_stored = range.format == Format::kPlain;
  const uint64_t begin = is_stored ? range.begin : 0;
  const uint64_t end = is_stored ? range.end : range.file_size;
  posix_fadvise(range.fd, static_cast<off_t>(begin), static_cast<off_t>(end - begin),
                POSIX_FADV_DONTNEED);
#else
  (void)range;
#endif
}

namespace {

std::unique_ptr<Source> OpenStored(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer) {
  if (range.stream) return OpenStream(range.fd, std::max(range.chunk, range.window), buffer);
  if (range.chunk == 0) {
    std::unique_ptr<Source> mapped = OpenMapped(range.fd, range.file_size, begin, likely_end);
    if (mapped != nullptr) return mapped;
  }
  return OpenBuffered(range.fd, range.file_size, likely_end, std::max(range.chunk, range.window),
                      buffer);
}

// Tells the format of a stream by its first bytes. An error is left to the views that follow.
Format StreamFormat(Source& stream) {
  ReadError error;
  const uint8_t* bytes = stream.View(0, kMagicSize, error);
  if (bytes == nullptr) return Format::kPlain;
  switch (Recognize(bytes, std::min(kMagicSize, stream.size())).value_or(Finding::kZip)) {
    case Finding::kGzip: return Format::kGzip;
    case Finding::kZstd: return Format::kZstd;
    case Finding::kXz: return Format::kXz;
    case Finding::kBzip2: return Format::kBzip2;
    case Finding::kLz4: return Format::kLz4;
    case Finding::kUtf16: return Format::kUtf16;
    default: return Format::kPlain;
  }
}

}  // namespace

std::unique_ptr<Source> OpenSource(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer, ReadError& error) {
  if (range.format == Format::kPlain) return OpenStored(range, begin, likely_end, buffer);
  auto owned = std::make_unique<ScratchBuffer>();
  // A stream that turns out to be plain is read on into the caller's buffer.
  ScratchBuffer& stored_buffer = range.stream ? buffer : *owned;
  ScratchBuffer& text_buffer = range.stream ? *owned : buffer;
  std::unique_ptr<Source> stored = OpenStored(range, 0, range.file_size, stored_buffer);
  const Format format = range.format == Format::kUnknown ? StreamFormat(*stored) : range.format;
  if (format == Format::kPlain) return stored;
  std::unique_ptr<Decoder> decoder = MakeDecoder(format, {range.memory}, error.fault);
  if (decoder == nullptr) return nullptr;
  return OpenDecoded(std::move(stored), std::move(owned), std::move(decoder),
                     std::max(range.chunk, range.window), text_buffer);
}

}  // namespace mpicount
