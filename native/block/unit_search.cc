#include "unit_search.h"

#include <algorithm>

#include "../source/decode/decoder.h"

namespace mpicount {

UnitFound FindUnitIn(const CountContext& context, const FileRange& range, uint64_t from,
                     ScratchBuffer& buffer) {
  UnitFound found;
  const std::optional<uint64_t> listed = ListedUnit(range, from, found.read_error);
  found.is_sure = listed.has_value();
  if (listed && *listed < range.end) found.start = listed;
  if (listed || found.read_error) return found;
  const uint64_t step = std::max(range.chunk, range.window);
  const std::unique_ptr<Source> stored = OpenStored(range, from, range.end, buffer);
  while (from < range.end) {
    if (context.cancelled) {
      found.cancelled = true;
      break;
    }
    const uint64_t limit = std::min(from + step, range.end);
    const uint64_t end = std::min(limit + kUnitContext, range.file_size);
    ReadError error;
    const uint8_t* bytes = stored->View(from, end, error);
    const size_t at =
        bytes == nullptr ? 0 : FindUnit(range.format, bytes, end - from, limit - from);
    if (bytes == nullptr || !stored->Confirm(error)) {
      found.read_error = error;
      break;
    }
    if (from + at < limit) {
      found.start = from + at;
      break;
    }
    from = limit;
  }
  return found;
}

}  // namespace mpicount
