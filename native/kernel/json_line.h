// Parses a line of JSON lines strictly and finds the strings of fields in it, in one pass.
//
// A line is accepted exactly if JSON.parse() accepts it (RFC 8259) and it is an object: numbers may
// have any size, objects and arrays may be nested to any depth (a level takes one bit), and of
// members with equal names the last one counts. Bytes in strings that are not UTF-8 are kept as
// they are, as everywhere in a text. An escaped surrogate without its partner becomes U+FFFD, as
// when Node writes the string that JSON.parse() returns as UTF-8. LongJsonLineParser
// (long_json_line.h) does all this for lines that are not in memory as a whole.
//
// An own parser, since those that were weighed are not equal to JSON.parse(). simdjson (npm has the
// sources of 3.9.4) refuses integers of more than 64 bits, large exponents, lone surrogates,
// invalid UTF-8 and, by default, a depth of more than 1024; its lazy front end does not validate
// what it skips. yyjson is in no package of npm, and builds a tree of the whole line. Here, nothing
// is built: what is not the field is only validated, and the bytes of strings, which are most of
// the bytes of such lines, are passed with vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "json_bytes.h"
#include "json_place.h"

namespace mpicount {

// The readable bytes that must follow a line, the first of which is a newline.
constexpr size_t kJsonPadding = 16;

class JsonLineParser {
 public:
  // Keeps the paths of the fields. They may be the same, and one may lead through the field of
  // another.
  explicit JsonLineParser(std::vector<JsonPath> paths);

  // Parses a line that is not blank; it has kJsonPadding bytes after it. Returns false if it is no
  // JSON object.
  bool Parse(const uint8_t* line, size_t size);

  // Returns what a line that is a JSON object has under the path with this index, valid until the
  // next line is parsed.
  const JsonField& field(size_t path) const { return place_.targets()[path].field; }

  // Return what is wrong with any other line, and where in it.
  const char* fault() const { return fault_; }
  size_t fault_at() const { return static_cast<size_t>(at_ - line_); }

 private:
  using Next = JsonPlace::Next;

  void SkipSpace() {
    while (IsJsonSpace(*at_)) ++at_;
  }
  // Read one token each. They set the fault if there is none.
  Next ReadName();
  Next ReadValue();
  Next ReadAfterValue();
  // A string as it stands between its quotes.
  struct RawString {
    std::string_view raw{};
    bool has_escapes = false;
  };
  bool ReadString(RawString& string);
  bool ReadEscape();
  // Reads a string like ReadString(), and writes it to `room`, without its escapes.
  bool ReadText(std::vector<uint8_t>& room, std::string_view& text);
  bool ReadEscapeTo(uint8_t*& to);
  bool ReadWord(std::string_view word);
  bool ReadNumber();
  bool ReadDigits();

  bool Fail(const char* fault);
  // Finds the targets that have the name that was read as the next one of their path.
  void MatchName(const RawString& name);

  const uint8_t* line_ = nullptr;
  const uint8_t* end_ = nullptr;
  const uint8_t* at_ = nullptr;
  const char* fault_ = nullptr;
  JsonPlace place_;
  std::vector<std::vector<uint8_t>> rooms_;  // for the text of the field of each target
  // Whether an escape that was read had half a surrogate pair.
  bool has_lone_surrogate_ = false;
  std::vector<uint8_t> name_;  // without escapes
};

// Returns whether the line has nothing but space.
bool IsBlankJsonLine(const uint8_t* line, size_t size);

}  // namespace mpicount
