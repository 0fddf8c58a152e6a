#include "json_line.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "../match/vector.h"
#include "../text/utf8.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding >= sizeof(Vector));

// Returns a bit for each byte that ends a stretch of plain bytes in a string: a quote, a backslash,
// or a control character, such as the newline after the line.
uint64_t EndsOf(Vector bytes) {
  return BitsOf((bytes == Fill('"')) | (bytes == Fill('\\')) | (bytes < Fill(' ')));
}

bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

// The value of each byte as a hexadecimal digit, or kNoDigit.
constexpr uint8_t kNoDigit = 16;
constexpr std::array<uint8_t, 256> kHexDigits = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t value = 0; value < 10; ++value) values['0' + value] = value;
  for (uint8_t value = 10; value < 16; ++value) {
    values['A' + value - 10] = values['a' + value - 10] = value;
  }
  return values;
}();

uint32_t HexOf(uint8_t byte) { return kHexDigits[byte]; }

// Returns the code unit of the four digits of an escape, or kNoUnit.
constexpr uint32_t kNoUnit = UINT32_MAX;
uint32_t CodeUnitAt(const uint8_t* digits) {
  uint32_t unit = 0;
  uint32_t all = 0;
  for (int digit = 0; digit < 4; ++digit) {
    all |= HexOf(digits[digit]);
    unit = unit << 4 | HexOf(digits[digit]);
  }
  return all < kNoDigit ? unit : kNoUnit;
}

// Returns the byte that an escape of one letter stands for, or 0.
uint8_t SimpleEscape(uint8_t letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

}  // namespace

bool IsBlankJsonLine(const uint8_t* line, size_t size) {
  for (size_t at = 0; at < size; ++at) {
    if (line[at] != ' ' && line[at] != '\t' && line[at] != '\r') return false;
  }
  return true;
}

JsonLineParser::JsonLineParser(std::vector<JsonPath> paths) {
  for (JsonPath& path : paths) targets_.push_back({.path = std::move(path)});
}

bool JsonLineParser::Parse(const uint8_t* line, size_t size) {
  line_ = at_ = line;
  end_ = line + size;
  fault_ = nullptr;
  for (Target& target : targets_) {
    target.field = {};
    target.matched = 0;
  }
  levels_.clear();
  depth_ = 0;
  is_on_path_ = false;
  SkipSpace();
  if (*at_ != '{') return Fail("it does not begin with {");
  ++at_;
  Next next = Open(true);
  while (depth_ > 0) {
    SkipSpace();
    switch (next) {
      case Next::kNameOrEnd:
        if (*at_ == '}') {
          next = Close();
          break;
        }
        [[fallthrough]];
      case Next::kName: next = ReadName(); break;
      case Next::kValueOrEnd:
        if (*at_ == ']') {
          next = Close();
          break;
        }
        [[fallthrough]];
      case Next::kValue: next = ReadValue(); break;
      case Next::kCommaOrEnd: next = ReadAfterValue(); break;
    }
    if (fault_ != nullptr) return false;
  }
  SkipSpace();
  return at_ == end_ || Fail("more follows the object");
}

bool JsonLineParser::Fail(const char* fault) {
  fault_ = at_ == end_ ? "it ends within the object" : fault;
  return false;
}

JsonLineParser::Next JsonLineParser::Open(bool is_object) {
  if (depth_ % 64 == 0) levels_.push_back(0);
  const uint64_t bit = uint64_t{1} << depth_ % 64;
  levels_.back() = is_object ? levels_.back() | bit : levels_.back() & ~bit;
  ++depth_;
  return is_object ? Next::kNameOrEnd : Next::kValueOrEnd;
}

JsonLineParser::Next JsonLineParser::Close() {
  ++at_;
  --depth_;
  if (depth_ % 64 == 0) levels_.pop_back();
  for (Target& target : targets_) {
    if (target.matched > 0 && target.matched >= depth_) {
      target.matched = depth_ == 0 ? 0 : depth_ - 1;
    }
  }
  return Next::kCommaOrEnd;
}

JsonLineParser::Next JsonLineParser::ReadName() {
  if (*at_ != '"') {
    Fail("the name of a member is missing");
    return Next::kName;
  }
  RawString name;
  if (!ReadString(name)) return Next::kName;
  MatchName(name);
  SkipSpace();
  if (*at_ == ':') {
    ++at_;
  } else {
    Fail("a colon is missing");
  }
  return Next::kValue;
}

void JsonLineParser::MatchName(const RawString& name) {
  std::string_view text = name.raw;
  bool may_match = true;
  if (name.has_escapes) {
    at_ -= name.raw.size() + 2;
    has_lone_surrogate_ = false;
    ReadText(name_, text);
    may_match = !has_lone_surrogate_;  // no path has one
  }
  is_on_path_ = false;
  for (Target& target : targets_) {
    target.is_on_path =
        may_match && target.matched == depth_ - 1 && text == target.path[target.matched];
    is_on_path_ = is_on_path_ || target.is_on_path;
  }
}

JsonLineParser::Target* JsonLineParser::BeginFields() {
  Target* first = nullptr;
  for (Target& target : targets_) {
    if (!target.is_on_path) continue;
    target.field = {};
    if (!target.is_at_field()) continue;
    target.field.kind = JsonField::Kind::kOther;
    if (first == nullptr) first = &target;
  }
  return first;
}

// Sets the string of all targets whose field is the value that was read.
void JsonLineParser::SetFields(std::string_view text) {
  for (Target& target : targets_) {
    if (target.is_on_path && target.is_at_field()) target.field = {JsonField::Kind::kString, text};
  }
}

// Goes on in the object that begins, with the targets whose path leads through it.
void JsonLineParser::EnterObject() {
  for (Target& target : targets_) {
    if (target.is_on_path && !target.is_at_field()) ++target.matched;
  }
}

JsonLineParser::Next JsonLineParser::ReadValue() {
  const bool is_on_path = is_on_path_;
  is_on_path_ = false;
  Target* const target = is_on_path ? BeginFields() : nullptr;
  switch (*at_) {
    case '"':
      if (target != nullptr) {
        std::string_view text;
        if (ReadText(target->room, text)) SetFields(text);
      } else {
        RawString string;
        ReadString(string);
      }
      return Next::kCommaOrEnd;
    case '{':
      ++at_;
      if (is_on_path) EnterObject();
      return Open(true);
    case '[': ++at_; return Open(false);
    case 't': ReadWord("true"); return Next::kCommaOrEnd;
    case 'f': ReadWord("false"); return Next::kCommaOrEnd;
    case 'n': ReadWord("null"); return Next::kCommaOrEnd;
    default: ReadNumber(); return Next::kCommaOrEnd;
  }
}

JsonLineParser::Next JsonLineParser::ReadAfterValue() {
  const bool is_in_object = IsInObject();
  if (*at_ == ',') {
    ++at_;
    return is_in_object ? Next::kName : Next::kValue;
  }
  if (*at_ == (is_in_object ? '}' : ']')) return Close();
  Fail(is_in_object ? "a comma or } is missing" : "a comma or ] is missing");
  return Next::kCommaOrEnd;
}

// Reads a string and its quotes.
bool JsonLineParser::ReadString(RawString& string) {
  const uint8_t* const begin = ++at_;
  for (;;) {
    const uint64_t ends = EndsOf(Load(at_));
    if (ends == 0) {
      at_ += sizeof(Vector);
      continue;
    }
    at_ += std::countr_zero(ends);
    if (*at_ == '"') break;
    if (*at_ != '\\') return Fail("a control character is not escaped");
    string.has_escapes = true;
    // Text in other letters than the Latin ones may be nothing but escapes.
    do {
      ++at_;
      if (!ReadEscape()) return false;
    } while (*at_ == '\\');
  }
  string.raw = {reinterpret_cast<const char*>(begin), static_cast<size_t>(at_ - begin)};
  ++at_;
  return true;
}

bool JsonLineParser::ReadEscape() {
  uint8_t room[4];
  uint8_t* to = room;
  return ReadEscapeTo(to);
}

bool JsonLineParser::ReadText(std::vector<uint8_t>& room, std::string_view& text) {
  ++at_;
  // An escape is longer than what it stands for.
  const size_t needed = static_cast<size_t>(end_ - at_) + sizeof(Vector);
  if (room.size() < needed) room.resize(needed);
  uint8_t* to = room.data();
  for (;;) {
    const Vector bytes = Load(at_);
    std::memcpy(to, &bytes, sizeof bytes);
    const uint64_t ends = EndsOf(bytes);
    const size_t plain = ends == 0 ? sizeof bytes : static_cast<size_t>(std::countr_zero(ends));
    at_ += plain;
    to += plain;
    if (ends == 0) continue;
    if (*at_ == '"') break;
    if (*at_ != '\\') return Fail("a control character is not escaped");
    do {
      ++at_;
      if (!ReadEscapeTo(to)) return false;
    } while (*at_ == '\\');
  }
  text = {reinterpret_cast<const char*>(room.data()), static_cast<size_t>(to - room.data())};
  ++at_;
  return true;
}

// Reads an escape after its backslash, and writes what it stands for: up to four bytes.
bool JsonLineParser::ReadEscapeTo(uint8_t*& to) {
  if (*at_ != 'u') {
    const uint8_t byte = SimpleEscape(*at_);
    if (byte == 0) return Fail("an escape is not valid");
    *to++ = byte;
    ++at_;
    return true;
  }
  ++at_;
  uint32_t code_point = CodeUnitAt(at_);
  if (code_point == kNoUnit) {
    while (HexOf(*at_) != kNoDigit) ++at_;
    return Fail("an escape is not valid");
  }
  at_ += 4;
  if (IsHighSurrogate(code_point) && at_[0] == '\\' && at_[1] == 'u') {
    const uint32_t low = CodeUnitAt(at_ + 2);
    if (IsLowSurrogate(low)) {
      code_point = JoinSurrogates(code_point, low);
      at_ += 6;
    }
  }
  if (IsHighSurrogate(code_point) || IsLowSurrogate(code_point)) {
    has_lone_surrogate_ = true;
    code_point = kReplacement;
  }
  to += WriteUtf8(code_point, to);
  return true;
}

bool JsonLineParser::ReadWord(std::string_view word) {
  for (const char letter : word) {
    if (*at_ != static_cast<uint8_t>(letter)) return Fail("a value is not valid");
    ++at_;
  }
  return true;
}

bool JsonLineParser::ReadNumber() {
  if (*at_ == '-') ++at_;
  if (*at_ == '0') {
    ++at_;
  } else if (!ReadDigits()) {
    return false;
  }
  if (*at_ == '.') {
    ++at_;
    if (!ReadDigits()) return false;
  }
  if (*at_ == 'e' || *at_ == 'E') {
    ++at_;
    if (*at_ == '+' || *at_ == '-') ++at_;
    if (!ReadDigits()) return false;
  }
  return true;
}

bool JsonLineParser::ReadDigits() {
  if (!IsDigit(*at_)) return Fail("a value is not valid");
  while (IsDigit(*at_)) ++at_;
  return true;
}

}  // namespace mpicount
