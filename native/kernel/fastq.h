// Counts in the sequence lines of FASTQ (https://doi.org/10.1093/nar/gkp1137). A record has four
// lines: a header that begins with '@', the sequence, a line that begins with '+', and the quality,
// which is as long as the sequence. A line may end in CR LF. Blank lines may follow the last
// record. Anything else is a fault.
//
// The seam rule: a record belongs to the block in which its header begins. A block that does not
// begin with the text has to find the first header in it, and lines of quality may begin with '@',
// too. The rule: a line begins a record exactly if it begins with '@' and the second line after it
// begins with '+'.
//  - A header is recognized: the second line after it begins with '+'.
//  - No other line of a well-formed text is: a sequence begins neither with '@' nor with '+', which
//    is checked; the line with '+' does not begin with '@'; and the second line after one of
//    quality is a sequence, or is blank or missing after the last record.
// A text that is not well-formed is a fault wherever it is cut. Each block checks the records that
// it owns, and, of the record after these, that its header begins with '@', its sequence with
// neither and its third line with '+'. So, if a block finds no fault, the header that follows its
// last record is recognized, and no line between the block's end and that header is: the next block
// with a record begins with the one at which this block ended. The first block begins with the
// text. By induction, blocks without a fault have the records that are read from start to end.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "line_records.h"

namespace mpicount {

class FastqKernel : public LineRecordsKernel {
 public:
  // `long_lines` is given in tests.
  FastqKernel(std::unique_ptr<const PatternSet> patterns, std::optional<LongLines> long_lines)
      : LineRecordsKernel(std::move(patterns)), long_lines_(long_lines) {}

  std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const override;

 private:
  const std::optional<LongLines> long_lines_;
};

}  // namespace mpicount
