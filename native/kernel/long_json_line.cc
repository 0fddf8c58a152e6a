#include "long_json_line.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "../text/utf8.h"
#include "json_bytes.h"

namespace mpicount {
namespace {

// Returns where the plain bytes of a string end.
const uint8_t* EndOfPlain(const uint8_t* at, const uint8_t* end) {
  for (; end - at >= static_cast<ptrdiff_t>(sizeof(Vector)); at += sizeof(Vector)) {
    const uint64_t ends = EndsOf(Load(at));
    if (ends != 0) return at + std::countr_zero(ends);
  }
  while (at < end && *at != '"' && *at != '\\' && *at >= ' ') ++at;
  return at;
}

}  // namespace

LongJsonLineParser::LongJsonLineParser(std::vector<JsonPath> paths, JsonTexts& texts)
    : place_(std::move(paths)), texts_(texts) {
  for (const JsonPlace::Target& target : place_.targets()) {
    for (const std::string& name : target.path)
      longest_name_ = std::max(longest_name_, name.size());
  }
}

void LongJsonLineParser::Begin() {
  place_.Reset();
  parsed_ = 0;
  fault_ = nullptr;
  is_too_deep_ = false;
  state_ = State::kBefore;
}

bool LongJsonLineParser::Parse(const uint8_t* part, size_t size) {
  if (fault_ != nullptr || is_too_deep_) return false;
  at_ = part;
  end_ = part + size;
  bool goes_on = true;
  while (at_ < end_ && goes_on) goes_on = Step();
  parsed_ += static_cast<uint64_t>(at_ - part);
  return goes_on;
}

bool LongJsonLineParser::Finish() {
  if (state_ != State::kAfter && !is_blank() && fault_ == nullptr) fault_ = JsonFault::kEnd;
  return state_ == State::kAfter && fault_ == nullptr;
}

bool LongJsonLineParser::Fail(const char* fault) {
  fault_ = fault;
  return false;
}

bool LongJsonLineParser::Step() {
  switch (state_) {
    case State::kString: return ReadString();
    case State::kEscape: return ReadEscape();
    case State::kDigits: return ReadDigits();
    case State::kWord: return ReadWord();
    case State::kMinus:
    case State::kZero:
    case State::kInteger:
    case State::kPoint:
    case State::kFraction:
    case State::kE:
    case State::kSign:
    case State::kExponent: return ReadNumber();
    case State::kBefore:
    case State::kToken:
    case State::kColon:
    case State::kAfter: break;
  }
  while (at_ < end_ && IsJsonSpace(*at_)) ++at_;
  return at_ == end_ || ReadToken();
}

bool LongJsonLineParser::ReadToken() {
  if (state_ == State::kBefore) return *at_ == '{' ? Open(true) : Fail(JsonFault::kBegin);
  if (state_ == State::kAfter) return Fail(JsonFault::kMore);
  if (state_ == State::kColon) {
    if (*at_ != ':') return Fail(JsonFault::kColon);
    ++at_;
    state_ = State::kToken;
    next_ = Next::kValue;
    return true;
  }
  switch (next_) {
    case Next::kNameOrEnd:
      if (*at_ == '}') return Close();
      [[fallthrough]];
    case Next::kName: return *at_ == '"' ? BeginString(Use::kName) : Fail(JsonFault::kName);
    case Next::kValueOrEnd:
      if (*at_ == ']') return Close();
      [[fallthrough]];
    case Next::kValue: return ReadValue();
    case Next::kCommaOrEnd: break;
  }
  return ReadAfterValue();
}

bool LongJsonLineParser::ReadValue() {
  const bool is_on_path = place_.LeaveName();
  const bool is_field = is_on_path && place_.BeginFields() != JsonPlace::kNoTarget;
  const auto begin_word = [&](std::string_view word) {
    word_ = word;
    state_ = State::kWord;
    return true;
  };
  switch (*at_) {
    case '"': return BeginString(is_field ? Use::kField : Use::kNone);
    case '{':
      if (is_on_path) place_.EnterObject();
      return Open(true);
    case '[': return Open(false);
    case 't': return begin_word("true");
    case 'f': return begin_word("false");
    case 'n': return begin_word("null");
    case '-':
      ++at_;
      state_ = State::kMinus;
      return true;
    default: state_ = State::kMinus; return ReadNumber();
  }
}

bool LongJsonLineParser::ReadAfterValue() {
  const bool is_in_object = place_.IsInObject();
  if (*at_ == ',') {
    ++at_;
    next_ = is_in_object ? Next::kName : Next::kValue;
    return true;
  }
  if (*at_ == (is_in_object ? '}' : ']')) return Close();
  return Fail(is_in_object ? JsonFault::kCommaInObject : JsonFault::kCommaInArray);
}

bool LongJsonLineParser::Open(bool is_object) {
  if (place_.depth() == kMaxDepth) {
    is_too_deep_ = true;
    return false;
  }
  ++at_;
  state_ = State::kToken;
  next_ = place_.Open(is_object);
  return true;
}

bool LongJsonLineParser::Close() {
  ++at_;
  next_ = place_.Close();
  if (place_.depth() == 0) state_ = State::kAfter;
  return true;
}

bool LongJsonLineParser::BeginString(Use use) {
  ++at_;
  state_ = State::kString;
  use_ = use;
  high_ = 0;
  has_lone_surrogate_ = false;
  taken_size_ = 0;
  if (use == Use::kName) name_.clear();
  if (use == Use::kField) place_.ForEachField([this](size_t path) { texts_.BeginText(path); });
  return true;
}

bool LongJsonLineParser::EndString() {
  ++at_;
  LeaveSurrogate();
  if (use_ == Use::kName) {
    // No path has a lone surrogate.
    place_.MatchName({name_.data(), name_.size()}, !has_lone_surrogate_);
    state_ = State::kColon;
    return true;
  }
  if (use_ == Use::kField) {
    GiveTaken();
    place_.SetFields({});
  }
  return EndValue();
}

bool LongJsonLineParser::EndValue() {
  state_ = State::kToken;
  next_ = Next::kCommaOrEnd;
  return true;
}

bool LongJsonLineParser::ReadString() {
  const uint8_t* const begin = at_;
  at_ = EndOfPlain(at_, end_);
  if (at_ > begin) {
    LeaveSurrogate();
    Take(begin, static_cast<size_t>(at_ - begin));
  }
  if (at_ == end_) return true;
  if (*at_ == '"') return EndString();
  if (*at_ != '\\') return Fail(JsonFault::kControl);
  ++at_;
  state_ = State::kEscape;
  return true;
}

bool LongJsonLineParser::ReadEscape() {
  if (*at_ == 'u') {
    ++at_;
    state_ = State::kDigits;
    digits_ = 0;
    unit_ = 0;
    return true;
  }
  const uint8_t byte = SimpleEscape(*at_);
  if (byte == 0) return Fail(JsonFault::kEscape);
  ++at_;
  state_ = State::kString;
  LeaveSurrogate();
  Take(&byte, 1);
  return true;
}

bool LongJsonLineParser::ReadDigits() {
  for (; digits_ < 4; ++digits_) {
    if (at_ == end_) return true;
    const uint32_t digit = HexOf(*at_);
    if (digit == kNoDigit) return Fail(JsonFault::kEscape);
    unit_ = unit_ << 4 | digit;
    ++at_;
  }
  state_ = State::kString;
  TakeUnit(unit_);
  return true;
}

bool LongJsonLineParser::ReadWord() {
  while (at_ < end_ && !word_.empty()) {
    if (*at_ != static_cast<uint8_t>(word_.front())) return Fail(JsonFault::kValue);
    ++at_;
    word_.remove_prefix(1);
  }
  return !word_.empty() || EndValue();
}

bool LongJsonLineParser::ReadNumber() {
  const bool is_e = *at_ == 'e' || *at_ == 'E';
  const auto go_on = [this](State state) {
    ++at_;
    state_ = state;
    return true;
  };
  const auto skip_digits = [this] {
    while (at_ < end_ && IsDigit(*at_)) ++at_;
    return true;
  };
  switch (state_) {
    case State::kMinus: return *at_ == '0' ? go_on(State::kZero) : ReadDigitOf(State::kInteger);
    case State::kPoint: return ReadDigitOf(State::kFraction);
    case State::kE:
      if (*at_ == '+' || *at_ == '-') return go_on(State::kSign);
      [[fallthrough]];
    case State::kSign: return ReadDigitOf(State::kExponent);
    case State::kInteger:
      if (IsDigit(*at_)) return skip_digits();
      [[fallthrough]];
    case State::kZero:
      if (*at_ == '.') return go_on(State::kPoint);
      return is_e ? go_on(State::kE) : EndValue();
    case State::kFraction:
      if (IsDigit(*at_)) return skip_digits();
      return is_e ? go_on(State::kE) : EndValue();
    default: return IsDigit(*at_) ? skip_digits() : EndValue();
  }
}

// Reads a digit, of which there must be one, and goes on with those that may follow.
bool LongJsonLineParser::ReadDigitOf(State digits) {
  if (!IsDigit(*at_)) return Fail(JsonFault::kValue);
  ++at_;
  state_ = digits;
  return true;
}

void LongJsonLineParser::TakeUnit(uint32_t unit) {
  if (high_ != 0 && IsLowSurrogate(unit)) {
    TakeCharacter(JoinSurrogates(std::exchange(high_, 0), unit));
    return;
  }
  LeaveSurrogate();
  if (IsHighSurrogate(unit)) {
    high_ = unit;
  } else {
    has_lone_surrogate_ = has_lone_surrogate_ || IsLowSurrogate(unit);
    TakeCharacter(IsLowSurrogate(unit) ? kReplacement : unit);
  }
}

void LongJsonLineParser::LeaveSurrogate() {
  if (high_ == 0) return;
  high_ = 0;
  has_lone_surrogate_ = true;
  TakeCharacter(kReplacement);
}

void LongJsonLineParser::TakeCharacter(uint32_t character) {
  uint8_t bytes[kLongestUtf8];
  Take(bytes, WriteUtf8(character, bytes));
}

void LongJsonLineParser::Take(const uint8_t* text, size_t size) {
  switch (use_) {
    case Use::kNone: return;
    case Use::kName:
      size = std::min(size, longest_name_ + 1 - name_.size());
      name_.insert(name_.end(), text, text + size);
      return;
    case Use::kField: break;
  }
  while (size > 0) {
    const size_t taken = std::min(size, taken_.size() - taken_size_);
    std::memcpy(taken_.data() + taken_size_, text, taken);
    taken_size_ += taken;
    text += taken;
    size -= taken;
    if (taken_size_ == taken_.size()) GiveTaken();
  }
}

void LongJsonLineParser::GiveTaken() {
  const std::string_view part{reinterpret_cast<const char*>(taken_.data()), taken_size_};
  taken_size_ = 0;
  if (!part.empty()) place_.ForEachField([&](size_t path) { texts_.AddText(path, part); });
}

}  // namespace mpicount
