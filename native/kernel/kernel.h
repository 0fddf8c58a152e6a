// A kernel computes a row of counters for a range of a text, window by window.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "group_counts.h"
#include "recognize.h"

namespace mpicount {

// A part of the text in memory, of which [seen, limit) is new. The text around it is context, of
// which kernels may read Reach::before and Reach::after bytes.
struct Window {
  const uint8_t* text;
  size_t size;
  uint64_t begin;  // offset of text[0] in the file, as all offsets here
  uint64_t seen;
  uint64_t limit;
};

// Returns the offset that lies a distance before another one, or the beginning of the text.
inline uint64_t Back(uint64_t offset, uint64_t distance) {
  return offset - std::min(offset, distance);
}

// How far from a range a kernel reads.
struct Reach {
  uint64_t before;    // the bytes of context before the new part of a window
  uint64_t after;     // the bytes of context after it
  uint64_t overhang;  // the bytes after the range that belong to the new part of its windows
};

// The end of a range that is not known yet; it need never be if the range has the rest of the text.
constexpr uint64_t kUnknownEnd = INT64_MAX;

using FindingCounts = std::map<Finding, uint64_t>;

// The reason why a text cannot be counted as was asked, as a sentence: its subject, which is at the
// offset, and its predicate.
struct TextFault {
  uint64_t offset;
  std::string subject;
  std::string predicate;
};

// Lines that are left out since they are not valid.
struct InvalidLines {
  static constexpr size_t kMaxListed = 10;

  uint64_t count = 0;
  std::vector<uint64_t> first{};  // the offsets of the first ones, at most kMaxListed

  void Add(uint64_t offset) {
    ++count;
    if (first.size() < kMaxListed) first.push_back(offset);
  }
};

// Counts in one range. The windows come in order, and the new part of each begins where that of the
// one before ended.
class RangeCounter {
 public:
  virtual ~RangeCounter() = default;

  // Counts in the next window. Returns false after a bug, which makes the result void.
  virtual bool Scan(const Window& window) = 0;

  // Sets the end of a range that began with kUnknownEnd, before a window goes past it.
  virtual void SetEnd(uint64_t end) = 0;

  // Returns whether the text after `seen`, which is past the range and its overhang, is needed.
  virtual bool NeedsAfter(uint64_t seen) const = 0;

  // Returns the end of the text before the range that is needed although it is out of reach, or 0
  // if none is. Asked when all windows have been scanned.
  virtual uint64_t NeedsBefore() const { return 0; }

  // Takes a window that ends there. Asked again until nothing is needed.
  virtual void ScanBefore(const Window&) {}

  // Counts what is left when all windows have been scanned. If text after the last one is needed,
  // there is none. Returns false after a bug.
  virtual bool Finish() { return true; }

  // Returns the fault of the text, if one was found; the result is then void.
  virtual const TextFault* fault() const { return nullptr; }

  // Returns the lines that are left out, if there can be any.
  virtual const InvalidLines* invalid_lines() const { return nullptr; }

  // Returns the counters by groups, if there are groups.
  virtual const GroupCounts* groups() const { return nullptr; }

  // Adds the counters to a row of Kernel::width() counters.
  virtual void AddTo(uint64_t* row, FindingCounts& findings) const = 0;
};

// Any number of threads may use a kernel concurrently.
class Kernel {
 public:
  virtual ~Kernel() = default;

  // Returns the number of counters in a row.
  virtual size_t width() const = 0;
  virtual Reach reach() const = 0;
  // Returns whether it is to be reported if the text is of a format that is not plain text.
  virtual bool reports_format() const = 0;
  // Returns whether counters are also broken down by groups that are named in the text.
  virtual bool has_groups() const { return false; }
  // Returns a counter for the range [begin, end), which must not outlive the kernel. With
  // kUnknownEnd, the text that is more than Reach::before before the range is out of reach, too,
  // unless there is none: NeedsBefore() then returns 0, and the range before counts what this one
  // cannot know.
  virtual std::unique_ptr<RangeCounter> Begin(uint64_t begin, uint64_t end) const = 0;
};

}  // namespace mpicount
