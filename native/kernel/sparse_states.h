// A state for each of very many parts of patterns, of which the text of a range has few: those that
// were changed take memory, and of the others only a number each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace mpicount {

template <typename State>
class SparseStates {
 public:
  // Each state is `initial` until it is changed.
  SparseStates(size_t parts, const State& initial)
      : numbers_(static_cast<uint32_t*>(std::calloc(parts + 1, sizeof(uint32_t)))),
        states_{initial},
        parts_{0} {
    if (numbers_ == nullptr) std::abort();
  }

  // Returns the state of a part, to be changed; valid until that of another part is asked for.
  State& Of(size_t part) {
    uint32_t& number = numbers_[part];
    if (number == 0) {
      number = static_cast<uint32_t>(states_.size());
      states_.push_back(State(states_[0]));
      parts_.push_back(static_cast<uint32_t>(part));
    }
    return states_[number];
  }

  const State& At(size_t part) const { return states_[numbers_[part]]; }

  // Calls take(part, state) for all states that may have been changed.
  template <typename Take>
  void ForEach(const Take& take) const {
    for (size_t i = 1; i < states_.size(); ++i) take(parts_[i], states_[i]);
  }

  // Prefetch the number of a state, and then the state.
  void PrefetchNumber(size_t part) const { __builtin_prefetch(&numbers_[part]); }
  void PrefetchState(size_t part) const { __builtin_prefetch(&states_[numbers_[part]]); }

 private:
  struct Free {
    void operator()(uint32_t* memory) const { std::free(memory); }
  };

  // The number of the state of each part. That of an unchanged one is 0: pages of memory from
  // calloc() to which nothing is written take none.
  std::unique_ptr<uint32_t[], Free> numbers_;
  std::vector<State> states_;
  std::vector<uint32_t> parts_;  // of the states
};

}  // namespace mpicount
