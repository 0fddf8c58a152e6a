// The contributions of consecutive blocks to the checksums of their streams. bzip2 makes the
// checksum of a stream from those of its blocks: for each block, the sum so far is rotated by one
// bit, and the checksum of the block is added to it (exclusive or).
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

namespace mpicount {

struct StreamSums {
  // The contribution to a stream that began before the blocks, up to its end: they rotate the sum
  // of the blocks before them, and add their own part.
  struct Head {
    int rotation;  // 0 to 31
    uint32_t part;
  };
  std::optional<Head> head;
  std::optional<uint32_t> total;  // the checksum at that end, if the stream ends in them
  std::optional<uint32_t> open;   // the sum of a stream that began in them and goes on behind them

  // Begins a stream.
  void Begin() { open = 0; }

  // Adds a block to the stream in progress.
  void Add(uint32_t sum) {
    if (open) {
      open = std::rotl(*open, 1) ^ sum;
      return;
    }
    const Head before = head.value_or(Head{0, 0});
    head = Head{(before.rotation + 1) % 32, std::rotl(before.part, 1) ^ sum};
  }

  // Ends the stream in progress, which has this checksum. `before` is the sum of its blocks before
  // these, if that is known. Returns false if the checksum is wrong.
  bool End(uint32_t checksum, std::optional<uint32_t> before) {
    if (open) {
      const bool is_right = *open == checksum;
      open.reset();
      return is_right;
    }
    total = checksum;
    return !before || (std::rotl(*before, head->rotation) ^ head->part) == checksum;
  }
};

}  // namespace mpicount
