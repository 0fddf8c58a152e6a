#include "wc_kernel.h"

#include <algorithm>
#include <optional>

namespace mpicount {
namespace {

// The number of bytes before a range that usually contain a space or a word character.
constexpr uint64_t kNear = 64;

class WcCounter : public RangeCounter {
 public:
  WcCounter(const WcClasses& classes, uint64_t end)
      : classes_(classes), end_(end), is_cut_off_(end == kUnknownEnd) {}

  bool Scan(const Window& window) override {
    if (window.seen >= end_) {
      ScanAfter(window);
      return true;
    }
    const size_t from = window.seen - window.begin;
    if (!scan_) {
      SetBefore(window, window.seen - std::min(window.seen, kNear), window.seen);
      scan_.emplace(classes_, window.text, window.size, from);
    }
    scan_->Scan(window.text, window.size, from, window.limit - window.begin);
    bytes_ += window.limit - window.seen;
    if (is_cut_off_ && window.limit == end_) has_next_word_ = MayHaveNextWord(window);
    return true;
  }

  void SetEnd(uint64_t end) override { end_ = end; }

  bool NeedsAfter(uint64_t) const override { return has_next_word_; }

  uint64_t NeedsBefore() const override {
    return BeginsWithWord() && before_ == WcClasses::kIgnored && !is_cut_off_ ? looked_back_to_ : 0;
  }

  void ScanBefore(const Window& window) override { SetBefore(window, window.seen, window.limit); }

  void AddTo(uint64_t* row, FindingCounts&) const override {
    if (!scan_) return;
    const auto& [lines, words, characters] = scan_->counts();
    row[0] += lines;
    // The first word may have begun before the range. If that cannot be known, the range before has
    // counted it.
    row[1] += words + words_after_ - (BeginsWithWord() && before_ != WcClasses::kSpace ? 1 : 0);
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

  // Returns whether the first word after the range begins there and is to be counted by this range,
  // since the next one sees nothing but ignored characters before itself. It looks back as far as
  // this, see Scan().
  bool MayHaveNextWord(const Window& window) const {
    const WcClasses::Class last = scan_->last() == WcClasses::kIgnored ? before_ : scan_->last();
    if (last != WcClasses::kSpace) return false;
    const size_t end = window.limit - window.begin;
    WcScan scan(classes_, window.text, window.size, end - kNear);
    scan.Scan(window.text, window.size, end - kNear, end);
    return scan.last() == WcClasses::kIgnored;
  }

  // Looks for the first character after the range that is not ignored.
  void ScanAfter(const Window& window) {
    const size_t from = window.seen - window.begin;
    WcScan scan(classes_, window.text, window.size, from);
    scan.Scan(window.text, window.size, from, window.limit - window.begin);
    if (scan.first() == WcClasses::kIgnored) return;
    if (scan.first() == WcClasses::kWord) ++words_after_;
    has_next_word_ = false;
  }

  const WcClasses& classes_;
  uint64_t end_;
  bool is_cut_off_;  // the text before and after the range is counted without knowing of this range
  std::optional<WcScan> scan_;
  uint64_t bytes_ = 0;
  // The class of the last character before the range that is not ignored; kIgnored if there is none
  // from `looked_back_to_` on.
  WcClasses::Class before_ = WcClasses::kIgnored;
  uint64_t looked_back_to_ = 0;
  bool has_next_word_ = false;
  uint64_t words_after_ = 0;
};

}  // namespace

Reach WcKernel::reach() const { return {kNear + WcScan::kContext, WcScan::kContext, 0}; }

std::unique_ptr<RangeCounter> WcKernel::Begin(uint64_t, uint64_t end) const {
  return std::make_unique<WcCounter>(classes_, end);
}

}  // namespace mpicount
