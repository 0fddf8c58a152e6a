#include "linear_search.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "steps.h"
#include "utf8.h"

namespace mpicount {
namespace {

// A byte of a pattern that is not part of a well-formed character.
bool IsRaw(const CharVariants* element) {
  return (*element)[0].size() == 1 && static_cast<uint8_t>((*element)[0][0]) >= 0x80;
}

bool IsBytewise(const FoldedPattern& pattern) {
  for (const CharVariants* element : pattern) {
    if (LongestOf(*element) > 1) return false;
  }
  return true;
}

// The bytes of a character as a number.
uint32_t Packed(const void* bytes, size_t length) {
  uint32_t packed = 0;
  std::memcpy(&packed, bytes, length);
  return packed;
}

}  // namespace

const std::vector<std::unique_ptr<const LinearSearch::Automaton>>& LinearSearch::Automata() const {
  std::call_once(is_made_, [this] {
    // The only element of a pattern can be a part of an element of the others (AddParts).
    std::vector<Member> bytewise, single, others;
    for (const Member& member : members_()) {
      const bool is_single = member.pattern.size() == 1;
      (IsBytewise(member.pattern) ? bytewise : is_single ? single : others).push_back(member);
    }
    for (const std::vector<Member>* group : {&bytewise, &single, &others}) {
      if (group->empty()) continue;
      automata_.push_back(std::make_unique<const Automaton>(*group, group == &bytewise));
    }
  });
  return automata_;
}

LinearSearch::Automaton::Automaton(const std::vector<Member>& members, bool is_bytewise)
    : is_bytewise_(is_bytewise) {
  for (const Member& member : members) {
    const FoldedPattern& pattern = member.pattern;
    Core core{member, 0, pattern.size()};
    // These loops end at a character, which every pattern has unless the automaton is bytewise.
    while (!is_bytewise && IsRaw(pattern[core.first])) ++core.first;
    while (!is_bytewise && IsRaw(pattern[core.last - 1])) --core.last;
    AddSymbols(core);
    starts_size_ = std::max(starts_size_, std::bit_ceil(core.length()));
    cores_.push_back(core);
  }
  AddStates();
  AddFailures();
}

void LinearSearch::Automaton::AddSymbols(const Core& core) {
  for (size_t i = core.first; i < core.last; ++i) {
    const CharVariants* element = core.member.pattern[i];
    const auto symbol = static_cast<uint32_t>(symbols_.size() + 1);
    if (!symbols_.try_emplace(element, symbol).second) continue;
    for (const std::string& bytes : *element) {
      if (bytes.size() == 1) {
        byte_symbols_[static_cast<uint8_t>(bytes[0])] = symbol;
      } else {
        character_symbols_[Packed(bytes.data(), bytes.size())] = symbol;
      }
    }
  }
}

// Visits the states in order. order_[first, last) are the cores that begin with the path to a
// state; those that end there come first, and the others are sorted by their next symbol.
void LinearSearch::Automaton::AddStates() {
  struct Cores {
    uint32_t first;
    uint32_t last;
    size_t depth;
  };
  for (uint32_t core = 0; core < cores_.size(); ++core) order_.push_back(core);
  std::vector<Cores> states{{0, static_cast<uint32_t>(cores_.size()), 0}};
  labels_.push_back(0);
  reports_.push_back({});
  for (size_t state = 0; state < states.size(); ++state) {
    const auto [first, last, depth] = states[state];
    const auto ends = [this, depth = depth](uint32_t core) {
      return cores_[core].length() == depth;
    };
    const auto next = [this, depth = depth](uint32_t core) {
      const Core& of = cores_[core];
      return symbols_.at(of.member.pattern[of.first + depth]);
    };
    const auto begin = order_.begin();
    const auto middle = std::partition(begin + first, begin + last, ends);
    std::vector<std::pair<uint32_t, uint32_t>> by_symbol;
    for (auto core = middle; core < begin + last; ++core)
      by_symbol.emplace_back(next(*core), *core);
    std::sort(by_symbol.begin(), by_symbol.end());
    auto at = static_cast<uint32_t>(middle - begin);
    report_.push_back(at > first ? static_cast<uint32_t>(reports_.size()) : 0);
    if (at > first) reports_.push_back({first, at, 0});
    first_child_.push_back(static_cast<uint32_t>(states.size()));
    for (const auto& [symbol, core] : by_symbol) {
      if (states.size() == first_child_[state] || labels_.back() != symbol) {
        labels_.push_back(symbol);
        states.push_back({at, at, depth + 1});
      }
      order_[at++] = core;
      states.back().last = at;
    }
  }
  first_child_.push_back(static_cast<uint32_t>(states.size()));
  root_children_.resize(symbols_.size() + 1);
  for (uint32_t child = first_child_[0]; child < first_child_[1]; ++child) {
    root_children_[labels_[child]] = child;
  }
}

void LinearSearch::Automaton::AddFailures() {
  failure_.resize(labels_.size());
  for (uint32_t state = 0; state < labels_.size(); ++state) {
    for (uint32_t child = first_child_[state]; child < first_child_[state + 1]; ++child) {
      failure_[child] = state == 0 ? 0 : Next(failure_[state], labels_[child]);
      const uint32_t suffix = report_[failure_[child]];
      if (report_[child] == 0) {
        report_[child] = suffix;
      } else {
        reports_[report_[child]].next = suffix;
      }
    }
  }
}

size_t LinearSearch::Automaton::TokenLength(const uint8_t* text, size_t size, size_t at) const {
  if (is_bytewise_ || text[at] < 0x80) return 1;
  return std::max<size_t>(1, Decode(text + at, size - at).length);
}

uint32_t LinearSearch::Automaton::SymbolOf(const uint8_t* token, size_t length) const {
  if (length == 1) return byte_symbols_[*token];
  const auto found = character_symbols_.find(Packed(token, length));
  return found == character_symbols_.end() ? 0 : found->second;
}

uint32_t LinearSearch::Automaton::Child(uint32_t state, uint32_t symbol) const {
  if (state == 0) return root_children_[symbol];
  const auto first = labels_.begin() + first_child_[state];
  const auto last = labels_.begin() + first_child_[state + 1];
  const auto child = std::lower_bound(first, last, symbol);
  if (child == last || *child != symbol) return 0;
  return static_cast<uint32_t>(child - labels_.begin());
}

uint32_t LinearSearch::Automaton::Next(uint32_t state, uint32_t symbol) const {
  for (;;) {
    CountStep();
    const uint32_t child = Child(state, symbol);
    if (child != 0 || state == 0) return child;
    state = failure_[state];
  }
}

bool LinearSearch::Automaton::Complete(const Core& core, const Starts& starts, const uint8_t* text,
                                       size_t size, size_t core_end, size_t from,
                                       Occurrence& occurrence) const {
  CountStep();
  const auto& [part, anchor, pattern] = core.member;
  const size_t core_start = starts.Back(core.length());
  // Raw bytes are one byte each.
  const size_t offset = anchor < core.first ? core_start - std::min(core_start, core.first - anchor)
                        : anchor < core.last ? starts.Back(core.last - anchor)
                                             : core_end + (anchor - core.last);
  if (offset < from) return false;
  const uint8_t* start = text + core_start;
  for (size_t element = core.first; element-- > 0 && start != nullptr;) {
    start = MatchBackward(*pattern[element], text, start);
  }
  const uint8_t* end = text + core_end;
  for (size_t element = core.last; element < pattern.size() && end != nullptr; ++element) {
    end = MatchForward(*pattern[element], end, text + size);
  }
  if (start == nullptr || end == nullptr) return false;
  occurrence = {static_cast<size_t>(start - text), static_cast<size_t>(end - text)};
  return true;
}

}  // namespace mpicount
