// Counters that are broken down by groups whose names are found in the text. Most counters may be
// zero, and only the others take memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mpicount {

class GroupCounts {
 public:
  // The limits of a block, which bound its memory and its line in a journal: the bytes of all
  // names, and the counters that are not zero.
  static constexpr size_t kMaxNameBytes = size_t{32} << 20;
  static constexpr size_t kMaxCounters = size_t{1} << 23;

  // `width` is the number of counters in the row of a group.
  explicit GroupCounts(size_t width) : width_(width) {}

  // Returns the index of the group with this name, which need not have been named before.
  uint32_t IndexOf(std::string_view name);

  // Adds a number, not 0, to a counter in the row of a group.
  void Add(uint32_t group, size_t column, uint64_t number);

  // Adds all counters of other groups with rows of the same width.
  void AddAll(const GroupCounts& other);

  // Returns whether the groups have become more than a block may have.
  bool is_full() const { return name_bytes_ > kMaxNameBytes || used_ > kMaxCounters; }

  // Says why groups that are full are an error, and what to do.
  static std::string Limits();

  // The groups in the order of the bytes of their names.
  struct Rows {
    std::string names{};            // one after the other
    std::vector<double> ends{};     // where each name ends in them
    std::vector<double> indices{};  // of the counters that are not zero: the place of the group
                                    // times the width, plus the column; ascending
    std::vector<double> counts{};
  };
  Rows InOrder() const;

 private:
  // A counter: the index of its group times the width, plus the column. Open addressing.
  struct Slot {
    uint64_t cell = kFree;
    uint64_t count = 0;
  };
  static constexpr uint64_t kFree = UINT64_MAX;

  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  // Returns the slot of a cell, or the free one in which it belongs.
  Slot& SlotOf(uint64_t cell);
  void Grow();

  const size_t width_;
  std::unordered_map<std::string, uint32_t, NameHash, std::equal_to<>> indices_;
  std::vector<const std::string*> names_;  // the keys of the map, which stay where they are
  size_t name_bytes_ = 0;
  std::vector<Slot> slots_ = std::vector<Slot>(kFirstSlots);
  size_t used_ = 0;
  static constexpr size_t kFirstSlots = 64;
};

}  // namespace mpicount
