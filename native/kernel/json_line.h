// Parses a line of JSON lines strictly and finds the strings of fields in it, in one pass.
//
// A line is accepted exactly if JSON.parse() accepts it (RFC 8259) and it is an object: numbers may
// have any size, objects and arrays may be nested to any depth (a level takes one bit), and of
// members with equal names the last one counts. Bytes in strings that are not UTF-8 are kept as
// they are, as everywhere in a text. An escaped surrogate without its partner becomes U+FFFD, as
// when Node writes the string that JSON.parse() returns as UTF-8.
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
#include <string>
#include <string_view>
#include <vector>

namespace mpicount {

// The readable bytes that must follow a line, the first of which is a newline.
constexpr size_t kJsonPadding = 16;

// The value that a line has under the path.
struct JsonField {
  enum class Kind { kAbsent, kString, kOther };
  Kind kind = Kind::kAbsent;
  std::string_view text{};  // of a string, without escapes
};

// The way to a field: the name of a member of the line, then of a member of that object, and so on.
using JsonPath = std::vector<std::string>;

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
  const JsonField& field(size_t path) const { return targets_[path].field; }

  // Return what is wrong with any other line, and where in it.
  const char* fault() const { return fault_; }
  size_t fault_at() const { return static_cast<size_t>(at_ - line_); }

 private:
  // The token that has to come next.
  enum class Next { kNameOrEnd, kName, kValueOrEnd, kValue, kCommaOrEnd };

  void SkipSpace() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\r') ++at_;
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

  Next Open(bool is_object);
  Next Close();
  bool IsInObject() const { return (levels_.back() >> ((depth_ - 1) % 64) & 1) != 0; }
  bool Fail(const char* fault);

  // A field that is looked for.
  struct Target {
    JsonPath path;
    JsonField field{};
    // The number of names of the path of which the open objects are values: object i + 1 is that of
    // name i.
    size_t matched = 0;
    // Whether the value that is read next is that of the next name of the path.
    bool is_on_path = false;
    std::vector<uint8_t> room{};  // for the text of the field

    // Returns whether the next name of the path is that of the field.
    bool is_at_field() const { return matched + 1 == path.size(); }
  };
  // Finds the targets that have the name that was read as the next one of their path.
  void MatchName(const RawString& name);
  // Forgets what was found before under the name that was read, since of members with equal names
  // the last one counts. Returns the first target whose field is the value that comes, or null.
  Target* BeginFields();
  void SetFields(std::string_view text);
  void EnterObject();

  const uint8_t* line_ = nullptr;
  const uint8_t* end_ = nullptr;
  const uint8_t* at_ = nullptr;
  const char* fault_ = nullptr;
  std::vector<Target> targets_;
  // The open objects and arrays: a bit for each, 1 for an object. The word of the last bit is at
  // the end.
  std::vector<uint64_t> levels_;
  size_t depth_ = 0;
  // Whether the value that is read next is that of the next name of any path.
  bool is_on_path_ = false;
  // Whether an escape that was read had half a surrogate pair.
  bool has_lone_surrogate_ = false;
  std::vector<uint8_t> name_;  // without escapes
};

// Returns whether the line has nothing but space.
bool IsBlankJsonLine(const uint8_t* line, size_t size);

}  // namespace mpicount
