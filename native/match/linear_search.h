// Finding patterns in a time that is linear in the text and in what is found, whatever patterns and
// text are: the automaton of Aho and Corasick, over characters. It looks at every character, so on
// ordinary text it is slower than a filter that finds candidates and a verifier. It takes over
// where these take too many steps: a pattern that repeats itself, in a text that does so, nearly
// matches at many offsets, and to see that at each of them takes as long as the pattern is.
//
// One element compared with the text is a step of the verifier; in a list, one pattern that is
// looked up by the bytes at a offset is a step, too. In n bytes of text, a pattern that is searched
// for alone takes at most kMaxSteps * n steps and one candidate more, a list kMaxListSteps * n;
// then follows the automaton, which takes a time proportional to n and to the number of
// occurrences, overlapping ones included. At one offset as many patterns occur as they have
// lengths, at most: with S bytes in all patterns, less than sqrt(2 * S).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "char_variants.h"

namespace mpicount {

class LinearSearch {
 public:
  // For each byte. Occurrences that do not overlap take one.
  static constexpr size_t kMaxSteps = 2;
  // As long as the automaton takes when it is too large for the caches of the processor.
  static constexpr size_t kMaxListSteps = 32;

  // The pattern are only pointed at. `anchor`: by the offset of which element an occurrence is
  // told.
  struct Member {
    size_t part;
    const FoldedPattern* pattern;
    size_t anchor;
  };

  explicit LinearSearch(std::vector<Member> members) : members_(std::move(members)) {}

  // Calls found(part, start, end) for each occurrence that lies in the text and whose anchor begins
  // at `from` or later: those of a pattern in order, overlapping ones too. Any number of threads
  // may call it at a time.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, size_t from, const Found& found) const;

 private:
  class Automaton;
  struct Occurrence {
    size_t start;
    size_t end;
  };

  const std::vector<std::unique_ptr<const Automaton>>& Automata() const;

  std::vector<Member> members_;
  // Made when they are first needed, as this is seldom: they take 16 bytes and more for each byte
  // of the patterns.
  mutable std::once_flag is_made_;
  mutable std::vector<std::unique_ptr<const Automaton>> automata_;
};

// The core of a pattern begins and ends with a character, and its raw bytes, those that are not
// part of a character, lie between characters. So they are in no character of the text either, and
// the core matches whole tokens: the characters of the text and the bytes between these. Two
// pattern that match the same token are the same element, on which the automaton relies. Raw bytes
// before and after the core can be part of a character of the text. They are compared where the
// core matches.
class LinearSearch::Automaton {
 public:
  // Bytewise: all alternatives of all pattern are one byte, which is then a token and each pattern
  // its own core.
  Automaton(const std::vector<Member>& members, bool is_bytewise);

  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, size_t from, const Found& found) const;

 private:
  struct Core {
    Member member;
    size_t first;  // of the member's pattern
    size_t last;
    size_t length() const { return last - first; }
  };
  // The cores that end in a state, order_[first, last), and the next one of its suffixes in which
  // some end.
  struct Report {
    uint32_t first;
    uint32_t last;
    uint32_t next;  // 0: none
  };
  // Where the latest tokens begin.
  class Starts {
   public:
    explicit Starts(size_t size) : starts_(size) {}
    void Add(size_t start) { starts_[tokens_++ & (starts_.size() - 1)] = start; }
    // 1: the latest.
    size_t Back(size_t tokens) const { return starts_[(tokens_ - tokens) & (starts_.size() - 1)]; }

   private:
    std::vector<size_t> starts_;  // a power of two, for the longest core
    size_t tokens_ = 0;
  };

  void AddSymbols(const Core& core);
  void AddStates();
  void AddFailures();

  size_t TokenLength(const uint8_t* text, size_t size, size_t at) const;
  uint32_t SymbolOf(const uint8_t* token, size_t length) const;
  uint32_t Child(uint32_t state, uint32_t symbol) const;
  uint32_t Next(uint32_t state, uint32_t symbol) const;
  // False when it is no occurrence, or one whose anchor begins before `from`.
  bool Complete(const Core& core, const Starts& starts, const uint8_t* text, size_t size,
                size_t core_end, size_t from, Occurrence& occurrence) const;

  bool is_bytewise_;
  std::vector<Core> cores_;
  size_t starts_size_ = 1;
  // A symbol stands for a element; 0 for what is in none.
  std::unordered_map<const CharVariants*, uint32_t> symbols_;
  std::array<uint32_t, 256> byte_symbols_{};
  std::unordered_map<uint32_t, uint32_t> character_symbols_;  // by the bytes of the character
  // States in the order of their depth; 0 is the root. The children of a state lie side by side,
  // with rising symbols: [first_child_[state], first_child_[state + 1]).
  std::vector<uint32_t> labels_;  // the symbols that lead to the states
  std::vector<uint32_t> first_child_;
  std::vector<uint32_t> failure_;
  std::vector<uint32_t> report_;
  std::vector<uint32_t> root_children_;  // by symbol
  std::vector<Report> reports_;
  std::vector<uint32_t> order_;
};

template <typename Found>
void LinearSearch::ForEach(const uint8_t* text, size_t size, size_t from,
                           const Found& found) const {
  for (const auto& automaton : Automata()) automaton->ForEach(text, size, from, found);
}

template <typename Found>
void LinearSearch::Automaton::ForEach(const uint8_t* text, size_t size, size_t from,
                                      const Found& found) const {
  Starts starts(starts_size_);
  uint32_t state = 0;
  for (size_t at = 0; at < size;) {
    const size_t length = TokenLength(text, size, at);
    state = Next(state, SymbolOf(text + at, length));
    starts.Add(at);
    at += length;
    for (uint32_t report = report_[state]; report != 0; report = reports_[report].next) {
      for (uint32_t i = reports_[report].first; i < reports_[report].last; ++i) {
        const Core& core = cores_[order_[i]];
        Occurrence occurrence;
        if (Complete(core, starts, text, size, at, from, occurrence)) {
          found(core.member.part, occurrence.start, occurrence.end);
        }
      }
    }
  }
}

}  // namespace mpicount
