#include "file_range.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "../kernel/recognize.h"
#include "../source/decode/decoder.h"
#include "../source/read_at.h"
#include "../text/utf8.h"
#include "start_format.h"

namespace mpicount {

void DropFromPageCache(const FileRange& range) {
#ifdef POSIX_FADV_DONTNEED  // not on macOS
  const bool is_part = range.is_stored() || range.has_units();
  const uint64_t begin = is_part ? range.begin : 0;
  const uint64_t end = is_part ? range.end : range.file_size;
  posix_fadvise(range.fd, static_cast<off_t>(begin), static_cast<off_t>(end - begin),
                POSIX_FADV_DONTNEED);
#else
  (void)range;
#endif
}

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

namespace {

class BytesOfFile : public StoredFile {
 public:
  BytesOfFile(int fd, uint64_t size) : fd_(fd), size_(size) {}

  uint64_t size() const override { return size_; }

  bool Read(uint64_t offset, uint8_t* bytes, size_t size) override {
    ReadError error;
    if (ReadAt(fd_, bytes, size, offset, error)) return true;
    error_ = std::move(error);
    return false;
  }

  // Why the latest bytes could not be read.
  const std::optional<ReadError>& error() const { return error_; }

 private:
  int fd_;
  uint64_t size_;
  std::optional<ReadError> error_;
};

std::unique_ptr<Decoder> DecoderOf(const FileRange& range, Format format, const DecodeStart& start,
                                   ReadError& error) {
  const auto file =
      range.stream ? nullptr : std::make_shared<BytesOfFile>(range.fd, range.file_size);
  std::unique_ptr<Decoder> decoder =
      MakeDecoder(format, {range.memory}, error.fault, start, range.encoding, file);
  if (decoder == nullptr && file != nullptr && file->error()) error = *file->error();
  return decoder;
}

// Tells the format by the first bytes. Sets a fault for one that is not decoded. An error in
// reading is left to the views that follow.
Format FormatOf(Source& stored, std::string& fault) {
  ReadError error;
  const uint8_t* bytes = stored.View(0, std::min(kMagicSize, stored.size()), error);
  if (bytes == nullptr) return Format::kPlain;
  const auto [format, name] = FormatOfStart(bytes, std::min(kMagicSize, stored.size()));
  if (format == Format::kUnknown) {
    // The same message as in src/corpus/tell-formats.ts.
    fault = std::string("is in the format ") + name +
            ", which is not decoded; decode it first, or count its bytes as they are: "
            "--no-decompress";
  }
  return format;
}

// Tells the format of text in an encoding, which is UTF-8 if it has the mark of that.
Format FormatOfText(Source& stored) {
  ReadError error;
  const uint8_t* bytes = stored.View(0, std::min<uint64_t>(kUtf8Mark.size(), stored.size()), error);
  const bool is_utf8 =
      bytes != nullptr && stored.size() >= kUtf8Mark.size() &&
      std::equal(kUtf8Mark.begin(), kUtf8Mark.end(), reinterpret_cast<const char*>(bytes));
  return is_utf8 ? Format::kPlain : Format::kEncoding;
}

}  // namespace

std::unique_ptr<Source> OpenSource(const FileRange& range, uint64_t begin, uint64_t likely_end,
                                   ScratchBuffer& buffer, ReadError& error) {
  if (range.format == Format::kPlain) return OpenStored(range, begin, likely_end, buffer);
  auto owned = std::make_unique<ScratchBuffer>();
  // A file that turns out to be plain is read on into the caller's buffer.
  const bool is_unknown = range.format == Format::kUnknown;
  ScratchBuffer& stored_buffer = is_unknown ? buffer : *owned;
  ScratchBuffer& text_buffer = is_unknown ? *owned : buffer;
  std::unique_ptr<Source> stored = OpenStored(range, 0, range.file_size, stored_buffer);
  Format format = is_unknown ? FormatOf(*stored, error.fault) : range.format;
  if (format == Format::kPlain && !range.encoding.empty()) format = FormatOfText(*stored);
  if (format == Format::kPlain) return stored;
  if (!error.fault.empty()) return nullptr;
  std::unique_ptr<Decoder> decoder = DecoderOf(range, format, {}, error);
  if (decoder == nullptr) return nullptr;
  return OpenDecoded(std::move(stored), std::move(owned), std::move(decoder),
                     {0, kUnknownSize, std::max(range.chunk, range.window)}, text_buffer);
}

std::unique_ptr<Source> OpenUnits(const FileRange& range, uint64_t start, ScratchBuffer& buffer,
                                  ReadError& error) {
  std::unique_ptr<Decoder> decoder = DecoderOf(range, range.format, {start, range.sum}, error);
  if (decoder == nullptr) return nullptr;
  auto owned = std::make_unique<ScratchBuffer>();
  std::unique_ptr<Source> stored = OpenStored(range, start, range.end, *owned);
  return OpenDecoded(std::move(stored), std::move(owned), std::move(decoder),
                     {start, range.end, std::max(range.chunk, range.window)}, buffer);
}

std::optional<uint64_t> ListedUnit(const FileRange& range, uint64_t from,
                                   std::optional<ReadError>& error) {
  const auto file = std::make_shared<BytesOfFile>(range.fd, range.file_size);
  std::string fault;
  const std::optional<uint64_t> unit = FindListedUnit(range.format, file, from, fault);
  if (!unit) error = file->error();
  if (!fault.empty()) error = ReadError{0, 0, std::move(fault)};
  return unit;
}

}  // namespace mpicount
