#include "block.h"

#include <utility>

#include "range_count.h"
#include "unit_search.h"

namespace mpicount {
namespace {

// A start that is guessed is wrong if the first unit cannot be decoded; then the next place is
// tried. More tries than these would only take time, since the right start is told later.
constexpr int kMaxTries = 64;

// Makes a result that of a range that cannot be decoded from where a unit was thought to begin.
void MakeUndecodable(RangeResult& result) {
  result.read_error.reset();
  result.findings.clear();
  result.invalid_lines.clear();
  result.link = kUndecodable;
}

// Counts what the units hold that begin in the range, from the first place on at which one can be
// decoded.
RangeResult CountFromGuess(CountContext& context, const FileRange& range, ScratchBuffer& buffer,
                           const CountSums& sums) {
  RangeResult result;
  uint64_t from = range.begin;
  for (int tries = 0; tries < kMaxTries; ++tries) {
    const UnitFound found = FindUnitIn(context, range, from, buffer);
    if (found.read_error || found.cancelled || !found.start) {
      if (found.cancelled) result.failure = "cancelled";
      result.read_error = found.read_error;
      result.link = kNoUnit;
      return result;
    }
    RangeCount count(context, range, *found.start, buffer);
    result = count.Run(sums);
    if (found.is_sure || !result.is_undecodable()) return result;
    if (count.has_whole_unit()) break;
    from = *found.start + 1;
  }
  // A unit that cannot be decoded is damaged only if it does begin where it was guessed.
  MakeUndecodable(result);
  return result;
}

RangeResult CountUnits(CountContext& context, const FileRange& range, ScratchBuffer& buffer,
                       const CountSums& sums) {
  // Text in an encoding that is divided can be decoded from any byte on.
  if (range.format == Format::kEncoding) {
    return RangeCount(context, range, range.begin, buffer).Run(sums);
  }
  if (range.start == kGuess) return CountFromGuess(context, range, buffer, sums);
  RangeResult result;
  result.link = kNoUnit;
  // The unit before the range may be so long that none begins in the range.
  if (range.start >= range.end) return result;
  result = RangeCount(context, range, range.start, buffer).Run(sums);
  if (!range.is_sure && result.is_undecodable()) MakeUndecodable(result);
  return result;
}

}  // namespace

RangeResult CountFileRange(CountContext& context, const FileRange& range, const CountSums& sums) {
  std::unique_ptr<ScratchBuffer> buffer = context.buffers.Borrow();
  RangeResult result = range.has_units()
                           ? CountUnits(context, range, *buffer, sums)
                           : RangeCount(context, range, range.begin, *buffer).Run(sums);
  context.buffers.GiveBack(std::move(buffer));
  if (range.drop) DropFromPageCache(range);
  return result;
}

}  // namespace mpicount
