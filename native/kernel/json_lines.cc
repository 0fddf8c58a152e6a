#include "json_lines.h"

#include <cstring>
#include <string>
#include <string_view>

#include "../text/utf8.h"
#include "long_json_line.h"
#include "long_record.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding <= Line::kPadding);

// The indices of the paths of a parser.
enum Path : size_t { kText, kGroup };

// Returns the number of bytes of the byte order mark that may stand before the first line.
size_t MarkSize(uint64_t offset, const uint8_t* text, size_t size) {
  const bool has_mark = offset == 0 && size >= kUtf8Mark.size() &&
                        std::memcmp(text, kUtf8Mark.data(), kUtf8Mark.size()) == 0;
  return has_mark ? kUtf8Mark.size() : 0;
}

// A line that is not held in memory: its parser, and what takes the strings of its fields.
class LongJsonLine : private JsonTexts {
 public:
  LongJsonLine(std::vector<JsonPath> paths, LongRecord& record)
      : parser_(std::move(paths), *this), record_(record) {}

  // Begins a line, of which so many bytes are skipped before it is parsed.
  void Begin(size_t skipped) {
    parser_.Begin();
    skipped_ = skipped;
    record_.Clear();
    group_.clear();
  }

  LongJsonLineParser& parser() { return parser_; }
  uint64_t fault_at() const { return skipped_ + parser_.fault_at(); }

  // Clears the text if it was void, so that the record has none.
  void End() {
    if (parser_.kind(kText) != JsonField::Kind::kString) record_.Clear();
  }

  JsonField group() const {
    const JsonField::Kind kind = parser_.kind(kGroup);
    return {kind, kind == JsonField::Kind::kString ? std::string_view(group_) : ""};
  }

 private:
  void BeginText(size_t path) override {
    if (path == kText) {
      record_.Clear();
    } else {
      group_.clear();
    }
  }

  void AddText(size_t path, std::string_view part) override {
    if (path == kText) return record_.Add(part);
    // A name that is longer than all names may be is a group too many, whatever follows in it.
    group_ += part.substr(0, GroupCounts::kMaxNameBytes + 1 - group_.size());
  }

  LongJsonLineParser parser_;
  LongRecord& record_;
  std::string group_;
  size_t skipped_ = 0;
};

class JsonLinesCounter : public LineRecordsCounter {
 public:
  JsonLinesCounter(const PatternSet& patterns, const JsonLinesOptions& options, uint64_t end)
      : LineRecordsCounter(patterns, end, options.long_lines.value_or(LongLines::For(patterns)),
                           options.groups.has_value()),
        options_(options),
        parser_(PathsOf(options)) {}

  bool NeedsAfter(uint64_t) const override { return !is_over() && next_line() < end(); }

  const InvalidLines* invalid_lines() const override { return &invalid_; }

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    LineRecordsCounter::AddTo(row, findings);
    if (invalid_.count > 0) findings[Finding::kInvalidLines] += invalid_.count;
    if (without_group_ > 0) findings[Finding::kWithoutGroup] += without_group_;
  }

 private:
  static std::vector<JsonPath> PathsOf(const JsonLinesOptions& options) {
    std::vector<JsonPath> paths{options.path};
    if (options.groups) paths.push_back(*options.groups);
    return paths;
  }

  void Take(const Line& line) override {
    if (line.offset >= end()) return Stop();
    const size_t skipped = MarkSize(line.offset, line.text, line.size);
    const uint8_t* text = line.text + skipped;
    const size_t size = line.size - skipped;
    if (IsBlankJsonLine(text, size)) return;
    if (!parser_.Parse(text, size)) {
      return RejectFault(line.offset, parser_.fault(), skipped + parser_.fault_at());
    }
    const JsonField& field = parser_.field(kText);
    const std::optional<uint32_t> group =
        CountLine(line.offset, field.kind, has_groups() ? parser_.field(kGroup) : JsonField{});
    if (group) Search(field.text.data(), field.text.size(), *group);
  }

  void TakePart(const LinePart& part) override {
    if (part.offset >= end()) return Stop();
    if (!long_line_) long_line_.emplace(PathsOf(options_), long_record());
    LongJsonLineParser& parser = long_line_->parser();
    const size_t skipped = part.is_first ? MarkSize(part.offset, part.text, part.size) : 0;
    if (part.is_first) long_line_->Begin(skipped);
    // The line was rejected in an earlier part.
    if (parser.fault() != nullptr) return;
    parser.Parse(part.text + skipped, part.size - skipped);
    if (parser.is_too_deep()) {
      return SetFault({part.offset, "the line",
                       "has more than " + std::to_string(LongJsonLineParser::kMaxDepth) +
                           " objects and arrays within each other"});
    }
    const bool is_object = part.is_last && parser.Finish();
    if (parser.fault() != nullptr) {
      return RejectFault(part.offset, parser.fault(), long_line_->fault_at());
    }
    if (!is_object) return;
    long_line_->End();
    const std::optional<uint32_t> group = CountLine(
        part.offset, parser.kind(kText), has_groups() ? long_line_->group() : JsonField{});
    if (group) SearchLong(*group);
  }

  // Counts the record of a line that is a JSON object, with the kind of its field and the field of
  // its group, and returns the group, unless the line is rejected.
  std::optional<uint32_t> CountLine(uint64_t offset, JsonField::Kind kind, const JsonField& name) {
    using Kind = JsonField::Kind;
    if (kind == Kind::kOther) return Reject(offset, "has a field that is no string");
    uint32_t group = 0;
    if (has_groups()) {
      if (name.kind == Kind::kOther) return Reject(offset, "has a group that is no string");
      const std::optional<uint32_t> found = GroupNamed(name.text);
      if (!found) {
        SetFault({offset, "the line", "is in a group too many, " + GroupCounts::Limits()});
        return std::nullopt;
      }
      group = *found;
      if (name.kind == Kind::kAbsent) ++without_group_;
    }
    CountRecord(group);
    return group;
  }

  void RejectFault(uint64_t offset, const char* fault, uint64_t fault_at) {
    Reject(offset, std::string("is no JSON object: ") + fault + ", at byte " +
                       std::to_string(offset + fault_at));
  }

  std::nullopt_t Reject(uint64_t offset, std::string what) {
    if (options_.skips_invalid) {
      invalid_.Add(offset);
    } else {
      SetFault({offset, "the line", what + "; to leave such lines out, use --skip-invalid"});
    }
    return std::nullopt;
  }

  bool has_groups() const { return options_.groups.has_value(); }

  const JsonLinesOptions& options_;
  JsonLineParser parser_;
  std::optional<LongJsonLine> long_line_;  // if there was one
  uint64_t without_group_ = 0;  // the number of lines without the field that names the group
  InvalidLines invalid_;
};

}  // namespace

std::unique_ptr<RangeCounter> JsonLinesKernel::Begin(uint64_t, uint64_t end) const {
  return std::make_unique<JsonLinesCounter>(patterns(), json_, end);
}

}  // namespace mpicount
