// The functions of liblzma, with those of its structures that are passed to them.
//
// The structures are as in every version since 5.0, whose functions all of these are, so that no
// header of the library is needed: https://tukaani.org/xz/liblzma-api/. Its reserved members are 0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "library.h"

namespace mpicount {

struct LzmaStream {
  const uint8_t* next_in;
  size_t avail_in;
  uint64_t total_in;
  uint8_t* next_out;
  size_t avail_out;
  uint64_t total_out;
  const void* allocator;
  void* internal;
  void* reserved_pointers[4];
  uint64_t reserved_integers[2];
  size_t reserved_sizes[2];
  int reserved_enums[2];
};

// What the header and the footer of a stream say.
struct LzmaStreamFlags {
  uint32_t version;
  uint64_t backward_size;  // the size of the index; of a footer only
  int check;               // the kind of checksum
  int reserved_enums[4];
  uint8_t reserved_bools[8];
  uint32_t reserved_integers[2];
};

struct LzmaFilter {
  uint64_t id;
  void* options;  // from malloc()
};

constexpr uint64_t kLzmaUnknown = UINT64_MAX;  // the ID after the last filter
constexpr size_t kLzmaMostFilters = 4;

struct LzmaBlock {
  uint32_t version;
  uint32_t header_size;
  int check;
  uint64_t compressed_size;
  uint64_t uncompressed_size;
  LzmaFilter* filters;
  uint8_t raw_check[64];
  void* reserved_pointers[3];
  uint32_t reserved_integers[2];
  uint64_t reserved_sizes[6];
  int reserved_enums[4];
  uint8_t reserved_bools[8];
};

// With pointers of 64 bits, the sizes that the compiler gives to the structures of lzma.h.
static_assert(sizeof(void*) != 8 || (sizeof(LzmaStream) == 136 && sizeof(LzmaStreamFlags) == 56 &&
                                     sizeof(LzmaFilter) == 16 && sizeof(LzmaBlock) == 208));

// lzma_ret
constexpr int kLzmaOk = 0;
constexpr int kLzmaStreamEnd = 1;
constexpr int kLzmaUnsupportedCheck = 3;
constexpr int kLzmaMemoryError = 5;
constexpr int kLzmaMemoryLimit = 6;
constexpr int kLzmaFormatError = 7;
constexpr int kLzmaOptionsError = 8;
constexpr int kLzmaDataError = 9;
constexpr int kLzmaBufferError = 10;

constexpr int kLzmaRun = 0;  // lzma_action
// Without this flag, blocks with a checksum that the library does not know are not checked.
constexpr uint32_t kLzmaTellUnsupportedCheck = 2;

struct Xz {
  LibraryFacts facts;
  const char* (*version)() = nullptr;
  int (*code)(LzmaStream*, int action) = nullptr;
  void (*end)(LzmaStream*) = nullptr;
  // Of streams.
  int (*init_stream)(LzmaStream*, uint64_t memory, uint32_t flags) = nullptr;
  uint64_t (*memory)(const LzmaStream*) = nullptr;
  int (*decode_header)(LzmaStreamFlags*, const uint8_t* bytes) = nullptr;
  int (*decode_footer)(LzmaStreamFlags*, const uint8_t* bytes) = nullptr;
  int (*compare_flags)(const LzmaStreamFlags*, const LzmaStreamFlags*) = nullptr;
  // Of blocks.
  int (*decode_block_header)(LzmaBlock*, const void* allocator, const uint8_t* bytes) = nullptr;
  int (*set_compressed_size)(LzmaBlock*, uint64_t unpadded_size) = nullptr;
  int (*init_block)(LzmaStream*, LzmaBlock*) = nullptr;
  uint64_t (*memory_of_filters)(const LzmaFilter*) = nullptr;
  unsigned char (*knows_check)(int check) = nullptr;
  // Of an index.
  int (*decode_number)(uint64_t* number, size_t* place, const uint8_t* bytes, size_t* at,
                       size_t size) = nullptr;
  uint32_t (*crc32)(const uint8_t* bytes, size_t size, uint32_t crc) = nullptr;

  Xz();
};

// Looks for the library when it is called first.
const Xz& TheXz();

}  // namespace mpicount
