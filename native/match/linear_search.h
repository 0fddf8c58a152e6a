// Finds patterns in time that is linear in the text and in the number of occurrences, whatever
// patterns and text are: the automaton of Aho and Corasick, over characters. It reads every
// character, so on ordinary text it is slower than a filter and a verifier. It takes over where
// these take too many steps: a pattern that repeats itself, in a text that does so, nearly matches
// at many offsets, and verifying each of them takes time proportional to the length of the pattern.
//
// A step is one element compared with the text by the verifier or, in a list, one pattern looked up
// by the bytes at an offset, or 16 bytes of it compared by the search for grams. In n bytes of
// text, a pattern that is searched for alone takes at most kMaxSteps * n steps and one candidate
// more, a list kMaxListSteps * n. After that, the automaton takes time proportional to n and to the
// number of occurrences, overlapping ones included. At one offset at most one pattern of each
// length occurs: fewer than sqrt(2 * S) patterns if all patterns together have S bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "char_variants.h"
#include "folded_patterns.h"

namespace mpicount {

class LinearSearch {
 public:
  // Steps per byte of text. Occurrences that do not overlap take one.
  static constexpr size_t kMaxSteps = 2;
  // Steps that take as long as the automaton does when it is too large for the caches.
  static constexpr size_t kMaxListSteps = 32;

  // A pattern to find, and its number. An occurrence is reported by the offset of its element
  // `anchor`.
  struct Member {
    uint32_t part;
    uint32_t anchor;
    FoldedPattern pattern;
  };

  explicit LinearSearch(Member member)
      : LinearSearch([member] { return std::vector<Member>{member}; }) {}
  // `members` returns them when they are first needed.
  explicit LinearSearch(std::function<std::vector<Member>()> members)
      : members_(std::move(members)) {}

  // Calls found(part, start, end) for each occurrence in the text whose anchor begins at `from` or
  // later: those of one pattern in order, overlapping ones included. Any number of threads may call
  // it concurrently.
  template <typename Found>
  void ForEach(const uint8_t* text, size_t size, size_t from, const Found& found) const;

 private:
  class Automaton;
  struct Occurrence {
    size_t start;
    size_t end;
  };

  const std::vector<std::unique_ptr<const Automaton>>& Automata() const;

  std::function<std::vector<Member>()> members_;
  // Built when it is first needed, which is seldom: it takes 16 bytes and more for each byte of the
  // patterns.
  mutable std::once_flag is_made_;
  mutable std::vector<std::unique_ptr<const Automaton>> automata_;
};

// The core of a pattern begins and ends with a character. Its raw bytes, those that are not part of
// a character, lie between characters, so they are not part of a character of the text either, and
// the core matches whole tokens: the characters of the text and the bytes between them. Two
// elements that match the same token are equal, on which the automaton relies. Raw bytes before and
// after the core can be part of a character of the text; they are compared where the core matches.
class LinearSearch::Automaton {
 public:
  // In a bytewise automaton, all alternatives of all elements are one byte, each byte is a token,
  // and each pattern is its own core.
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
  // The cores that end in a state, order_[first, last), and the next of its suffixes in which cores
  // end.
  struct Report {
    uint32_t first;
    uint32_t last;
    uint32_t next;  // 0: none
  };
  // The offsets at which the latest tokens begin.
  class Starts {
   public:
    explicit Starts(size_t size) : starts_(size) {}
    void Add(size_t start) { starts_[tokens_++ & (starts_.size() - 1)] = start; }
    // An index of 1 is the latest token.
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
  // Returns false if this is not an occurrence, or one whose anchor begins before `from`.
  bool Complete(const Core& core, const Starts& starts, const uint8_t* text, size_t size,
                size_t core_end, size_t from, Occurrence& occurrence) const;

  bool is_bytewise_;
  std::vector<Core> cores_;
  size_t starts_size_ = 1;
  // A symbol stands for an element; 0 stands for tokens that are in no element.
  std::unordered_map<const CharVariants*, uint32_t> symbols_;
  std::array<uint32_t, 256> byte_symbols_{};
  std::unordered_map<uint32_t, uint32_t> character_symbols_;  // by the bytes of the character
  // States are sorted by depth; 0 is the root. The children of a state are consecutive, with rising
  // symbols: [first_child_[state], first_child_[state + 1]).
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
