// Where in a line of JSON lines a parser is: in which objects and arrays, and how far on the paths
// of the fields that are looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mpicount {

// The value that a line has under a path.
struct JsonField {
  enum class Kind { kAbsent, kString, kOther };
  Kind kind = Kind::kAbsent;
  std::string_view text{};  // of a string, without escapes
};

// The way to a field: the name of a member of the line, then of a member of that object, and so on.
using JsonPath = std::vector<std::string>;

// The faults that make a line no JSON object.
struct JsonFault {
  static constexpr const char* kBegin = "it does not begin with {";
  static constexpr const char* kEnd = "it ends within the object";
  static constexpr const char* kMore = "more follows the object";
  static constexpr const char* kName = "the name of a member is missing";
  static constexpr const char* kColon = "a colon is missing";
  static constexpr const char* kCommaInObject = "a comma or } is missing";
  static constexpr const char* kCommaInArray = "a comma or ] is missing";
  static constexpr const char* kControl = "a control character is not escaped";
  static constexpr const char* kEscape = "an escape is not valid";
  static constexpr const char* kValue = "a value is not valid";
};

class JsonPlace {
 public:
  // The token that has to come next.
  enum class Next { kNameOrEnd, kName, kValueOrEnd, kValue, kCommaOrEnd };

  // A field that is looked for.
  struct Target {
    JsonPath path;
    JsonField field{};
    // The number of names of the path of which the open objects are values: object i + 1 is that of
    // name i.
    size_t matched = 0;
    // Whether the value that is read next is that of the next name of the path.
    bool is_on_path = false;

    // Returns whether the next name of the path is that of the field.
    bool is_at_field() const { return matched + 1 == path.size(); }
  };

  explicit JsonPlace(std::vector<JsonPath> paths) {
    for (JsonPath& path : paths) targets_.push_back({.path = std::move(path)});
  }

  // Moves to the beginning of a line.
  void Reset() {
    for (Target& target : targets_) {
      target.field = {};
      target.matched = 0;
    }
    levels_.clear();
    depth_ = 0;
    is_on_path_ = false;
  }

  // Enters an object or array, and leaves it.
  Next Open(bool is_object) {
    if (depth_ % 64 == 0) levels_.push_back(0);
    const uint64_t bit = uint64_t{1} << depth_ % 64;
    levels_.back() = is_object ? levels_.back() | bit : levels_.back() & ~bit;
    ++depth_;
    return is_object ? Next::kNameOrEnd : Next::kValueOrEnd;
  }
  Next Close() {
    --depth_;
    if (depth_ % 64 == 0) levels_.pop_back();
    for (Target& target : targets_) {
      if (target.matched > 0 && target.matched >= depth_) {
        target.matched = depth_ == 0 ? 0 : depth_ - 1;
      }
    }
    return Next::kCommaOrEnd;
  }

  // Returns the number of objects and arrays that are open, and whether the innermost is an object.
  size_t depth() const { return depth_; }
  bool IsInObject() const { return (levels_.back() >> ((depth_ - 1) % 64) & 1) != 0; }

  // Finds the targets that have the name that was read as the next one of their path, unless it is
  // no text that a path can have.
  void MatchName(std::string_view name, bool may_match) {
    is_on_path_ = false;
    for (Target& target : targets_) {
      target.is_on_path =
          may_match && target.matched == depth_ - 1 && name == target.path[target.matched];
      is_on_path_ = is_on_path_ || target.is_on_path;
    }
  }

  // Returns whether the value that comes is that of the next name of any path, and forgets it: the
  // values in an array are not.
  bool LeaveName() { return std::exchange(is_on_path_, false); }

  // Forgets what was found before under the name that was read, since of members with equal names
  // the last one counts. Returns the index of the first target whose field is the value that comes,
  // or kNoTarget.
  size_t BeginFields() {
    size_t first = kNoTarget;
    for (Target& target : targets_) {
      if (!target.is_on_path) continue;
      target.field = {};
      if (!target.is_at_field()) continue;
      target.field.kind = JsonField::Kind::kOther;
      if (first == kNoTarget) first = static_cast<size_t>(&target - targets_.data());
    }
    return first;
  }
  static constexpr size_t kNoTarget = SIZE_MAX;

  // Sets the string of all targets whose field is the value that was read.
  void SetFields(std::string_view text) {
    ForEachField([&](size_t index) { targets_[index].field = {JsonField::Kind::kString, text}; });
  }

  // Calls take(index) for each target whose field is the value that is read.
  template <typename Take>
  void ForEachField(const Take& take) const {
    for (size_t index = 0; index < targets_.size(); ++index) {
      if (targets_[index].is_on_path && targets_[index].is_at_field()) take(index);
    }
  }

  // Goes on in the object that begins, with the targets whose path leads through it.
  void EnterObject() {
    for (Target& target : targets_) {
      if (target.is_on_path && !target.is_at_field()) ++target.matched;
    }
  }

  const std::vector<Target>& targets() const { return targets_; }

 private:
  std::vector<Target> targets_;
  // The open objects and arrays: a bit for each, 1 for an object. The word of the last bit is at
  // the end.
  std::vector<uint64_t> levels_;
  size_t depth_ = 0;
  // Whether the value that is read next is that of the next name of any path.
  bool is_on_path_ = false;
};

}  // namespace mpicount
