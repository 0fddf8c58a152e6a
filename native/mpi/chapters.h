// The functions of this addon, in one file for each chapter of the MPI standard
// (https://www.mpi-forum.org/docs/mpi-3.1/mpi31-report.pdf): one function per MPI call. There is no
// policy here: what to call when, and what an error means, is decided in src/mpi/.
#pragma once

#include <mpi.h>
#include <napi.h>

#include <initializer_list>
#include <span>

#include "check.h"
#include "request.h"

namespace mpicount {

struct Export {
  const char* name;
  Napi::Value (*function)(const Napi::CallbackInfo&);
};

std::span<const Export> PointToPointCalls();  // chapter 3
std::span<const Export> CollectiveCalls();    // chapter 5
std::span<const Export> CommunicatorCalls();  // chapter 6
std::span<const Export> EnvironmentCalls();   // chapter 8

// Starts a non-blocking operation: start(&request) calls MPI. Returns the Request for JavaScript,
// which keeps the values `kept` alive, or undefined with an exception pending.
template <typename Start>
Napi::Value StartRequest(const Napi::CallbackInfo& info, const char* call, const Start& start,
                         std::initializer_list<Napi::Value> kept) {
  MPI_Request request = MPI_REQUEST_NULL;
  if (!Check(info.Env(), call, start(&request))) return info.Env().Undefined();
  return Request::Track(info.Env(), request, kept);
}

}  // namespace mpicount
