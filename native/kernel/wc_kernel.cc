#include "wc_kernel.h"

#include <algorithm>
#include <optional>

namespace mpicount {
namespace {

// The number of bytes before a range that usually contain a space or a word character.
constexpr uint64_t kNear = 64;

class WcCounter : public RangeCounter {
 public:
  explicit WcCounter(const WcClasses& classes) : classes_(classes) {}

  bool Scan(const Window& window) override {
    const size_t from = window.seen - window.begin;
    if (!scan_) {
      SetBefore(window, window.seen - std::min(window.seen, kNear), window.seen);
      scan_.emplace(classes_, window.text, window.size, from);
    }
    scan_->Scan(window.text, window.size, from, window.limit - window.begin);
    bytes_ += window.limit - window.seen;
    return true;
  }

  bool NeedsAfter(uint64_t) const override { return false; }

  uint64_t NeedsBefore() const override {
    return BeginsWithWord() && before_ == WcClasses::kIgnored ? looked_back_to_ : 0;
  }

  void ScanBefore(const Window& window) override { SetBefore(window, window.seen, window.limit); }

  void AddTo(uint64_t* row, FindingCounts&) const override {
    if (!scan_) return;
    const auto& [lines, words, characters] = scan_->counts();
    row[0] += lines;
    // The first word may have begun before the range.
    row[1] += words - (BeginsWithWord() && before_ == WcClasses::kWord ? 1 : 0);
    row[2] += characters;
    row[3] += bytes_;
  }

 private:
  bool BeginsWithWord() const { return scan_ && scan_->first() == WcClasses::kWord; }

  // Looks in [from, to) of the file for the last character before the range that is not ignored.
  void SetBefore(const Window& window, uint64_t from, uint64_t to) {
    WcScan scan(classes_, window.text, window.size, from - window.begin);
    scan.Scan(window.text, window.size, from - window.begin, to - window.begin);
    // The start of the file acts as a space.
    const bool is_start = scan.last() == WcClasses::kIgnored && from == 0;
    before_ = is_start ? WcClasses::kSpace : scan.last();
    looked_back_to_ = from;
  }

  const WcClasses& classes_;
  std::optional<WcScan> scan_;
  uint64_t bytes_ = 0;
  // The class of the last character before the range that is not ignored; kIgnored if there is none
  // from `looked_back_to_` on.
  WcClasses::Class before_ = WcClasses::kIgnored;
  uint64_t looked_back_to_ = 0;
};

}  // namespace

Reach WcKernel::reach() const { return {kNear + WcScan::kContext, WcScan::kContext, 0}; }

std::unique_ptr<RangeCounter> WcKernel::Begin(uint64_t, uint64_t) const {
  return std::make_unique<WcCounter>(classes_);
}

}  // namespace mpicount
