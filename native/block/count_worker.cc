#include "count_worker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "../files/file_states.h"
#include "../files/open_file.h"
#include "addon_values.h"

namespace mpicount {
namespace {

Napi::Value GroupsOf(Napi::Env env, const GroupCounts::Rows& rows) {
  Napi::Uint8Array names = Napi::Uint8Array::New(env, rows.names.size());
  std::copy(rows.names.begin(), rows.names.end(), names.Data());
  Napi::Object value = Napi::Object::New(env);
  value["names"] = names;
  value["ends"] = ArrayOf<Napi::Float64Array>(env, rows.ends);
  value["indices"] = ArrayOf<Napi::Float64Array>(env, rows.indices);
  value["counts"] = ArrayOf<Napi::Float64Array>(env, rows.counts);
  return value;
}

}  // namespace

CountWorker::CountWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges,
                         bool by_range)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      context_(std::move(context)),
      ranges_(std::move(ranges)),
      by_range_(by_range),
      size_(ranges_.size()) {}

CountWorker::CountWorker(Napi::Env env, SharedContext context, const FileRange& way, bool by_range,
                         ExpectedFiles files)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      context_(std::move(context)),
      by_range_(by_range),
      way_(way),
      files_(std::move(files)),
      size_(files_.paths.size()) {}

void CountWorker::Execute() {
  const size_t width = context_->kernel->width();
  counts_.resize(width * (by_range_ ? size_ : 1));
  if (context_->kernel->has_groups()) groups_.emplace(width);
  while (done_ < size_ && CountNext()) ++done_;
  if (groups_ && done_ == size_) rows_of_groups_ = groups_->InOrder();
}

bool CountWorker::CountNext() { return ranges_.empty() ? CountNextFile() : Count(ranges_[done_]); }

bool CountWorker::CountNextFile() {
  const uint64_t size = files_.sizes[done_];
  way_.file_size = size;
  if (way_.format == Format::kPlain) way_.end = size;
  const std::string path(files_.paths[done_]);
  const OpenFile file(folder_.PlaceOf(path, files_.paths.After(done_)));
  way_.fd = file.fd();
  is_unexpected_ = way_.fd < 0;
  if (is_unexpected_) return false;
  const bool is_counted = Count(way_);
  const std::optional<FileState> state = StateOf(way_.fd);
  is_unexpected_ = latest_.read_error || !state || state->size != size ||
                   state->modified != files_.modified[done_];
  return is_counted && !is_unexpected_;
}

bool CountWorker::Count(const FileRange& range) {
  const size_t row = by_range_ ? done_ * context_->kernel->width() : 0;
  latest_ = CountFileRange(*context_, range, {counts_.data() + row, groups_ ? &*groups_ : nullptr});
  for (const auto& [finding, count] : latest_.findings) {
    findings_.insert(findings_.end(), {static_cast<double>(done_), static_cast<double>(finding),
                                       static_cast<double>(count)});
  }
  for (const auto& [start, offset] : latest_.invalid_lines) {
    invalid_lines_.insert(
        invalid_lines_.end(),
        {static_cast<double>(done_), static_cast<double>(start), static_cast<double>(offset)});
  }
  if (latest_.link && range.has_units()) AddLink(*latest_.link);
  read_nanoseconds_ += latest_.read_nanoseconds;
  decode_nanoseconds_ += latest_.decode_nanoseconds;
  scan_nanoseconds_ += latest_.scan_nanoseconds;
  stored_size_ += latest_.stored_size;
  text_size_ += latest_.text_size;
  return !latest_.failed();
}

void CountWorker::AddLink(const UnitLink& link) {
  const auto number = [](uint64_t offset) {
    if (offset == kNoUnit.start) return -1.0;
    return offset == kUndecodable.start ? -2.0 : static_cast<double>(offset);
  };
  const auto sum = [](const std::optional<uint32_t>& known) {
    return known ? static_cast<double>(*known) : -1.0;
  };
  const auto& [head, total, open] = link.sums;
  links_.insert(links_.end(),
                {static_cast<double>(done_), number(link.start), number(link.end),
                 head ? static_cast<double>(head->rotation) : -1.0,
                 head ? static_cast<double>(head->part) : -1.0, sum(total), sum(open)});
}

void CountWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  if (is_unexpected_) return deferred_.Resolve(Env().Null());
  if (latest_.read_error) {
    return deferred_.Reject(ReadFailure(Env(), *latest_.read_error, done_));
  }
  if (!latest_.failure.empty()) {
    return deferred_.Reject(Napi::Error::New(Env(), latest_.failure).Value());
  }
  Napi::BigUint64Array counts = Napi::BigUint64Array::New(Env(), counts_.size());
  std::copy(counts_.begin(), counts_.end(), counts.Data());
  Napi::Object value = Napi::Object::New(Env());
  value["counts"] = counts;
  if (groups_) value["groups"] = GroupsOf(Env(), rows_of_groups_);
  value["readSeconds"] = Seconds(Env(), read_nanoseconds_);
  value["decodeSeconds"] = Seconds(Env(), decode_nanoseconds_);
  value["scanSeconds"] = Seconds(Env(), scan_nanoseconds_);
  value["storedSize"] = Napi::Number::New(Env(), static_cast<double>(stored_size_));
  value["textSize"] = Napi::Number::New(Env(), static_cast<double>(text_size_));
  value["findings"] = Numbers(Env(), findings_);
  value["invalidLines"] = Numbers(Env(), invalid_lines_);
  value["links"] = Numbers(Env(), links_);
  deferred_.Resolve(value);
}

}  // namespace mpicount
