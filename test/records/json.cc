// Parses the lines that it reads on standard input, each in memory of just its size and the
// padding, so that a sanitizer sees who looks beyond, and writes what it found to standard output.
// Long lines are parsed in parts, each in memory of just its size.
//
// The input: the size of the parts, or 0: the lines are not long; the number of paths, and for each
// the number of its keys, and the keys; then the lines. A key or a line is its size, as a number of
// 32 bits, and its bytes. A reply for each path: the kind of the field (or 3: the line is no JSON
// object; 4: it is blank), and its string or what is wrong, as a size and bytes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/json_line.h"
#include "kernel/long_json_line.h"

using namespace mpicount;

namespace {

std::optional<uint32_t> ReadNumber() {
  uint32_t number;
  if (std::fread(&number, sizeof number, 1, stdin) != 1) return std::nullopt;
  return number;
}

std::string ReadBytes(size_t size) {
  std::string bytes(size, '\0');
  if (size > 0 && std::fread(bytes.data(), size, 1, stdin) != 1) std::abort();
  return bytes;
}

void Reply(uint32_t kind, const std::string& bytes) {
  const uint32_t head[2] = {kind, static_cast<uint32_t>(bytes.size())};
  std::fwrite(head, sizeof head, 1, stdout);
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

void Parse(JsonLineParser& parser, size_t paths, const std::string& line) {
  const auto memory = std::make_unique<uint8_t[]>(line.size() + kJsonPadding);
  std::memcpy(memory.get(), line.data(), line.size());
  memory[line.size()] = '\n';
  const bool is_blank = IsBlankJsonLine(memory.get(), line.size());
  const bool is_object = !is_blank && parser.Parse(memory.get(), line.size());
  for (size_t path = 0; path < paths; ++path) {
    if (is_blank) {
      Reply(4, "");
    } else if (is_object) {
      const JsonField& field = parser.field(path);
      Reply(static_cast<uint32_t>(field.kind), std::string(field.text));
    } else {
      Reply(3, std::string(parser.fault()) + " at " + std::to_string(parser.fault_at()));
    }
  }
}

// Keeps the strings of the fields of a long line.
class KeptTexts : public JsonTexts {
 public:
  explicit KeptTexts(size_t paths) : texts_(paths) {}

  void BeginText(size_t path) override { texts_[path].clear(); }
  void AddText(size_t path, std::string_view part) override { texts_[path] += part; }

  const std::string& text(size_t path) const { return texts_[path]; }

 private:
  std::vector<std::string> texts_;
};

void ParseInParts(LongJsonLineParser& parser, const KeptTexts& texts, size_t paths,
                  const std::string& line, size_t size) {
  parser.Begin();
  for (size_t at = 0; at < line.size(); at += size) {
    const std::string part = line.substr(at, size);
    const auto memory = std::make_unique<uint8_t[]>(part.size());
    std::memcpy(memory.get(), part.data(), part.size());
    if (!parser.Parse(memory.get(), part.size())) break;
  }
  const bool is_object = parser.Finish();
  for (size_t path = 0; path < paths; ++path) {
    if (is_object) {
      const JsonField::Kind kind = parser.kind(path);
      Reply(static_cast<uint32_t>(kind), kind == JsonField::Kind::kString ? texts.text(path) : "");
    } else if (parser.is_blank()) {
      Reply(4, "");
    } else {
      Reply(3, std::string(parser.fault()) + " at " + std::to_string(parser.fault_at()));
    }
  }
}

}  // namespace

int main() {
  const size_t part_size = ReadNumber().value_or(0);
  std::vector<JsonPath> paths(ReadNumber().value_or(0));
  for (JsonPath& path : paths) {
    for (uint32_t left = ReadNumber().value_or(0); left > 0; --left) {
      path.push_back(ReadBytes(ReadNumber().value_or(0)));
    }
  }
  JsonLineParser parser(paths);
  KeptTexts texts(paths.size());
  LongJsonLineParser long_parser(paths, texts);
  while (const std::optional<uint32_t> size = ReadNumber()) {
    const std::string line = ReadBytes(*size);
    if (part_size == 0) {
      Parse(parser, paths.size(), line);
    } else {
      ParseInParts(long_parser, texts, paths.size(), line, part_size);
    }
  }
  return 0;
}
