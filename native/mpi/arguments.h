// From JavaScript values to MPI's arguments.
#pragma once

#include <mpi.h>
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mpicount {

// A typed array as MPI sees it. `data` is null and `count` 0 for JavaScript's null (a buffer that
// only the root has).
struct Buffer {
  void* data = nullptr;
  int count = 0;
  MPI_Datatype type = MPI_DATATYPE_NULL;
};

// A buffer of which each rank has a part: `counts` elements from `displacements` on, one number a
// rank. All three are null where only the root needs them and this rank is not the root.
struct Parts {
  Buffer buffer;
  Buffer counts;
  Buffer displacements;

  const int* count_data() const { return static_cast<const int*>(counts.data); }
  const int* displacement_data() const { return static_cast<const int*>(displacements.data); }
};

// Converts the arguments of a call from JavaScript, one after the other. The first one that does
// not fit leaves a TypeError pending; from then on nothing more is converted, ok() is false, and
// the values returned must not be used.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info), env_(info.Env()) {}
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  bool ok() const { return ok_; }

  MPI_Comm Comm();
  int Int();
  std::optional<int> IntOrNull();
  MPI_Op Op();
  // A rank or `'any'`; a tag or `'any'`.
  int Source();
  int Tag();
  Buffer Array();
  Buffer ArrayOrNull();
  // Three arguments: the buffer, its counts and its displacements.
  Parts ArrayParts();

  // For checks that need more than one argument: leaves a TypeError pending unless `fits`.
  void Require(bool fits, const char* message);
  // Requires that the parts lie in their buffer, one for each rank of `comm`, and that the part of
  // `rank` is as long as its `own` buffer and of the same type: MPI would read and write past the
  // end of a buffer that is too short.
  void RequireParts(const Parts& parts, MPI_Comm comm, int rank, const Buffer& own,
                    const char* message);
  // The number of ranks of a communicator, and this process's rank in it.
  int SizeOf(MPI_Comm comm);
  int RankOf(MPI_Comm comm);

 private:
  Napi::Value Next() { return info_[index_++]; }
  int IntFrom(const Napi::Value& value);
  Buffer ArrayFrom(const Napi::Value& value);
  void Fail(const char* message);

  const Napi::CallbackInfo& info_;
  Napi::Env env_;
  size_t index_ = 0;
  bool ok_ = true;
};

// A communicator for JavaScript to hold. Its memory is freed with the JavaScript object; the
// communicator itself is not, since MPI_Comm_free is collective.
Napi::Value FromComm(Napi::Env env, MPI_Comm comm);

// Where MPI_Comm_idup writes the new communicator: an address that lives as long as the JavaScript
// object.
MPI_Comm* CommSlot(const Napi::Value& value);

}  // namespace mpicount
