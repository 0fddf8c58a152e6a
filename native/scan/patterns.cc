#include "patterns.h"

#include <algorithm>
#include <utility>

namespace mpicount {

PatternSet::PatternSet(std::vector<PatternSource> sources, CompileOptions options)
    : sources_(std::move(sources)), options_(std::move(options)) {
  for (const PatternSource& source : sources_) {
    max_length_ = std::max<size_t>(max_length_, source.max_length);
    fixed_lengths_.push_back(source.min_length == source.max_length ? source.max_length : 0);
  }
}

PatternSet::~PatternSet() { hs_free_database(database_); }

std::unique_ptr<PatternSet> PatternSet::Compile(std::vector<PatternSource> sources,
                                                CompileOptions options, CompileError& error) {
  std::unique_ptr<PatternSet> set(new PatternSet(std::move(sources), std::move(options)));
  if (set->MakeLiterals()) return set;
  std::vector<const char*> expressions;
  std::vector<unsigned> ids;
  for (const PatternSource& source : set->sources_) {
    for (const std::string& expression : source.expressions) {
      expressions.push_back(expression.c_str());
      ids.push_back(static_cast<unsigned>(&source - set->sources_.data()));
    }
  }
  const size_t count = expressions.size();
  const std::vector<unsigned> flags(count, set->options_.caseless ? HS_FLAG_CASELESS : 0);
  hs_compile_error_t* failure = nullptr;
  const hs_error_t status =
      hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(count),
                       HS_MODE_BLOCK, nullptr, &set->database_, &failure);
  if (status == HS_SUCCESS) return set;
  error = {failure != nullptr && failure->expression >= 0
               ? static_cast<int>(ids[static_cast<size_t>(failure->expression)])
               : -1,
           failure != nullptr ? failure->message : "status " + std::to_string(status)};
  hs_free_compile_error(failure);
  return nullptr;
}

bool PatternSet::MakeLiterals() {
  if (sources_.size() != 1) return false;
  for (const std::vector<Unit>& form : sources_[0].forms) {
    std::optional<LiteralSearch> search = LiteralSearch::For(form);
    if (!search) {
      literals_.clear();
      break;
    }
    literals_.push_back(std::move(*search));
  }
  return !literals_.empty();
}

size_t PatternSet::VaryingLengthBefore(size_t pattern, const uint8_t* end) const {
  const PatternSource& source = sources_[pattern];
  const uint8_t* start = end;
  for (size_t unit = source.units.size(); unit-- > 0;) {
    --start;
    if (source.units[unit] != 0) {
      while ((*start & 0xC0) == 0x80) --start;
    }
  }
  return static_cast<size_t>(end - start);
}

std::unique_ptr<Workspace> PatternSet::Borrow() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!idle_.empty()) {
    std::unique_ptr<Workspace> workspace = std::move(idle_.back());
    idle_.pop_back();
    return workspace;
  }
  auto workspace = std::make_unique<Workspace>();
  if (database_ != nullptr && hs_alloc_scratch(database_, &workspace->scratch) != HS_SUCCESS)
    return nullptr;
  return workspace;
}

void PatternSet::GiveBack(std::unique_ptr<Workspace> workspace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(workspace));
}

}  // namespace mpicount
