#include "json_line.h"

#include <bit>
#include <cstring>
#include <utility>

#include "../text/utf8.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding >= sizeof(Vector));

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

}  // namespace

bool IsBlankJsonLine(const uint8_t* line, size_t size) {
  for (size_t at = 0; at < size; ++at) {
    if (!IsJsonSpace(line[at])) return false;
  }
  return true;
}

JsonLineParser::JsonLineParser(std::vector<JsonPath> paths)
    : place_(std::move(paths)), rooms_(place_.targets().size()) {}

bool JsonLineParser::Parse(const uint8_t* line, size_t size) {
  line_ = at_ = line;
  end_ = line + size;
  fault_ = nullptr;
  place_.Reset();
  SkipSpace();
  if (*at_ != '{') return Fail(JsonFault::kBegin);
  ++at_;
  Next next = place_.Open(true);
  while (place_.depth() > 0) {
    SkipSpace();
    switch (next) {
      case Next::kNameOrEnd:
        if (*at_ == '}') {
          ++at_;
          next = place_.Close();
          break;
        }
        [[fallthrough]];
      case Next::kName: next = ReadName(); break;
      case Next::kValueOrEnd:
        if (*at_ == ']') {
          ++at_;
          next = place_.Close();
          break;
        }
        [[fallthrough]];
      case Next::kValue: next = ReadValue(); break;
      case Next::kCommaOrEnd: next = ReadAfterValue(); break;
    }
    if (fault_ != nullptr) return false;
  }
  SkipSpace();
  return at_ == end_ || Fail(JsonFault::kMore);
}

bool JsonLineParser::Fail(const char* fault) {
  fault_ = at_ == end_ ? JsonFault::kEnd : fault;
  return false;
}

JsonLineParser::Next JsonLineParser::ReadName() {
  if (*at_ != '"') {
    Fail(JsonFault::kName);
    return Next::kName;
  }
  RawString name;
  if (!ReadString(name)) return Next::kName;
  MatchName(name);
  SkipSpace();
  if (*at_ == ':') {
    ++at_;
  } else {
    Fail(JsonFault::kColon);
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
  place_.MatchName(text, may_match);
}

JsonLineParser::Next JsonLineParser::ReadValue() {
  const bool is_on_path = place_.LeaveName();
  const size_t target = is_on_path ? place_.BeginFields() : JsonPlace::kNoTarget;
  switch (*at_) {
    case '"':
      if (target != JsonPlace::kNoTarget) {
        std::string_view text;
        if (ReadText(rooms_[target], text)) place_.SetFields(text);
      } else {
        RawString string;
        ReadString(string);
      }
      return Next::kCommaOrEnd;
    case '{':
      ++at_;
      if (is_on_path) place_.EnterObject();
      return place_.Open(true);
    case '[': ++at_; return place_.Open(false);
    case 't': ReadWord("true"); return Next::kCommaOrEnd;
    case 'f': ReadWord("false"); return Next::kCommaOrEnd;
    case 'n': ReadWord("null"); return Next::kCommaOrEnd;
    default: ReadNumber(); return Next::kCommaOrEnd;
  }
}

JsonLineParser::Next JsonLineParser::ReadAfterValue() {
  const bool is_in_object = place_.IsInObject();
  if (*at_ == ',') {
    ++at_;
    return is_in_object ? Next::kName : Next::kValue;
  }
  if (*at_ == (is_in_object ? '}' : ']')) {
    ++at_;
    return place_.Close();
  }
  Fail(is_in_object ? JsonFault::kCommaInObject : JsonFault::kCommaInArray);
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
    if (*at_ != '\\') return Fail(JsonFault::kControl);
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
    if (*at_ != '\\') return Fail(JsonFault::kControl);
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
    if (byte == 0) return Fail(JsonFault::kEscape);
    *to++ = byte;
    ++at_;
    return true;
  }
  ++at_;
  uint32_t code_point = CodeUnitAt(at_);
  if (code_point == kNoUnit) {
    while (HexOf(*at_) != kNoDigit) ++at_;
    return Fail(JsonFault::kEscape);
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
    if (*at_ != static_cast<uint8_t>(letter)) return Fail(JsonFault::kValue);
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
  if (!IsDigit(*at_)) return Fail(JsonFault::kValue);
  while (IsDigit(*at_)) ++at_;
  return true;
}

}  // namespace mpicount
