// Chooses the gram by which each byte string of a large list is looked up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gram_search.h"

namespace mpicount {

// Returns the first anchor that byte strings may have. The last gram that is looked up does not
// begin within a character; but a single one may be that at the start.
std::optional<uint32_t> FirstAnchor(const uint8_t* bytes, uint32_t length,
                                    const GramLookup& lookup);

// Sets the anchors of the members, each of which has a first one. That is their anchor or, if
// others begin alike, one whose grams few members have.
void ChooseAnchors(std::vector<GramSearch::Member>& members, const GramLookup& lookup);

}  // namespace mpicount
