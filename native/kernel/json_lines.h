// Counts in one field of JSON lines (json_line.h). Each line is a record, whose text is the string
// of the field. A line without the field is a record without text; a blank line is none. A line
// that is no JSON object, or whose field is no string, is a fault, or is left out. Another field
// may name the group of each line; a line without it is in the group with the empty name.
//
// The seam rule: a line belongs to the block in which its first byte lies. That byte is the first
// of the text or follows a newline, so a look-back of one byte tells whether a line begins where
// the block does, and the block follows its last line past its end. Nothing else depends on the
// cut: the strings are searched line by line. A long line is parsed and searched window by window
// (long_json_line.h, long_record.h), and counts when its end was reached without a fault.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "json_line.h"
#include "line_records.h"

namespace mpicount {

struct JsonLinesOptions {
  JsonPath path;                          // of the field that is searched
  std::optional<JsonPath> groups;         // of the field whose string is the group of the line
  bool skips_invalid;                     // lines that are a fault are left out instead
  std::optional<LongLines> long_lines{};  // in tests
};

class JsonLinesKernel : public LineRecordsKernel {
 public:
  JsonLinesKernel(std::unique_ptr<const PatternSet> patterns, JsonLinesOptions json)
      : LineRecordsKernel(std::move(patterns)), json_(std::move(json)) {}

  bool has_groups() const override { return json_.groups.has_value(); }

  std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const override;

 private:
  const JsonLinesOptions json_;
};

}  // namespace mpicount
