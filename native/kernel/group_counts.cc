#include "group_counts.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "../match/steps.h"

namespace mpicount {
namespace {

constexpr size_t kStride = 0x9E3779B1;

}  // namespace

uint32_t GroupCounts::IndexOf(std::string_view name) {
  const auto known = indices_.find(name);
  if (known != indices_.end()) return known->second;
  const auto index = static_cast<uint32_t>(names_.size());
  names_.push_back(&indices_.emplace(std::string(name), index).first->first);
  name_bytes_ += name.size();
  return index;
}

void GroupCounts::Add(uint32_t group, size_t column, uint64_t number) {
  const uint64_t cell = uint64_t{group} * width_ + column;
  Slot* slot = &SlotOf(cell);
  if (slot->cell == kFree) {
    if (3 * used_ >= 2 * slots_.size()) {
      Grow();
      slot = &SlotOf(cell);
    }
    slot->cell = cell;
    ++used_;
  }
  slot->count += number;
}

void GroupCounts::AddAll(const GroupCounts& other) {
  std::vector<uint32_t> groups;
  groups.reserve(other.names_.size());
  for (const std::string* name : other.names_) groups.push_back(IndexOf(*name));
  // Not in the order of the slots, which is that of the hashes: these counters would fill a part of
  // this table, and each of them be looked for through all that are there. All slots come, since
  // the stride is odd.
  const size_t last = other.slots_.size() - 1;
  for (size_t i = 0; i <= last; ++i) {
    const Slot& slot = other.slots_[i * kStride & last];
    if (slot.cell == kFree) continue;
    Add(groups[slot.cell / width_], slot.cell % width_, slot.count);
  }
}

std::string GroupCounts::Limits() {
  return "since a block may have groups with " + std::to_string(kMaxNameBytes >> 20) +
         " MiB of names and " + std::to_string(kMaxCounters) +
         " counts; give another field, or a smaller --block-size";
}

GroupCounts::Rows GroupCounts::InOrder() const {
  std::vector<uint32_t> order(names_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [this](uint32_t one, uint32_t other) { return *names_[one] < *names_[other]; });
  Rows rows;
  std::vector<uint64_t> places(names_.size());
  for (size_t place = 0; place < order.size(); ++place) {
    places[order[place]] = place;
    rows.names += *names_[order[place]];
    rows.ends.push_back(static_cast<double>(rows.names.size()));
  }
  std::vector<std::pair<uint64_t, uint64_t>> counters;
  counters.reserve(used_);
  for (const Slot& slot : slots_) {
    if (slot.cell == kFree) continue;
    counters.emplace_back(places[slot.cell / width_] * width_ + slot.cell % width_, slot.count);
  }
  std::sort(counters.begin(), counters.end());
  rows.indices.reserve(counters.size());
  rows.counts.reserve(counters.size());
  for (const auto& [index, count] : counters) {
    rows.indices.push_back(static_cast<double>(index));
    rows.counts.push_back(static_cast<double>(count));
  }
  return rows;
}

GroupCounts::Slot& GroupCounts::SlotOf(uint64_t cell) {
  // Multiplicative hashing: the high bits of the product depend on all bits of the cell.
  constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;
  const size_t last = slots_.size() - 1;
  size_t at = (cell * kGolden >> 32) & last;
  while (slots_[at].cell != kFree && slots_[at].cell != cell) {
    CountStep();
    at = (at + 1) & last;
  }
  return slots_[at];
}

void GroupCounts::Grow() {
  std::vector<Slot> before(2 * slots_.size());
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.cell != kFree) SlotOf(slot.cell) = slot;
  }
}

}  // namespace mpicount
