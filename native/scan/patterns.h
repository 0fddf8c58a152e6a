// Compiled patterns: what Vectorscan searches for, and what it takes to turn a match's end into an
// occurrence; or, for a pattern that is alone, what LiteralSearch searches for.
#pragma once

#include <hs.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "literal.h"
#include "text.h"
#include "word.h"

namespace mpicount {

struct PatternSource {
  std::vector<std::string>
      expressions;      // regular expressions over bytes; each finds some of its occurrences
  uint32_t min_length;  // of an occurrence, in bytes
  uint32_t max_length;
  // For patterns whose occurrences differ in length: 1 for a character in UTF-8, 0 for a single
  // byte, in pattern order.
  std::vector<uint8_t> units;
  // For a pattern that is the only one: its units, or several such sequences when each occurrence
  // is one of exactly one of them and none touches another; empty when it is to be left to
  // Vectorscan.
  std::vector<std::vector<Unit>> forms;
};

struct CompileOptions {
  bool caseless;  // in ASCII
  bool overlapping;
  std::optional<WordCharacters> word;
};

struct CompileError {
  int pattern;  // its index; negative when the error is of no single pattern
  std::string message;
};

// The memory that one scan needs at a time.
struct Workspace {
  ~Workspace() { hs_free_scratch(scratch); }
  hs_scratch_t* scratch = nullptr;
  Buffer text;
  Buffer last;  // the end of a file
};

class PatternSet {
 public:
  // Takes milliseconds for one pattern and some 0.2 s for 10,000.
  static std::unique_ptr<PatternSet> Compile(std::vector<PatternSource> sources,
                                             CompileOptions options, CompileError& error);
  ~PatternSet();
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;

  size_t size() const { return sources_.size(); }
  size_t max_length() const { return max_length_; }

  // How many things are counted, each for itself, and the longest occurrence of one of them.
  size_t parts() const { return literals_.empty() ? size() : literals_.size(); }
  size_t max_length(size_t part) const {
    return literals_.empty() ? sources_[part].max_length : literals_[part].max_length();
  }
  size_t pattern_of(size_t part) const { return literals_.empty() ? part : 0; }

  bool overlapping() const { return options_.overlapping; }
  const WordCharacters* word() const { return options_.word ? &*options_.word : nullptr; }

  // One of these is empty.
  const std::vector<LiteralSearch>& literals() const { return literals_; }
  const hs_database_t* database() const { return database_; }

  // The length of the occurrence of `pattern` that ends right before `end`.
  size_t LengthBefore(size_t pattern, const uint8_t* end) const {
    const uint32_t length = fixed_lengths_[pattern];
    return length != 0 ? length : VaryingLengthBefore(pattern, end);
  }

  // From now on, counting ends early.
  void Cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

  // Borrow and give back a workspace: as many exist as blocks were ever counted at once. Null when
  // memory ran out.
  std::unique_ptr<Workspace> Borrow();
  void GiveBack(std::unique_ptr<Workspace> workspace);

 private:
  PatternSet(std::vector<PatternSource> sources, CompileOptions options);

  // False when the pattern is not one for LiteralSearch.
  bool MakeLiterals();
  size_t VaryingLengthBefore(size_t pattern, const uint8_t* end) const;

  std::vector<PatternSource> sources_;
  std::vector<LiteralSearch> literals_;
  std::vector<uint32_t>
      fixed_lengths_;  // 0 where occurrences differ; apart, to be small, as each match needs it
  CompileOptions options_;
  size_t max_length_ = 0;
  hs_database_t* database_ = nullptr;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

}  // namespace mpicount
