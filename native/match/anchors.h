// Chooses the gram by which each byte string of a large list is looked up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gram_search.h"

namespace mpicount {

// Sets the anchors of the members, each of which has at least `gram_bytes` bytes. An anchor is the
// first gram of its member or, if others begin alike, one that few members have; it is not one that
// begins within a character.
void ChooseAnchors(std::vector<GramSearch::Member>& members, uint32_t gram_bytes);

}  // namespace mpicount
