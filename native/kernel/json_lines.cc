#include "json_lines.h"

#include <cstring>

#include "../text/utf8.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding <= Line::kPadding);

class JsonLinesCounter : public LineRecordsCounter {
 public:
  JsonLinesCounter(const PatternSet& patterns, const JsonLinesOptions& options, uint64_t end)
      : LineRecordsCounter(patterns, end, options.groups.has_value()),
        skips_invalid_(options.skips_invalid),
        has_groups_(options.groups.has_value()),
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
    // A byte order mark may stand before the first line.
    const bool has_mark = line.offset == 0 && line.size >= kUtf8Mark.size() &&
                          std::memcmp(line.text, kUtf8Mark.data(), kUtf8Mark.size()) == 0;
    const size_t skipped = has_mark ? kUtf8Mark.size() : 0;
    const uint8_t* text = line.text + skipped;
    const size_t size = line.size - skipped;
    if (IsBlankJsonLine(text, size)) return;
    if (!parser_.Parse(text, size)) {
      const uint64_t at = line.offset + skipped + parser_.fault_at();
      return Reject(line, std::string("is no JSON object: ") + parser_.fault() + ", at byte " +
                              std::to_string(at));
    }
    const JsonField& field = parser_.field(0);
    if (field.kind == JsonField::Kind::kOther) return Reject(line, "has a field that is no string");
    uint32_t group = 0;
    if (has_groups_) {
      const JsonField& name = parser_.field(1);
      if (name.kind == JsonField::Kind::kOther) {
        return Reject(line, "has a group that is no string");
      }
      const std::optional<uint32_t> found = GroupNamed(name.text);
      if (!found) {
        return SetFault(
            {line.offset, "the line", "is in a group too many, " + GroupCounts::Limits()});
      }
      group = *found;
      if (name.kind == JsonField::Kind::kAbsent) ++without_group_;
    }
    CountRecord(group);
    Search(field.text.data(), field.text.size(), group);
  }

  void TakeTooLong(uint64_t offset) override {
    SetFault({offset, "the line", LineCutter::kTooLong});
  }

  void Reject(const Line& line, std::string what) {
    if (skips_invalid_) return invalid_.Add(line.offset);
    SetFault({line.offset, "the line", what + "; to leave such lines out, use --skip-invalid"});
  }

  const bool skips_invalid_;
  const bool has_groups_;
  JsonLineParser parser_;
  uint64_t without_group_ = 0;  // the number of lines without the field that names the group
  InvalidLines invalid_;
};

}  // namespace

std::unique_ptr<RangeCounter> JsonLinesKernel::Begin(uint64_t, uint64_t end) const {
  return std::make_unique<JsonLinesCounter>(patterns(), json_, end);
}

}  // namespace mpicount
