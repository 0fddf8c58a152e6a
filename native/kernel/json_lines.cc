#include "json_lines.h"

#include <cstring>
#include <optional>

#include "json_line.h"
#include "lines.h"
#include "record_batch.h"

namespace mpicount {
namespace {

static_assert(kJsonPadding <= Line::kPadding);

// A byte order mark in UTF-8, which may stand before the first line.
constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr size_t kMarkSize = 3;

class JsonLinesCounter : public RangeCounter {
 public:
  JsonLinesCounter(const PatternSet& patterns, const JsonLinesOptions& options, uint64_t end)
      : skips_invalid_(options.skips_invalid),
        records_in_row_(2 * patterns.size()),
        end_(end),
        parser_(options.path),
        batch_(patterns) {}

  bool Scan(const Window& window) override {
    if (is_over_) return true;
    if (!cutter_.Cut(window, [this](const Line& line) { return Take(line); })) {
      SetFault(cutter_.next(), LineCutter::kTooLong);
    }
    return !is_broken_;
  }

  bool Finish() override {
    if (!is_over_) cutter_.Finish([this](const Line& line) { return Take(line); });
    return batch_.Finish() && !is_broken_;
  }

  void SetEnd(uint64_t end) override { end_ = end; }

  bool NeedsAfter(uint64_t) const override { return !is_over_ && cutter_.next() < end_; }

  uint64_t NeedsBefore() const override { return 0; }
  void ScanBefore(const Window&) override {}

  const TextFault* fault() const override { return fault_ ? &*fault_ : nullptr; }
  const InvalidLines* invalid_lines() const override { return &invalid_; }

  void AddTo(uint64_t* row, FindingCounts& findings) const override {
    batch_.AddTo(row, findings);
    row[records_in_row_] += records_;
    if (invalid_.count > 0) findings[Finding::kInvalidLines] += invalid_.count;
  }

 private:
  // Takes the next line. Returns whether the one after it is wanted, too.
  bool Take(Line line) {
    is_over_ = line.offset >= end_;
    if (is_over_) return false;
    size_t skipped = 0;
    if (line.offset == 0 && line.size >= kMarkSize &&
        std::memcmp(line.text, kByteOrderMark, kMarkSize) == 0) {
      skipped = kMarkSize;
    }
    const uint8_t* text = line.text + skipped;
    const size_t size = line.size - skipped;
    if (IsBlankJsonLine(text, size)) return true;
    if (!parser_.Parse(text, size)) {
      const uint64_t at = line.offset + skipped + parser_.fault_at();
      return Reject(line, std::string("is no JSON object: ") + parser_.fault() + " at byte " +
                              std::to_string(at));
    }
    const JsonField& field = parser_.field();
    if (field.kind == JsonField::Kind::kOther) return Reject(line, "has a field that is no string");
    ++records_;
    is_broken_ = !batch_.Add(field.text.data(), field.text.size());
    return !is_broken_;
  }

  bool Reject(const Line& line, std::string what) {
    if (skips_invalid_) {
      invalid_.Add(line.offset);
      return true;
    }
    SetFault(line.offset, what + "; to leave such lines out, use --skip-invalid");
    return false;
  }

  void SetFault(uint64_t offset, std::string what) {
    fault_ = TextFault{offset, "the line", std::move(what)};
    is_over_ = true;
  }

  const bool skips_invalid_;
  const size_t records_in_row_;
  uint64_t end_;
  LineCutter cutter_;
  JsonLineParser parser_;
  RecordBatch batch_;
  uint64_t records_ = 0;
  InvalidLines invalid_;
  std::optional<TextFault> fault_;
  bool is_over_ = false;    // no further line is wanted
  bool is_broken_ = false;  // by a bug
};

}  // namespace

Reach JsonLinesKernel::reach() const { return {LineCutter::kBefore, 0, 0}; }

std::unique_ptr<RangeCounter> JsonLinesKernel::Begin(uint64_t, uint64_t end) const {
  return std::make_unique<JsonLinesCounter>(patterns_, json_, end);
}

}  // namespace mpicount
