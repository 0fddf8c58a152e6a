#include "encoding.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "../../text/utf8.h"
#include "conversion.h"
#include "pending_text.h"

namespace mpicount {
namespace {

using std::string_view_literals::operator""sv;

struct Mark {
  std::string_view bytes;
  const char* encoding;
};

// The byte order marks. That of UTF-32 begins with one of UTF-16.
constexpr Mark kMarks[] = {
    {"\xff\xfe\0\0"sv, "UTF-32"}, {"\0\0\xfe\xff"sv, "UTF-32"}, {"\xff\xfe"sv, "UTF-16"},
    {"\xfe\xff"sv, "UTF-16"},     {kUtf8Mark, "UTF-8"},
};
constexpr size_t kMarkSize = 4;

const uint8_t* BytesOf(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// Returns whether a byte order mark is one in the encoding, too.
bool IsMarkIn(const std::string& encoding, std::string_view mark) {
  Conversion conversion(encoding);
  uint8_t room[kConvertedMost];
  const ConversionStep step = conversion.Convert(BytesOf(mark), mark.size(), room, sizeof room);
  const std::string_view text(reinterpret_cast<const char*>(room), step.written);
  return step.end == ConversionEnd::kComplete && (text.empty() || text == kUtf8Mark);
}

// Returns what every byte becomes alone, or nothing if a byte does not stand alone. It is empty for
// an invalid byte.
std::optional<std::array<std::string, 256>> TextsOfBytes(const std::string& encoding) {
  std::array<std::string, 256> texts;
  Conversion conversion(encoding);
  for (size_t value = 0; value < texts.size(); ++value) {
    const auto byte = static_cast<uint8_t>(value);
    uint8_t room[kConvertedMost];
    const ConversionStep step = conversion.Convert(&byte, 1, room, sizeof room);
    if (step.end == ConversionEnd::kInvalid) continue;
    if (step.end != ConversionEnd::kComplete || step.written == 0) return std::nullopt;
    uint8_t more[kConvertedMost];
    if (conversion.Finish(more, sizeof more).written > 0) return std::nullopt;
    texts[value].assign(reinterpret_cast<const char*>(room), step.written);
  }
  return texts;
}

class PlainDecoder : public Decoder {
 public:
  explicit PlainDecoder(uint64_t begin) : offset_(begin) {}

  DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    DecodeStep step;
    step.read = step.written = std::min(size, room_size);
    if (step.read > 0) std::memcpy(room, stored, step.read);
    // A unit may begin at any byte.
    if (step.read > 0) step.unit_begun = offset_;
    step.file_ended = last && step.read == size;
    offset_ += step.read;
    return step;
  }

 private:
  uint64_t offset_;
};

// The stored bytes become text in the encoding, which is kept until it has become UTF-8.
class EncodingDecoder : public Decoder {
 public:
  EncodingDecoder(const std::string& encoding, std::unique_ptr<Decoder> stored, bool is_plain,
                  uint64_t begin)
      : encoding_(encoding),
        conversion_(encoding),
        stored_(std::move(stored)),
        is_plain_(is_plain),
        may_have_mark_(begin == 0),
        offset_(begin),
        text_(kTextSize) {}

  bool is_known() const { return conversion_.is_known(); }

  DecodeStep Decode(const uint8_t* stored, size_t size, bool last, uint8_t* room,
                    size_t room_size) override {
    DecodeStep step;
    for (;;) {
      Write(room, room_size, step);
      // A unit that begins must come before what is written in its step.
      if (step.fault || step.written > 0 || step.read > 0 || step.unit_ended) return step;
      if (has_ended_) {
        Finish(room, room_size, step);
        return step;
      }
      const size_t held = end_ - begin_;
      std::memmove(text_.data(), text_.data() + begin_, held);
      begin_ = 0;
      end_ = held;
      DecodeStep part =
          stored_->Decode(stored, size, last, text_.data() + end_, text_.size() - end_);
      if (may_have_mark_) {
        head_.append(reinterpret_cast<const char*>(text_.data() + end_),
                     std::min(part.written, kMarkSize - head_.size()));
      }
      end_ += part.written;
      has_ended_ = part.file_ended;
      if (part.unit_begun) unit_ = *part.unit_begun;
      if (part.room_wanted > 0) text_.resize(end_ + part.room_wanted);
      const bool is_idle =
          part.read == 0 && part.written == 0 && part.room_wanted == 0 && !part.file_ended;
      part.written = 0;
      part.room_wanted = 0;
      part.file_ended = false;
      if (step.unit_begun) part.unit_begun = step.unit_begun;
      step = std::move(part);
      if (step.fault || is_idle) return step;
      Write(room, room_size, step);
      if (has_ended_ && !step.fault && step.written == 0) Finish(room, room_size, step);
      if (step.fault || step.read > 0 || step.written > 0 || step.file_ended) return step;
    }
  }

  StreamSums sums() const override { return stored_->sums(); }

 private:
  static constexpr size_t kTextSize = 32 * 1024;

  // Writes what is ready: all that is held but the start of a character.
  void Write(uint8_t* room, size_t room_size, DecodeStep& step) {
    // Nothing is held back until then, since a unit that begins meanwhile has its border there.
    if (may_have_mark_ && (head_.size() == kMarkSize || has_ended_)) {
      may_have_mark_ = false;
      CheckMark(step);
      if (step.fault) return;
    }
    for (;;) {
      pending_.Write(room, room_size, step);
      const size_t left = room_size - step.written;
      if (left == 0 || begin_ == end_) return;
      const bool is_small = left < kConvertedMost;
      uint8_t* to = is_small ? pending_.bytes : room + step.written;
      const ConversionStep done = conversion_.Convert(text_.data() + begin_, end_ - begin_, to,
                                                      is_small ? sizeof pending_.bytes : left);
      begin_ += done.read;
      offset_ += done.read;
      (is_small ? pending_.size : step.written) += done.written;
      if (done.end == ConversionEnd::kInvalid) {
        // The text before the invalid byte need not be written.
        Fault(step, "is not in the encoding " + encoding_ + ": " + Place() + " is not valid in it");
        return;
      }
      if (done.end == ConversionEnd::kCutOff && pending_.size == 0) return;
      if (done.end == ConversionEnd::kComplete && pending_.size == 0) return;
    }
  }

  // Ends the text, of which all is written but the start of a character.
  void Finish(uint8_t* room, size_t room_size, DecodeStep& step) {
    if (begin_ < end_) {
      const std::string where = is_plain_ ? " at byte " + std::to_string(offset_ + end_ - begin_)
                                          : " at the end of its text";
      Fault(step, "is cut off" + where + ", in a character of the encoding " + encoding_);
      return;
    }
    if (!is_finished_) {
      is_finished_ = true;
      pending_.size = conversion_.Finish(pending_.bytes, sizeof pending_.bytes).written;
      pending_.Write(room, room_size, step);
    }
    step.file_ended = pending_.size == 0;
  }

  // A text that begins with the byte order mark of another encoding is not in this one.
  void CheckMark(DecodeStep& step) const {
    for (const auto& [bytes, name] : kMarks) {
      if (head_.compare(0, bytes.size(), bytes) != 0) continue;
      if (!IsMarkIn(encoding_, bytes)) {
        Fault(step, "is not in the encoding " + encoding_ +
                        ": its text begins with the byte order mark of " + name +
                        "; count it with --encoding " + name);
      }
      return;
    }
  }

  // Returns the place of the next byte, for a message.
  std::string Place() const {
    constexpr char kDigits[] = "0123456789abcdef";
    const uint8_t byte = text_[begin_];
    const std::string shown = std::string("0x") + kDigits[byte >> 4] + kDigits[byte & 15];
    return is_plain_ ? "byte " + std::to_string(offset_) + " (" + shown + ")"
                     : shown + " in the text of the unit from byte " + std::to_string(unit_);
  }

  void Fault(DecodeStep& step, std::string what) const {
    step.fault = DecodeFault{is_plain_ ? offset_ : unit_, std::move(what)};
  }

  std::string encoding_;
  Conversion conversion_;
  std::unique_ptr<Decoder> stored_;
  bool is_plain_;
  bool may_have_mark_;
  std::string head_;   // the first bytes of the text, in which there may be a mark
  uint64_t offset_;    // of the next byte to be converted, in the text of the file
  uint64_t unit_ = 0;  // where the latest unit begins
  std::vector<uint8_t> text_;
  size_t begin_ = 0;  // what is held is text_[begin_, end_)
  size_t end_ = 0;
  bool has_ended_ = false;    // no text follows what is held
  bool is_finished_ = false;  // the conversion is
  PendingText<kConvertedMost> pending_;
};

// Returns why an encoding has no conversion.
std::string Missing(const std::string& encoding) {
  return "the encoding " + encoding + " is not known to iconv of " + IconvLibrary().version +
         " here; `iconv -l` lists those that are";
}

}  // namespace

std::string MissingEncoding(const std::string& encoding) {
  return Conversion(encoding).is_known() ? "" : Missing(encoding);
}

bool IsSingleByteEncoding(const std::string& encoding) {
  const auto texts = TextsOfBytes(encoding);
  if (!texts) return false;
  // Bytes that stand alone may still change what a neighbour becomes: all pairs are tried.
  std::vector<uint8_t> pairs;
  std::string expected;
  for (size_t first = 0; first < texts->size(); ++first) {
    for (size_t second = 0; second < texts->size(); ++second) {
      if ((*texts)[first].empty() || (*texts)[second].empty()) continue;
      pairs.push_back(static_cast<uint8_t>(first));
      pairs.push_back(static_cast<uint8_t>(second));
      expected += (*texts)[first] + (*texts)[second];
    }
  }
  std::vector<uint8_t> room(expected.size() + kConvertedMost);
  Conversion conversion(encoding);
  const ConversionStep step =
      conversion.Convert(pairs.data(), pairs.size(), room.data(), room.size());
  return step.end == ConversionEnd::kComplete && step.written == expected.size() &&
         std::memcmp(room.data(), expected.data(), expected.size()) == 0;
}

std::unique_ptr<Decoder> MakeEncodingDecoder(const std::string& encoding,
                                             std::unique_ptr<Decoder> stored, bool is_plain,
                                             uint64_t begin, std::string& missing) {
  auto decoder = std::make_unique<EncodingDecoder>(encoding, std::move(stored), is_plain, begin);
  if (decoder->is_known()) return decoder;
  missing = Missing(encoding);
  return nullptr;
}

std::unique_ptr<Decoder> MakePlainDecoder(uint64_t begin) {
  return std::make_unique<PlainDecoder>(begin);
}

}  // namespace mpicount
