// Reads a mapped file through decoders that are made up. Says what came of each.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "source/decode/decoder.h"
#include "source/source.h"

using namespace mpicount;

namespace {

// Copies groups of so many bytes, and takes no part of one. A zero is damage.
class GroupDecoder : public Decoder {
 public:
  explicit GroupDecoder(size_t group) : group_(group) {}

  DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    if (has_failed_) std::abort();  // a decoder must not go on after a fault
    if (++calls_ > 100'000) std::abort();
    DecodeStep step;
    const size_t group = last ? std::min(group_, size) : group_;
    if (size < group || room_size < group) return step;
    if (std::find(stored, stored + group, 0) != stored + group) {
      has_failed_ = true;
      step.fault = DecodeFault{offset_, "is damaged"};
      return step;
    }
    std::memcpy(room, stored, group);
    step.read = step.written = group;
    offset_ += group;
    step.file_ended = last && group == size;
    return step;
  }

 private:
  size_t group_;
  uint64_t offset_ = 0;
  bool has_failed_ = false;
  int calls_ = 0;
};

// Reads a file of `size` bytes that has only `left` when it is read, and says how far that came.
void Read(int fd, const std::string& text, uint64_t left, size_t group, uint64_t chunk) {
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text.data(), text.size(), 0) < 0) std::abort();
  std::unique_ptr<Source> stored = OpenMapped(fd, text.size(), 0, text.size());
  if (stored == nullptr || ftruncate(fd, static_cast<off_t>(left)) != 0) std::abort();
  ScratchBuffer buffer;
  const std::unique_ptr<Source> source =
      OpenDecoded(std::move(stored), std::make_unique<ScratchBuffer>(),
                  std::make_unique<GroupDecoder>(group), {0, text.size(), chunk}, buffer);
  std::string decoded;
  ReadError error;
  while (decoded.size() < source->size()) {
    const uint64_t begin = decoded.size();
    const uint8_t* view = source->View(begin, begin + 1000, error);
    if (view == nullptr) break;
    const uint64_t end = std::min(begin + 1000, source->size());
    decoded.append(reinterpret_cast<const char*>(view), end - begin);
  }
  const bool is_whole = decoded == text;
  std::printf("groups of %zu, %zu at a time: ", group, static_cast<size_t>(chunk));
  if (is_whole) {
    std::printf("whole\n");
    return;
  }
  const ReadError first = error;
  if (source->View(decoded.size(), decoded.size() + 1000, error) != nullptr) std::abort();
  const bool is_same = error.number == first.number && error.offset == first.offset;
  std::printf("%s at %zu, '%s', %s\n", first.fault.empty() ? "not read" : "fault",
              static_cast<size_t>(first.offset), first.fault.c_str(),
              is_same ? "again" : "and then something else");
}

}  // namespace

int main(int, char** argv) {
  FILE* file = std::fopen(argv[1], "w+");
  if (file == nullptr) return 1;
  const int fd = fileno(file);
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  std::string text(3 * page + 7, 'x');
  for (size_t at = 0; at < text.size(); ++at) text[at] = static_cast<char>('a' + at % 23);
  for (const size_t group : {1, 5, 300}) {
    for (const uint64_t chunk : {1, 7, 4096}) Read(fd, text, text.size(), group, chunk);
  }
  // The lost pages read as zeros, which would pass for damage.
  Read(fd, text, page, 5, 4096);
  text[2 * page + 3] = '\0';
  Read(fd, text, text.size(), 1, 4096);
  std::fclose(file);
  return 0;
}
