#include "recognize.h"

#include <cstring>
#include <string_view>

namespace mpicount {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;
  Finding finding;
};

// The order matters: a byte order mark of UTF-32 begins with one of UTF-16.
constexpr Magic kMagics[] = {
    {"\x1f\x8b\x08"sv, Finding::kGzip},
    {"\x28\xb5\x2f\xfd"sv, Finding::kZstd},
    {"\xfd"
     "7zXZ\0"sv,
     Finding::kXz},
    {"BZh"sv, Finding::kBzip2},
    {"\x04\x22\x4d\x18"sv, Finding::kLz4},
    {"\x02\x21\x4c\x18"sv, Finding::kLz4},  // the legacy format, before version 1
    {"PK\x03\x04"sv, Finding::kZip},
    {"7z\xbc\xaf\x27\x1c"sv, Finding::k7z},
    {"\xff\xfe\0\0"sv, Finding::kUtf32},
    {"\0\0\xfe\xff"sv, Finding::kUtf32},
    {"\xff\xfe"sv, Finding::kUtf16},
    {"\xfe\xff"sv, Finding::kUtf16},
};

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// An ordinary text may begin with "BZh". In a bzip2 file, the level follows, and then the magic
// number of the first block or of the end.
bool IsBzip2(std::string_view text) {
  if (text.size() < 10 || text[3] < '1' || text[3] > '9') return false;
  const std::string_view next = text.substr(4);
  return StartsWith(next, "\x31\x41\x59\x26\x53\x59"sv) ||
         StartsWith(next, "\x17\x72\x45\x38\x50\x90"sv);
}

// Returns whether the text begins with a skippable frame of zstd or lz4. pzstd writes one before
// each frame.
bool IsSkippable(std::string_view text) {
  return text.size() >= 4 && (static_cast<uint8_t>(text[0]) & 0xf0) == 0x50 &&
         text.substr(1, 3) == "\x2a\x4d\x18"sv;
}

// The number of first characters that have to be ASCII, so that a text is taken for UTF-16 or
// UTF-32 without a byte order mark: two of UTF-32 and four of UTF-16 take eight bytes.
constexpr size_t kFewestBytes = 8;

bool IsAsciiText(char byte) {
  return (byte >= ' ' && byte <= '~') || (byte >= '\t' && byte <= '\r');
}

// Returns whether the text consists of ASCII characters of `width` bytes each, all bytes but the
// one at `place` being zero.
bool IsWideAscii(std::string_view text, size_t width, size_t place) {
  for (size_t at = 0; at + width <= text.size(); at += width) {
    for (size_t byte = 0; byte < width; ++byte) {
      const char value = text[at + byte];
      if (byte == place ? !IsAsciiText(value) : value != 0) return false;
    }
  }
  return true;
}

// Returns whether the text is UTF-16 or UTF-32 without a byte order mark, if it begins in ASCII.
std::optional<Finding> WideAscii(std::string_view text) {
  if (text.size() < kFewestBytes) return std::nullopt;
  if (IsWideAscii(text, 4, 0) || IsWideAscii(text, 4, 3)) return Finding::kUtf32;
  if (IsWideAscii(text, 2, 0) || IsWideAscii(text, 2, 1)) return Finding::kUtf16;
  return std::nullopt;
}

}  // namespace

std::optional<Finding> Recognize(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (IsSkippable(text)) return Finding::kZstd;
  for (const auto& [magic, finding] : kMagics) {
    if (!StartsWith(text, magic)) continue;
    if (finding == Finding::kBzip2 && !IsBzip2(text)) return std::nullopt;
    return finding;
  }
  return WideAscii(text);
}

bool MayBeJsonLines(const uint8_t* text, size_t size) {
  return size >= 2 && text[0] == '{' && (text[1] == '"' || text[1] == ' ');
}

bool IsJsonLines(const uint8_t* text, size_t size) {
  if (!MayBeJsonLines(text, size)) return false;
  const auto* newline = static_cast<const uint8_t*>(std::memchr(text, '\n', size));
  if (newline == nullptr || newline + 1 == text + size || newline[1] != '{') return false;
  const uint8_t* last = newline - 1;
  while (*last == '\r' || *last == ' ') --last;
  return *last == '}';
}

}  // namespace mpicount
