#include "count_worker.h"

#include <algorithm>
#include <utility>

#include "addon_values.h"

namespace mpicount {

CountWorker::CountWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges,
                         bool by_range)
    : Napi::AsyncWorker(env),
      deferred_(Napi::Promise::Deferred::New(env)),
      context_(std::move(context)),
      ranges_(std::move(ranges)),
      by_range_(by_range) {}

void CountWorker::Execute() {
  const size_t width = context_->kernel->width();
  counts_.resize(width * (by_range_ ? ranges_.size() : 1));
  for (const FileRange& range : ranges_) {
    latest_ = CountFileRange(*context_, range, counts_.data() + (by_range_ ? done_ * width : 0));
    for (const auto& [finding, count] : latest_.findings) {
      findings_.insert(findings_.end(), {static_cast<double>(done_), static_cast<double>(finding),
                                         static_cast<double>(count)});
    }
    read_nanoseconds_ += latest_.read_nanoseconds;
    scan_nanoseconds_ += latest_.scan_nanoseconds;
    stored_size_ += latest_.stored_size;
    if (latest_.failed()) break;
    ++done_;
  }
}

void CountWorker::OnOK() {
  const Napi::HandleScope scope(Env());
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
  value["readSeconds"] = Seconds(Env(), read_nanoseconds_);
  value["scanSeconds"] = Seconds(Env(), scan_nanoseconds_);
  value["storedSize"] = Napi::Number::New(Env(), static_cast<double>(stored_size_));
  if (!findings_.empty()) {
    Napi::Float64Array findings = Napi::Float64Array::New(Env(), findings_.size());
    std::copy(findings_.begin(), findings_.end(), findings.Data());
    value["findings"] = findings;
  }
  deferred_.Resolve(value);
}

}  // namespace mpicount
