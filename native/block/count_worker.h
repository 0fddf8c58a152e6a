// Counts in ranges of files on a worker thread, for a promise.
#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "../files/current_folder.h"
#include "../files/paths.h"
#include "compile.h"
#include "file_range.h"

namespace mpicount {

// Files that the worker opens and closes itself, one after the other.
struct ExpectedFiles {
  Paths paths;
  std::vector<uint64_t> sizes;
  std::vector<int64_t> modified;  // in nanoseconds since 1970
};

// Execute() runs on a worker thread and must not call N-API.
class CountWorker : public Napi::AsyncWorker {
 public:
  // Counts in the ranges one after the other. With `by_range`, each has a row of its own;
  // otherwise there is one row, their sum.
  CountWorker(Napi::Env env, SharedContext context, std::vector<FileRange> ranges, bool by_range);

  // Counts in whole files, each of which is a range that is read in the given way.
  CountWorker(Napi::Env env, SharedContext context, const FileRange& way, bool by_range,
              ExpectedFiles files);

  // Returns the promise of { counts, groups, readSeconds, decodeSeconds, scanSeconds, storedSize,
  // textSize, findings, invalidLines, links }; `groups` is { names, ends, indices, counts }, as
  // GroupCounts::Rows, or undefined without groups. It is null if one of the files cannot be opened
  // or read, or is not in the expected state after it was counted: what is wrong is for the caller
  // to find out, since it is rare.
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override;
  void OnOK() override;

 private:
  // Counts in the next range. Returns whether it could be counted.
  bool CountNext();

  // Does the same for the next of the files.
  bool CountNextFile();

  // Counts in a range and adds the result to the others. Returns whether it could be counted.
  bool Count(const FileRange& range);

  void AddLink(const UnitLink& link);

  Napi::Promise::Deferred deferred_;
  SharedContext context_;
  std::vector<FileRange> ranges_;
  bool by_range_;
  FileRange way_{};
  ExpectedFiles files_;
  CurrentFolder folder_;
  size_t size_;  // the number of ranges or files
  bool is_unexpected_ = false;
  size_t done_ = 0;
  std::vector<uint64_t> counts_;
  std::optional<GroupCounts> groups_;  // of all ranges
  GroupCounts::Rows rows_of_groups_;
  std::vector<double> findings_;  // triples: index of the file range, kind, count
  // Triples: index of the file range, start of the unit from which its text was decoded, offset.
  std::vector<double> invalid_lines_;
  // Triples: index of the file range, start and end of its link; -1 if no unit was found, -2 if it
  // cannot be decoded.
  std::vector<double> links_;
  uint64_t read_nanoseconds_ = 0;
  uint64_t decode_nanoseconds_ = 0;
  uint64_t scan_nanoseconds_ = 0;
  uint64_t stored_size_ = 0;
  uint64_t text_size_ = 0;
  RangeResult latest_;
};

}  // namespace mpicount
