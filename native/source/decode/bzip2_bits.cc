#include "bzip2_bits.h"

#include <algorithm>
#include <array>

namespace mpicount {
namespace {

constexpr uint64_t kMarks[] = {0x314159265359, 0x177245385090};  // of a block, and of the end
constexpr size_t kMarkSize = 6;
// The bytes of a mark that has all of their bits, at whatever bit of the byte before it begins.
constexpr size_t kWholeBytes = 3;

// For each of those bytes, and each value of it, a bit for each kind of mark and each bit at which
// that may begin if the byte has this value.
using MarkTable = std::array<std::array<uint16_t, 256>, kWholeBytes>;

constexpr MarkTable MakeTable() {
  MarkTable table{};
  for (size_t kind = 0; kind < 2; ++kind) {
    for (size_t shift = 0; shift < 8; ++shift) {
      const uint64_t bytes = kMarks[kind] << (8 - shift);  // seven bytes
      for (size_t i = 0; i < kWholeBytes; ++i) {
        const auto value = static_cast<uint8_t>(bytes >> (40 - 8 * i));
        table[i][value] = static_cast<uint16_t>(table[i][value] | 1u << (8 * kind + shift));
      }
    }
  }
  return table;
}

constexpr MarkTable kTable = MakeTable();

// Returns whether the mark begins at this bit of the first byte. It is whole in `stored`.
bool IsMark(const uint8_t* stored, size_t shift, uint64_t mark) {
  uint64_t bytes = 0;
  const size_t size = kMarkSize + (shift > 0 ? 1 : 0);
  for (size_t i = 0; i < size; ++i) bytes = bytes << 8 | stored[i];
  return (bytes >> (8 * size - kMarkBits - shift) & 0xffffffffffff) == mark;
}

class BitWriter {
 public:
  // Begins with the byte that follows those in `to`.
  explicit BitWriter(std::vector<uint8_t>& to) : to_(to) {}

  // Writes the lowest bits of a number.
  void Write(uint64_t number, size_t bits) {
    while (bits > 0) {
      if (used_ == 0) to_.push_back(0);
      const size_t taken = std::min(bits, 8 - used_);
      const auto part = number >> (bits - taken) & ((1u << taken) - 1);
      to_.back() = static_cast<uint8_t>(to_.back() | part << (8 - used_ - taken));
      used_ = (used_ + taken) % 8;
      bits -= taken;
    }
  }

 private:
  std::vector<uint8_t>& to_;
  size_t used_ = 0;  // the number of bits in the last byte; 0 if it is full
};

}  // namespace

std::optional<Bzip2Mark> FindMark(const uint8_t* stored, size_t size, uint64_t from, size_t limit) {
  if (size < kMarkSize) return std::nullopt;
  const size_t end = std::min(limit, size - kMarkSize + 1);
  for (size_t i = from / 8; i < end; ++i) {
    const unsigned found =
        kTable[0][stored[i + 1]] & kTable[1][stored[i + 2]] & kTable[2][stored[i + 3]];
    if (found == 0) continue;
    for (size_t shift = 0; shift < 8; ++shift) {
      const uint64_t bit = 8 * i + shift;
      if (bit < from || bit + kMarkBits > 8 * size) continue;
      for (size_t kind = 0; kind < 2; ++kind) {
        if ((found >> (8 * kind + shift) & 1) != 0 && IsMark(stored + i, shift, kMarks[kind]))
          return Bzip2Mark{bit, kind == 1};
      }
    }
  }
  return std::nullopt;
}

uint32_t BitsAt(const uint8_t* stored, uint64_t bit) {
  const uint8_t* bytes = stored + bit / 8;
  const size_t shift = bit % 8;
  uint64_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | bytes[i];
  if (shift > 0) number = number << shift | bytes[4] >> (8 - shift);
  return static_cast<uint32_t>(number);
}

void MakeStream(const uint8_t* stored, uint64_t begin, uint64_t end, std::vector<uint8_t>& stream) {
  const uint8_t* bytes = stored + begin / 8;
  const size_t shift = begin % 8;
  const uint64_t bits = end - begin;
  // With the largest blocks, so that those of all sizes can be decoded.
  stream.assign({'B', 'Z', 'h', '9'});
  stream.reserve(stream.size() + bits / 8 + 16);
  const size_t whole = bits / 8;
  for (size_t i = 0; i < whole; ++i) {
    const unsigned low = shift > 0 ? bytes[i + 1] >> (8 - shift) : 0;
    stream.push_back(static_cast<uint8_t>(bytes[i] << shift | low));
  }
  BitWriter writer(stream);
  for (uint64_t bit = begin + 8 * whole; bit < end; ++bit)
    writer.Write(stored[bit / 8] >> (7 - bit % 8) & 1, 1);
  writer.Write(kMarks[1], kMarkBits);
  // The checksum of a stream of one block is that of the block.
  writer.Write(BitsAt(stored, begin + kMarkBits), 32);
}

}  // namespace mpicount
