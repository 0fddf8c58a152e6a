#include "xz_library.h"

namespace mpicount {

Xz::Xz() {
  const Library library(
      {{Soname("liblzma.so.5", "liblzma.5.dylib")}, "MPICOUNT_LIBLZMA", "xz", false},
      {"lzma_version_string", "lzma_code", "lzma_end", "lzma_stream_decoder", "lzma_memusage",
       "lzma_stream_header_decode", "lzma_stream_footer_decode", "lzma_stream_flags_compare",
       "lzma_block_header_decode", "lzma_block_compressed_size", "lzma_block_decoder",
       "lzma_raw_decoder_memusage", "lzma_check_is_supported", "lzma_vli_decode", "lzma_crc32"});
  library.Bind(version, code, end, init_stream, memory, decode_header, decode_footer, compare_flags,
               decode_block_header, set_compressed_size, init_block, memory_of_filters, knows_check,
               decode_number, crc32);
  facts = library.Facts(version);
}

const Xz& TheXz() {
  static const Xz xz;
  return xz;
}

}  // namespace mpicount
