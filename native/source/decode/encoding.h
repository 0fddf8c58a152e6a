// Decodes text in an encoding, such as CP1252, into UTF-8.
#pragma once

#include <memory>
#include <string>

#include "decoder.h"

namespace mpicount {

// Returns why an encoding cannot be decoded on this host; empty if it can be.
std::string MissingEncoding(const std::string& encoding);

// Returns whether each byte in a known encoding is a character whatever stands beside it, so that
// decoding may begin at any byte.
bool IsSingleByteEncoding(const std::string& encoding);

// Decodes the text that `stored` decodes from the stored bytes. `begin` is where that begins in the
// file: 0, unless the encoding is a single-byte one. A fault names the byte of the file if
// `is_plain`, else the unit. Returns null and says in `missing` why if the encoding cannot be
// decoded on this host.
std::unique_ptr<Decoder> MakeEncodingDecoder(const std::string& encoding,
                                             std::unique_ptr<Decoder> stored, bool is_plain,
                                             uint64_t begin, std::string& missing);

// Decodes the stored bytes from `begin` on as they are.
std::unique_ptr<Decoder> MakePlainDecoder(uint64_t begin);

}  // namespace mpicount
