// Parses a line of JSON lines that is too long to be held in memory, as JsonLineParser does
// (json_line.h), but in parts that may end anywhere: within a name, a number or an escape, too.
// Whatever the length of the line, the parser keeps no more of it than the names of the paths are
// long, and one bit for each open object and array.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "json_place.h"

namespace mpicount {

// Takes the strings of the fields of a line, in parts and without escapes, while it is parsed.
class JsonTexts {
 public:
  virtual ~JsonTexts() = default;

  // Begins the string under the path with this index. What was taken of one before is void.
  virtual void BeginText(size_t path) = 0;

  // Takes the next part of the string.
  virtual void AddText(size_t path, std::string_view part) = 0;
};

class LongJsonLineParser {
 public:
  // More open objects and arrays would take memory without bound: these take 8 MiB.
  static constexpr size_t kMaxDepth = size_t{1} << 26;

  // `texts` must outlive it.
  LongJsonLineParser(std::vector<JsonPath> paths, JsonTexts& texts);

  // Begins a line.
  void Begin();

  // Parses the next part of the line. Returns false if the line has a fault or is nested too deep,
  // in this part or an earlier one.
  bool Parse(const uint8_t* part, size_t size);

  // Ends the line. Returns false if it is no JSON object, or is blank.
  bool Finish();

  bool is_blank() const { return state_ == State::kBefore && fault_ == nullptr; }
  bool is_too_deep() const { return is_too_deep_; }

  // Returns of which kind the value is that a line that is a JSON object has under a path. A string
  // has been given to the texts.
  JsonField::Kind kind(size_t path) const { return place_.targets()[path].field.kind; }

  // Return what is wrong with any other line, or null, and where in it.
  const char* fault() const { return fault_; }
  uint64_t fault_at() const { return parsed_; }

 private:
  using Next = JsonPlace::Next;

  // The token, or the place between tokens, to which the next byte belongs.
  enum class State {
    kBefore,  // space before the object
    kToken,   // the token that has to come next, or space before it
    kColon,   // the colon after a name, or space before it
    kAfter,   // space after the object
    kString,
    kEscape,  // after the backslash
    kDigits,  // of an escape
    kWord,    // true, false or null
    // States of a number: after its minus, after its first digit if that is 0, in its first digits,
    // after its point, in the digits after that, after its E, after the sign of the exponent, and
    // in the digits of the exponent.
    kMinus,
    kZero,
    kInteger,
    kPoint,
    kFraction,
    kE,
    kSign,
    kExponent,
  };

  // The use that is made of a string.
  enum class Use { kName, kField, kNone };

  // Read what is there of what the state says. They return false if it is no part of a JSON object.
  bool Step();
  bool ReadToken();
  bool ReadValue();
  bool ReadAfterValue();
  bool ReadString();
  bool ReadEscape();
  bool ReadDigits();
  bool ReadWord();
  bool ReadNumber();
  bool ReadDigitOf(State digits);

  bool Open(bool is_object);
  bool Close();
  bool BeginString(Use use);
  bool EndString();
  bool EndValue();
  bool Fail(const char* fault);

  // Takes the code unit of an escape, which may be half a surrogate pair.
  void TakeUnit(uint32_t unit);
  // Takes the first half of a surrogate pair for alone, if there is one.
  void LeaveSurrogate();
  void TakeCharacter(uint32_t character);
  // Takes bytes of a string, without escapes.
  void Take(const uint8_t* text, size_t size);
  // Gives the texts what was taken.
  void GiveTaken();

  JsonPlace place_;
  JsonTexts& texts_;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t parsed_ = 0;  // the number of bytes of the line before the part, and then in it
  const char* fault_ = nullptr;
  bool is_too_deep_ = false;

  State state_ = State::kBefore;
  Next next_ = Next::kValue;
  std::string_view word_{};  // what has to follow of a word
  // The number of digits of an escape that were read, and their value.
  int digits_ = 0;
  uint32_t unit_ = 0;
  // The first half of a surrogate pair, whose second one may follow, or 0.
  uint32_t high_ = 0;
  bool has_lone_surrogate_ = false;  // in the string

  Use use_ = Use::kNone;
  // The beginning of a name: at most one byte more than a name can have that is on a path.
  size_t longest_name_ = 0;
  std::vector<char> name_;
  // The latest bytes of a string, which the texts have not been given yet.
  std::array<uint8_t, 4096> taken_;
  size_t taken_size_ = 0;
};

}  // namespace mpicount
