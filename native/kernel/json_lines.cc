#include "json_lines.h"

#include <cstring>

#include "../text/utf8.h"
#include "json_line.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding <= Line::kPadding);

class JsonLinesCounter : public LineRecordsCounter {
 public:
  JsonLinesCounter(const PatternSet& patterns, const JsonLinesOptions& options, uint64_t end)
      : LineRecordsCounter(patterns, end),
        skips_invalid_(options.skips_invalid),
        parser_(options.path) {}

  bool NeedsAfter(uint64_t) const override { return !is_over() && next_line() < end(); }

  const InvalidLines* invalid_lines() const override { return &invalid_; }

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    LineRecordsCounter::AddTo(row, findings);
    if (invalid_.count > 0) findings[Finding::kInvalidLines] += invalid_.count;
  }

 private:
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
      return Reject(line, std::string("is no JSON object: ") + parser_.fault() + " at byte " +
                              std::to_string(at));
    }
    const JsonField& field = parser_.field();
    if (field.kind == JsonField::Kind::kOther) return Reject(line, "has a field that is no string");
    CountRecord();
    Search(field.text.data(), field.text.size());
  }

  void TakeTooLong(uint64_t offset) override {
    SetFault({offset, "the line", LineCutter::kTooLong});
  }

  void Reject(const Line& line, std::string what) {
    if (skips_invalid_) return invalid_.Add(line.offset);
    SetFault({line.offset, "the line", what + "; to leave such lines out, use --skip-invalid"});
  }

  const bool skips_invalid_;
  JsonLineParser parser_;
  InvalidLines invalid_;
};

}  // namespace

std::unique_ptr<RangeCounter> JsonLinesKernel::Begin(uint64_t, uint64_t end) const {
  return std::make_unique<JsonLinesCounter>(patterns(), json_, end);
}

}  // namespace mpicount
