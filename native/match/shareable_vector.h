// A vector whose elements may lie in memory that processes share, where they do not change.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "huge_pages.h"

namespace mpicount {

template <typename T>
class ShareableVector {
 public:
  ShareableVector() = default;
  // A copy would view the elements of the original.
  ShareableVector(const ShareableVector&) = delete;
  ShareableVector& operator=(const ShareableVector&) = delete;
  ShareableVector(ShareableVector&&) = default;
  ShareableVector& operator=(ShareableVector&&) = default;
  explicit ShareableVector(size_t size, T value = {}) : own_(size, value) { Refresh(); }
  // Views elements that `memory` keeps alive.
  ShareableVector(const T* elements, size_t size, std::shared_ptr<const void> memory)
      : memory_(std::move(memory)), elements_(elements), size_(size) {}

  size_t size() const { return size_; }
  const T* data() const { return elements_; }
  const T& operator[](size_t i) const { return elements_[i]; }
  const T& back() const { return elements_[size_ - 1]; }

  // The functions that follow change own elements; there must be no others.
  T* own() { return own_.data(); }
  void reserve(size_t size) { own_.reserve(size), Refresh(); }
  void resize(size_t size) { own_.resize(size), Refresh(); }
  void push_back(T value) { own_.push_back(value), Refresh(); }

 private:
  void Refresh() {
    elements_ = own_.data();
    size_ = own_.size();
  }

  Table<T> own_;
  std::shared_ptr<const void> memory_;
  const T* elements_ = nullptr;
  size_t size_ = 0;
};

}  // namespace mpicount
