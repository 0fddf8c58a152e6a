// The blocks of an xz file, as the indexes at the ends of its streams list them. The format:
// https://tukaani.org/xz/xz-file-format.txt
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stored_file.h"

namespace mpicount {

// The size of the header of a stream, and of its footer.
constexpr uint64_t kXzEdgeSize = 12;

// A block as the index lists it.
struct XzRecord {
  uint64_t unpadded_size;  // of the stored block, without the zeros that fill it up
  uint64_t text_size;
};

// A decoding unit: a block, with the header of the stream if it is the first one in it, and with
// the index and the footer if it is the last one; or a stream without blocks.
struct XzUnit {
  uint64_t begin;
  uint64_t end;
  bool is_first;                   // in its stream
  int check;                       // the kind of checksum of its stream
  std::optional<XzRecord> record;  // nothing: the stream has no blocks
};

// Reads the records of an index from its start to its end, some at a time. liblzma has a decoder
// that keeps an index in memory instead: 16 bytes for each block, in each thread.
class XzRecords {
 public:
  // The index is [begin, end).
  XzRecords(StoredFile& file, uint64_t begin, uint64_t end);

  // Returns the next record; nothing behind the last one, and if the index is wrong or cannot be
  // read.
  std::optional<XzRecord> Next();

  // Returns the number of records that are left.
  uint64_t left() const { return left_; }

  // Reads the rest behind the last record. Returns whether all of the index is right, with its
  // checksum.
  bool Finish();

  bool is_unreadable() const { return is_unreadable_; }

 private:
  static constexpr size_t kBufferSize = 4096;

  bool Fill();
  std::optional<uint64_t> Number();

  StoredFile& file_;
  uint64_t next_;  // what of the index is not in the buffer
  uint64_t end_;
  uint64_t size_;
  std::unique_ptr<uint8_t[]> buffer_;
  size_t at_ = 0;
  size_t filled_ = 0;
  uint32_t crc_ = 0;  // of what is before the buffer's first byte
  uint64_t left_ = 0;
  bool is_wrong_ = false;
  bool is_unreadable_ = false;
};

// The streams of a file, and a place among its units. It takes as much memory as kMostStreams
// streams do, however many blocks they have.
class XzIndex {
 public:
  // A file of more streams, or with more zeros between and behind them, is not read to its start
  // for each range: it is divided well enough at its streams.
  static constexpr size_t kMostStreams = 128;
  static constexpr uint64_t kMostZeros = 64 * 1024;

  enum class State {
    kComplete,
    kTooLong,     // the units are not known, and streams are to be taken as units
    kDamaged,     // or the library lacks something; see fault()
    kUnreadable,  // the file could not be read
  };

  // Reads the indexes from the end of the file to its start, and checks each of them: its checksum,
  // and that its blocks lie between a header and a footer that agree.
  explicit XzIndex(std::shared_ptr<StoredFile> file);

  State state() const { return state_; }
  const std::string& fault() const { return fault_; }  // empty in any other state

  // Moves to the first unit that begins at or after the offset. Returns false if the indexes could
  // not be read again.
  bool Seek(uint64_t offset);

  // Moves to the next unit, if there is one.
  bool Next();

  // The unit at the place; nothing behind the last one.
  const std::optional<XzUnit>& unit() const { return unit_; }

 private:
  struct Stream {
    uint64_t begin;
    uint64_t index;
    uint64_t footer;
    uint64_t end;
    int check;
  };

  State ReadStreams();
  State SkipZeros(uint64_t& end);
  State ReadStream(Stream& stream);
  State ReadIndex(Stream& stream, const std::string& which);
  bool BeginStream();
  State Damaged(uint64_t offset, const std::string& what);

  std::shared_ptr<StoredFile> file_;
  std::vector<Stream> streams_;  // in the order of the file
  std::string fault_;
  uint64_t zeros_ = 0;
  State state_;  // made of those above
  // The place.
  size_t stream_ = 0;
  std::optional<XzRecords> records_;  // of the stream
  std::optional<XzUnit> unit_;
};

}  // namespace mpicount
