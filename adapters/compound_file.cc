#include "adapters/compound_file.h"

#include <algorithm>

#include "adapters/sheet_faults.h"

namespace xianjie::adapters {
namespace {

constexpr std::size_t kHeaderBytes = 512, kHeaderTables = 109, kEntryBytes = 128;
constexpr std::uint32_t kSmallShift = 6, kSmallStreamMax = 4096;
constexpr std::uint32_t kSectorMax = 0xFFFFFFFA;  // numbers from here on mean something else
constexpr std::uint8_t kStream = 2, kRoot = 5;

std::uint32_t little_endian(ByteView bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

void append_words(std::vector<std::uint32_t>& table, ByteView bytes) {
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4)
    table.push_back(little_endian(bytes, at, 4));
}

}  // namespace

ByteView CompoundFile::sector(std::uint32_t number) const {
  const std::uint64_t size = std::uint64_t{1} << shift_;
  const std::uint64_t at = (std::uint64_t{number} + 1) << shift_;
  if (number >= kSectorMax || at >= bytes_.size()) return {};
  return bytes_.subspan(at, std::min<std::uint64_t>(size, bytes_.size() - at));
}

std::optional<Bytes> CompoundFile::chain(std::uint32_t start, std::uint64_t size_max) const {
  Bytes out;
  std::size_t steps = 0;
  for (std::uint32_t at = start; at < kSectorMax && out.size() < size_max; at = next_[at]) {
    const ByteView piece = sector(at);
    if (piece.empty() || at >= next_.size() || ++steps > next_.size()) return std::nullopt;
    out.insert(out.end(), piece.begin(), piece.end());
  }
  if (out.size() > size_max) out.resize(size_max);
  return out;
}

std::optional<Bytes> CompoundFile::small_chain(std::uint32_t start, std::uint64_t size) const {
  Bytes out;
  for (std::uint32_t at = start; at < kSectorMax && out.size() < size; at = next_small_[at]) {
    const std::uint64_t from = std::uint64_t{at} << kSmallShift;
    if (at >= next_small_.size() || from + (1U << kSmallShift) > small_.size()) return std::nullopt;
    const ByteView piece = ByteView(small_).subspan(from, 1U << kSmallShift);
    out.insert(out.end(), piece.begin(), piece.end());
  }
  if (out.size() > size) out.resize(size);
  return out;
}

// The table of chains lies in sectors that the header names, and a chain of sectors beyond it.
bool CompoundFile::read_table() {
  std::vector<std::uint32_t> places;
  append_words(places, bytes_.subspan(76, kHeaderTables * 4));
  const std::uint64_t sectors = bytes_.size() >> shift_;
  std::uint32_t more = little_endian(bytes_, 68, 4);
  for (std::uint64_t steps = 0; more < kSectorMax; ++steps) {
    const ByteView piece = sector(more);
    if (piece.size() != (std::uint64_t{1} << shift_) || steps > sectors) return false;
    append_words(places, piece.first(piece.size() - 4));
    more = little_endian(piece, piece.size() - 4, 4);
  }
  for (const std::uint32_t place : places) {
    if (place >= kSectorMax) continue;
    const ByteView piece = sector(place);
    if (piece.empty()) return false;
    if (next_.size() <= sectors)
      append_words(next_, piece);  // what lies beyond the file is no sector
  }
  return !next_.empty();
}

bool CompoundFile::read_entries() {
  const auto entries = chain(little_endian(bytes_, 48, 4), bytes_.size());
  if (!entries) return false;
  std::uint32_t small_start = kSectorMax;
  for (std::size_t at = 0; at + kEntryBytes <= entries->size(); at += kEntryBytes) {
    const ByteView entry = ByteView(*entries).subspan(at, kEntryBytes);
    if (entry[66] == kRoot) small_start = little_endian(entry, 116, 4);
    if (entry[66] != kStream) continue;
    const std::size_t characters = std::min<std::size_t>(little_endian(entry, 64, 2), 64) / 2;
    std::string name;
    for (std::size_t i = 0; i + 1 < characters; ++i) {
      const std::uint32_t unit = little_endian(entry, i * 2, 2);
      name += unit < 0x80 ? static_cast<char>(unit) : '?';
    }
    entries_.push_back(
        {lower_case(name), little_endian(entry, 116, 4), little_endian(entry, 120, 4)});
  }
  if (const auto table = chain(little_endian(bytes_, 60, 4), bytes_.size()))
    append_words(next_small_, *table);
  if (auto small = chain(small_start, bytes_.size())) small_ = std::move(*small);
  return true;
}

Result<CompoundFile> CompoundFile::open(ByteView bytes) {
  CompoundFile file;
  file.bytes_ = bytes;
  if (bytes.size() < kHeaderBytes) return damaged_sheet();
  file.shift_ = little_endian(bytes, 30, 2);
  if (file.shift_ != 9 && file.shift_ != 12) return damaged_sheet();
  if (!file.read_table() || !file.read_entries()) return damaged_sheet();
  return file;
}

const CompoundFile::Entry* CompoundFile::find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, lower_case(name), &Entry::name);
  return found == entries_.end() ? nullptr : &*found;
}

Result<Bytes> CompoundFile::read(std::string_view name) const {
  const Entry* entry = find(name);
  if (entry == nullptr || entry->size > bytes_.size()) return damaged_sheet();
  auto stream = entry->size < kSmallStreamMax ? small_chain(entry->start, entry->size)
                                              : chain(entry->start, entry->size);
  if (!stream || stream->size() < entry->size) return damaged_sheet();
  return std::move(*stream);
}

}  // namespace xianjie::adapters
