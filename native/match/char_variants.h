// What patterns are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mpicount {

// What may stand at a place of a pattern: byte strings, none of which begins or ends another. Each
// is one byte, or a character of several bytes in UTF-8, so of bytes outside of ASCII.
using Unit = std::vector<std::string>;

// A pattern; its units are in a table.
using Units = std::vector<const Unit*>;

// The units of all patterns: there are few, and patterns may be many.
class UnitTable {
 public:
  // A pattern from bytes: for each unit how many alternatives it has, and for each of these its
  // length and its bytes.
  Units Decode(const uint8_t* at, const uint8_t* end);

  const Unit* Add(Unit unit) { return &added_.emplace_back(std::move(unit)); }

 private:
  std::unordered_map<std::string, Unit> decoded_;  // by the bytes they were made from
  std::deque<Unit> added_;
};

// In bytes.
size_t ShortestOf(const Unit& unit);
size_t LongestOf(const Unit& unit);

// Whether all alternatives have the same length.
bool IsFixed(const Unit& unit);

// The alternatives of one length.
Unit OfLength(const Unit& unit, size_t length);

// The end, or the start, of the alternative that begins, or ends, at `at`; null when none does.
const uint8_t* PassForward(const Unit& unit, const uint8_t* at, const uint8_t* end);
const uint8_t* PassBackward(const Unit& unit, const uint8_t* begin, const uint8_t* at);

// The bits in which bytes do not differ, and what these are.
struct Masked {
  uint8_t mask;
  uint8_t value;
  size_t bytes;  // how many have this value
};

Masked MaskFor(const std::string& bytes);

// What may stand at a place: counted from the start of a unit, or from its end when negative.
std::string BytesAt(const Unit& unit, std::ptrdiff_t place);

}  // namespace mpicount
