// The blocks of a bzip2 stream, which begin and end at any bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mpicount {

// A number of 48 bits that begins a block or the end of a stream.
struct Bzip2Mark {
  uint64_t bit;  // where it begins; 0 is the highest bit of the first byte
  bool is_end;   // it is that of the end
};

// The size of a mark, and of one with the checksum of 32 bits that follows, in bits.
constexpr uint64_t kMarkBits = 48;
constexpr uint64_t kMarkWithSumBits = 80;

// Returns the first mark that begins at or after the bit `from`, before the byte `limit`, and is
// whole in `stored`; nothing if there is none. It may be there by chance, once in 2^47 bits.
std::optional<Bzip2Mark> FindMark(const uint8_t* stored, size_t size, uint64_t from, size_t limit);

// Returns the 32 bits from `bit` on, all of which are in `stored`.
uint32_t BitsAt(const uint8_t* stored, uint64_t bit);

// Makes a stream of one block of the bits [begin, end), which are a block, as bzip2recover does.
// The first of them is moved to the start of a byte.
void MakeStream(const uint8_t* stored, uint64_t begin, uint64_t end, std::vector<uint8_t>& stream);

}  // namespace mpicount
