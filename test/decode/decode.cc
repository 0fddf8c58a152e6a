// Decodes what it reads on standard input, request by request, with the number of stored and of
// decoded bytes for each step that the request says, and writes the results to standard output.
//
// A request: nine numbers of 32 bits (format, feed, room, memory in KiB, size of the stored bytes,
// size of the name of the encoding, how often they can be read as a file, where decoding begins, 1
// to give more room where it is wanted, else 0; bytes that can never be read as a file are a
// stream), then that name and the stored bytes. A reply: four numbers of 32 bits (1 if a fault was
// found, else 0; the number of units; the size of the text; the size of the message), then the text
// and the message.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "source/decode/decoder.h"

using namespace mpicount;

namespace {

bool ReadAll(void* to, size_t size) {
  auto* next = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = read(0, next, size);
    if (got <= 0) return false;
    next += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

void WriteAll(const void* from, size_t size) {
  const auto* next = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t put = write(1, next, size);
    if (put <= 0) std::abort();
    next += put;
    size -= static_cast<size_t>(put);
  }
}

struct Result {
  std::string text;
  std::string message;
  uint32_t units = 0;
  bool failed = false;
};

class FileInMemory : public StoredFile {
 public:
  FileInMemory(const std::vector<uint8_t>& bytes, uint32_t reads) : bytes_(bytes), reads_(reads) {}

  uint64_t size() const override { return bytes_.size(); }

  bool Read(uint64_t offset, uint8_t* to, size_t size) override {
    if (offset > bytes_.size() || size > bytes_.size() - offset) std::abort();
    if (reads_ == 0) return false;
    --reads_;
    std::memcpy(to, bytes_.data() + offset, size);
    return true;
  }

 private:
  const std::vector<uint8_t>& bytes_;
  uint32_t reads_;
};

Result Decode(const uint32_t (&request)[9], const std::string& encoding,
              const std::vector<uint8_t>& stored) {
  Result result;
  const size_t feed = request[1];
  size_t room_size = request[2];
  const auto file = request[6] == 0 ? nullptr : std::make_shared<FileInMemory>(stored, request[6]);
  const std::unique_ptr<Decoder> decoder =
      MakeDecoder(static_cast<Format>(request[0]), {uint64_t{request[3]} << 10}, result.message,
                  {request[7], {}}, encoding, file);
  if (decoder == nullptr) {
    result.failed = true;
    return result;
  }
  size_t taken = request[7];
  size_t given = taken;
  bool is_hungry = true;
  std::optional<size_t> wanted_at;
  for (;;) {
    if (is_hungry) given = std::min(given + feed, stored.size());
    // Copies of their own, so that a sanitizer sees a step beyond them.
    const std::vector<uint8_t> part(stored.begin() + static_cast<long>(taken),
                                    stored.begin() + static_cast<long>(given));
    std::vector<uint8_t> room(room_size);
    const bool last = given == stored.size();
    const DecodeStep step =
        decoder->Decode(part.data(), part.size(), last, room.data(), room.size());
    if (step.read > part.size() || step.written > room.size()) std::abort();
    result.text.append(reinterpret_cast<const char*>(room.data()), step.written);
    taken += step.read;
    if (step.unit_ended) ++result.units;
    if (step.fault) {
      result.failed = true;
      result.message = std::to_string(step.fault->offset) + " " + step.fault->what;
      return result;
    }
    if (step.file_ended) {
      if (taken != stored.size()) std::abort();
      return result;
    }
    if (step.room_wanted > 0) {
      // Once only for each place: a decoder has to do with the room that it gets.
      if (step.read > 0 || step.written > 0 || wanted_at == taken) std::abort();
      wanted_at = taken;
      if (request[8] != 0) room_size = step.room_wanted;
      is_hungry = false;
      continue;
    }
    room_size = request[2];
    const bool is_idle = step.read == 0 && step.written == 0 && !step.unit_ended;
    // A decoder that was given all bytes has to come to an end.
    if (is_idle && last) std::abort();
    is_hungry = is_idle || taken == given;
  }
}

}  // namespace

int main() {
  uint32_t request[9];
  while (ReadAll(request, sizeof request)) {
    std::string encoding(request[5], '\0');
    std::vector<uint8_t> stored(request[4]);
    if (!ReadAll(encoding.data(), encoding.size())) return 1;
    if (!ReadAll(stored.data(), stored.size())) return 1;
    const Result result = Decode(request, encoding, stored);
    const uint32_t reply[4] = {result.failed ? 1u : 0u, result.units,
                               static_cast<uint32_t>(result.text.size()),
                               static_cast<uint32_t>(result.message.size())};
    WriteAll(reply, sizeof reply);
    WriteAll(result.text.data(), result.text.size());
    WriteAll(result.message.data(), result.message.size());
  }
  return 0;
}
