#include "shared_patterns.h"

#include <sys/random.h>
#include <unistd.h>

#include <utility>

#include "../match/image.h"
#include "../match/shared_memory.h"

namespace mpicount {
namespace {

// JavaScript has exact integers of up to 53 bits.
std::optional<uint64_t> NewKey() {
  uint64_t key = 0;
  if (getentropy(&key, sizeof key) != 0) return std::nullopt;
  return key >> 11;
}

// Measures or stores patterns.
void Pass(Image& image, uint64_t key, CompiledPatterns& compiled) {
  image.Value(key);
  image.Copy(compiled.indices);
  compiled.patterns->Store(image);
}

std::optional<CompiledPatterns> Load(const Descriptor& memory, const SharedPatterns& shared,
                                     const PatternOptions& options) {
  std::shared_ptr<const uint8_t> mapped = MapSharedMemory(memory, shared.size);
  if (mapped == nullptr) return std::nullopt;
  Image image(std::move(mapped), shared.size);
  uint64_t key = 0;
  image.Value(key);
  if (key != shared.key) return std::nullopt;
  CompiledPatterns compiled;
  image.Copy(compiled.indices);
  compiled.patterns = std::make_unique<PatternSet>(image, options);
  if (image.failed()) return std::nullopt;
  return compiled;
}

}  // namespace

std::optional<SharedPatterns> Share(CompiledPatterns& compiled, const PatternOptions& options) {
  const std::optional<uint64_t> key = NewKey();
  if (!key) return std::nullopt;
  Image measured;
  Pass(measured, *key, compiled);
  SharedPatterns shared{getpid(), -1, measured.size(), *key};
  Descriptor memory = MakeSharedMemory(shared.size, [&](uint8_t* to) {
    Image stored(to);
    Pass(stored, *key, compiled);
    compiled.patterns = nullptr;
  });
  if (!memory.is_open()) return std::nullopt;
  std::optional<CompiledPatterns> loaded = Load(memory, shared, options);
  if (!loaded) return std::nullopt;
  compiled = std::move(*loaded);
  shared.descriptor = memory.Release();
  return shared;
}

std::optional<CompiledPatterns> LoadShared(const SharedPatterns& shared,
                                           const PatternOptions& options) {
  const Descriptor memory = OpenSharedMemory(shared.process, shared.descriptor, shared.size);
  if (!memory.is_open()) return std::nullopt;
  return Load(memory, shared, options);
}

}  // namespace mpicount
