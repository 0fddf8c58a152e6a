#include "libdeflate.h"

#include "library.h"

namespace mpicount {
namespace {

constexpr int kSuccess = 0;

struct Libdeflate {
  LibraryFacts facts;
  void* (*create)() = nullptr;
  void (*free)(void*) = nullptr;
  int (*decompress)(void*, const void* in, size_t in_size, void* out, size_t out_size, size_t* read,
                    size_t* written) = nullptr;
  uint32_t (*crc32)(uint32_t crc, const void* bytes, size_t size) = nullptr;

  Libdeflate() {
    const Library library({{Soname("libdeflate.so.0", "libdeflate.0.dylib")},
                           "MPICOUNT_LIBDEFLATE",
                           "libdeflate",
                           false},
                          {"libdeflate_alloc_decompressor", "libdeflate_free_decompressor",
                           "libdeflate_gzip_decompress_ex", "libdeflate_crc32"});
    library.Bind(create, free, decompress, crc32);
    // It does not tell its version.
    facts = library.Facts([] { return ""; });
    if (!library.is_named()) facts.missing.clear();
  }
};

const Libdeflate& TheLibdeflate() {
  static const Libdeflate libdeflate;
  return libdeflate;
}

}  // namespace

const LibraryFacts& LibdeflateLibrary() { return TheLibdeflate().facts; }

uint32_t Crc32(uint32_t crc, const uint8_t* bytes, size_t size) {
  return TheLibdeflate().crc32(crc, bytes, size);
}

MemberDecoder::~MemberDecoder() {
  if (decompressor_ != nullptr) TheLibdeflate().free(decompressor_);
}

std::optional<WholeMember> MemberDecoder::Decode(const uint8_t* stored, size_t size, uint8_t* room,
                                                 size_t room_size) {
  const Libdeflate& libdeflate = TheLibdeflate();
  if (decompressor_ == nullptr && libdeflate.create != nullptr) decompressor_ = libdeflate.create();
  if (decompressor_ == nullptr) return std::nullopt;
  WholeMember member{};
  const int result = libdeflate.decompress(decompressor_, stored, size, room, room_size,
                                           &member.stored_size, &member.text_size);
  if (result != kSuccess) return std::nullopt;
  return member;
}

}  // namespace mpicount
