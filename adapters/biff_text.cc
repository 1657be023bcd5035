#include "adapters/biff_text.h"

#include <algorithm>
#include <bit>

namespace xianjie::adapters {
namespace {

constexpr std::uint16_t kContinue = 0x003C;
constexpr std::uint8_t kWide = 1, kPhonetic = 4, kRich = 8;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

// UTF-16, a surrogate without its other half as U+FFFD.
std::string utf8_of(const std::vector<std::uint16_t>& units) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  std::string out;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::uint32_t unit = units[i];
    const std::uint32_t after = i + 1 < units.size() ? units[i + 1] : 0;
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_utf8(out, unit);
    } else if (unit < 0xDC00 && after >= 0xDC00 && after <= 0xDFFF) {
      append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (after - 0xDC00));
      ++i;
    } else {
      append_utf8(out, kReplacement);
    }
  }
  return out;
}

}  // namespace

bool BiffRecords::one(std::uint16_t& id, ByteView& body) {
  if (at_ > stream_.size() || stream_.size() - at_ < 4) return false;
  const auto word = [&](std::size_t at) {
    return static_cast<std::uint16_t>(stream_[at] | stream_[at + 1] << 8);
  };
  id = word(at_);
  const std::size_t size = word(at_ + 2);
  if (stream_.size() - at_ - 4 < size) return false;
  body = stream_.subspan(at_ + 4, size);
  at_ += 4 + size;
  return true;
}

bool BiffRecords::next(BiffRecord& record) {
  ByteView body;
  if (!one(record.id, body)) return false;
  record.pieces.assign(1, body);
  while (true) {
    const std::size_t before = at_;
    std::uint16_t id = 0;
    if (!one(id, body) || id != kContinue) {
      at_ = before;
      return true;
    }
    record.pieces.push_back(body);
  }
}

bool BiffFields::move_on() {
  while (piece_ < pieces_.size() && at_ >= pieces_[piece_].size()) {
    ++piece_;
    at_ = 0;
  }
  if (piece_ >= pieces_.size()) ok_ = false;
  return ok_;
}

std::size_t BiffFields::left_here() const {
  return piece_ < pieces_.size() ? pieces_[piece_].size() - at_ : 0;
}

std::uint8_t BiffFields::u8() {
  return move_on() ? pieces_[piece_][at_++] : std::uint8_t{0};
}

std::uint64_t BiffFields::little(unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) value |= std::uint64_t{u8()} << (8 * i);
  return value;
}

double BiffFields::f64() {
  return std::bit_cast<double>(little(8));
}

void BiffFields::skip(std::size_t bytes) {
  while (bytes > 0 && move_on()) {
    const std::size_t here = std::min(bytes, left_here());
    at_ += here;
    bytes -= here;
  }
}

std::string BiffFields::text(std::size_t characters) {
  std::uint8_t flags = u8();
  const std::size_t runs = (flags & kRich) != 0 ? u16() : 0;
  const std::size_t phonetic = (flags & kPhonetic) != 0 ? u32() : 0;
  std::vector<std::uint16_t> units;
  for (; characters > 0 && ok_; --characters) {
    if (left_here() == 0) {  // the piece that goes on says anew how wide it is
      if (!move_on()) break;
      flags = u8();
    }
    units.push_back((flags & kWide) != 0 ? u16() : u8());
  }
  skip(runs * 4);
  skip(phonetic);
  return utf8_of(units);
}

}  // namespace xianjie::adapters
