// The image of a compiled list of patterns in memory: one process stores it, and others load it.
// Classes pass their state, part by part, in the same order in both directions. Small parts are
// copied, long vectors stay where they are. The processes must run the same program.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "huge_pages.h"
#include "shareable_vector.h"

namespace mpicount {

class Image {
 public:
  // Only measures what is passed.
  Image() = default;
  // Stores what is passed in memory of a size that was measured.
  explicit Image(uint8_t* memory) : to_(memory) {}
  // Loads from this memory, which is aligned as vectors are.
  Image(std::shared_ptr<const uint8_t> memory, size_t size)
      : from_(std::move(memory)), available_(size) {}

  bool loads() const { return from_ != nullptr; }
  // Returns whether less was available than was to be loaded; parts are then empty.
  bool failed() const { return failed_; }
  // Returns the number of bytes passed.
  size_t size() const { return at_; }

  template <typename T>
  void Value(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const uint8_t* const stored = Pass(&value, sizeof value, alignof(T));
    if (stored != nullptr) std::memcpy(&value, stored, sizeof value);
  }

  // Passes the size of a sequence, and each of its elements by each(index). If the sequence is
  // loaded, the size is the stored one.
  template <typename Each>
  void ForEach(size_t size, const Each& each) {
    const size_t passed = PassSize(size);
    for (size_t i = 0; i < passed && !failed_; ++i) each(i);
  }

  void Copy(std::string& bytes) { CopyElements(bytes); }
  template <typename T>
  void Copy(std::vector<T>& elements) {
    CopyElements(elements);
  }

  // A vector that is stored is empty afterwards, so that its elements take memory only once.
  template <typename T>
  void Share(ShareableVector<T>& elements) {
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t size = PassSize(elements.size());
    const uint8_t* const stored = Pass(elements.data(), size * sizeof(T), kCacheLine);
    if (to_ != nullptr) elements = {};
    if (stored != nullptr) elements = {reinterpret_cast<const T*>(stored), size, from_};
  }

 private:
  // Returns the size that is stored, or else this one.
  size_t PassSize(size_t size) {
    uint64_t passed = size;
    Value(passed);
    return passed;
  }

  template <typename Elements>
  void CopyElements(Elements& elements) {
    using T = typename Elements::value_type;
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t size = PassSize(elements.size());
    const uint8_t* const stored = Pass(elements.data(), size * sizeof(T), alignof(T));
    if (stored == nullptr) return;
    elements.resize(size);
    std::copy_n(reinterpret_cast<const T*>(stored), size, elements.begin());
  }

  // Passes bytes, and returns where they are stored if they are loaded.
  const uint8_t* Pass(const void* bytes, size_t size, size_t alignment) {
    const size_t begin = (at_ + alignment - 1) / alignment * alignment;
    if (loads() && (failed_ || begin > available_ || size > available_ - begin)) {
      failed_ = true;
      return nullptr;
    }
    at_ = begin + size;
    if (to_ != nullptr && size > 0) std::memcpy(to_ + begin, bytes, size);
    return loads() ? from_.get() + begin : nullptr;
  }

  uint8_t* to_ = nullptr;
  std::shared_ptr<const uint8_t> from_;
  size_t available_ = 0;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace mpicount
