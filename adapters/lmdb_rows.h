// How one row lies in LMDB: the key as it is; the value, then 8 bytes of checksum, big-endian.
//   checksum = C(table name ‖ key ‖ C(value)), C = crypto::checksum as 8 bytes big-endian
// so that a value under another key or table fails too, and no value is copied to be checked.
// Example: table "meta", key 01, value "ab" is 61 62 and 8 bytes of checksum, under 01.
#pragma once

#include <cstring>
#include <optional>

#include "broker/store.h"
#include "crypto/hash.h"
#include "schemas/bytes.h"

namespace xianjie::adapters {

inline constexpr std::size_t kRowChecksumBytes = 8;
inline constexpr std::size_t kStoreKeyBytesMax = 511;
inline constexpr std::size_t kTableNameBytesMax = 32;
inline constexpr std::size_t kTableCount = static_cast<std::size_t>(broker::Table::kCount);

inline constexpr const char* kDataFile = "data.mdb";

// Precondition: name and key within the limits above.
inline std::array<std::uint8_t, 8> row_checksum(std::string_view table, ByteView key,
                                                ByteView value) {
  const auto put = [](std::uint8_t* out, std::uint64_t number) {
    for (int i = 7; i >= 0; --i, number >>= 8) out[i] = static_cast<std::uint8_t>(number);
  };
  std::array<std::uint8_t, kTableNameBytesMax + kStoreKeyBytesMax + 8> head;
  std::size_t size = 0;
  std::memcpy(head.data(), table.data(), table.size());
  size += table.size();
  std::memcpy(head.data() + size, key.data(), key.size());
  size += key.size();
  put(head.data() + size, crypto::checksum(value));
  size += 8;
  std::array<std::uint8_t, 8> out;
  put(out.data(), crypto::checksum(ByteView(head).first(size)));
  return out;
}

// The value without its checksum; empty where it does not fit.
inline std::optional<ByteView> checked_value(std::string_view table, ByteView key,
                                             ByteView stored) {
  if (stored.size() < kRowChecksumBytes || key.size() > kStoreKeyBytesMax) return std::nullopt;
  const ByteView value = stored.first(stored.size() - kRowChecksumBytes);
  const auto expected = row_checksum(table, key, value);
  if (std::memcmp(expected.data(), stored.data() + value.size(), kRowChecksumBytes) != 0)
    return std::nullopt;
  return value;
}

}  // namespace xianjie::adapters
