// Decodes a file that consists of units of one format, one after the other.
#pragma once

#include <memory>
#include <string>

#include "decoder.h"

namespace mpicount {

// The kinds of bytes at the border between two units.
enum class UnitHead {
  kUnit,
  kZeros,  // zeros, which the format allows here
  kOther,
  kMore,  // more bytes are needed to tell
};

struct UnitStep {
  size_t read = 0;
  size_t written = 0;
  size_t room_wanted = 0;  // see DecodeStep
  bool ended = false;      // the unit is complete, and its checksum is right
  std::string fault;       // not empty: what is wrong, in the library's words
  bool is_damage = true;   // otherwise the fault is a message about a file that may be intact
};

// Decodes the units of one format; an adapter of its library.
class UnitCodec {
 public:
  virtual ~UnitCodec() = default;

  // Returns what a unit is called in messages, such as "gzip member".
  virtual const char* unit() const = 0;

  // Says what the bytes after a unit, or at the start of the file, are. There is at least one. With
  // `last`, no more bytes follow, and the answer is not kMore unless they could begin a unit.
  virtual UnitHead Look(const uint8_t* stored, size_t size, bool last) const = 0;

  // Returns the first place before `limit` at which a unit could begin; see FindUnit().
  virtual size_t Find(const uint8_t* stored, size_t size, size_t limit) const = 0;

  // Prepares for the unit that Look() has found.
  virtual UnitStep Begin(const uint8_t* stored, size_t size) = 0;

  // Decodes the next bytes of the unit. A step without progress needs more of them, or wants more
  // room. With `last`, no more follow.
  virtual UnitStep Continue(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                            size_t room_size) = 0;

  // Returns whether the unit that has begun is to be skipped.
  virtual bool is_skipped() const { return false; }

  // Returns how many zeros may stand after a unit: a multiple of this number; 0 if none may. The
  // zeros may be followed by another unit only if this is more than 1.
  virtual size_t zeros() const { return 0; }

  // Returns what the units so far contribute to the checksums of their streams.
  virtual StreamSums sums() const { return {}; }

  // Called after the last unit of the file. Returns what is missing; empty if it is complete.
  virtual std::string End() { return ""; }
};

// Decodes the stored bytes from `begin` on, where a unit begins.
std::unique_ptr<Decoder> MakeUnitDecoder(std::unique_ptr<UnitCodec> codec, uint64_t begin);

// Say that a unit was not decoded for lack of memory, because the library lacks something, or
// because it needs more memory than `limits` allow.
UnitStep OutOfMemory();
UnitStep Unsupported(const std::string& what);
UnitStep TooLarge(uint64_t memory, const DecodeLimits& limits);

// Return whether the first byte is that of a skippable frame, which zstd and lz4 have in common,
// and whether the bytes begin with one, or could if there were more of them.
bool MayBeSkippable(const uint8_t* stored);
UnitHead LookForSkippable(const uint8_t* stored, size_t size);

// Returns whether the bytes begin with `magic`, or could if there were more of them.
UnitHead LookForMagic(const uint8_t* stored, size_t size, const uint8_t* magic, size_t magic_size);

// Returns the first place before `limit` at which `magic` stands and is_head(bytes, size) holds for
// the bytes from there on; `limit` if there is none.
size_t FindMagic(const uint8_t* stored, size_t size, size_t limit, const uint8_t* magic,
                 size_t magic_size, bool (*is_head)(const uint8_t* head, size_t size));

// Does the same for a skippable frame.
size_t FindSkippable(const uint8_t* stored, size_t size, size_t limit);

}  // namespace mpicount
