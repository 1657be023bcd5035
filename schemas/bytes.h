// Byte strings and the fixed-width big-endian encoding of every stored key and signed statement.
// A ByteView never owns; Bytes does. Read next: ids.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xianjie {
inline namespace schemas {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;       // BLAKE2b-256, or a leaf or root made of it
using Signature = std::array<std::uint8_t, 64>;  // Ed25519
using PublicKey = std::array<std::uint8_t, 32>;  // Ed25519, X25519 or CURVE

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

// Lexicographic, as the store orders keys: a prefix stands before what it begins.
int compare(ByteView a, ByteView b);
bool starts_with(ByteView bytes, ByteView prefix);

std::string to_hex(ByteView bytes);                    // lower case
std::optional<Bytes> from_hex(std::string_view text);  // either case, even length

// Appends fixed-width big-endian fields. bytes() is what was written so far.
class Encoder {
 public:
  Encoder& u8(std::uint8_t value) { return put(value, 1); }
  Encoder& u16(std::uint16_t value) { return put(value, 2); }
  Encoder& u32(std::uint32_t value) { return put(value, 4); }
  Encoder& u64(std::uint64_t value) { return put(value, 8); }
  // Signed 64-bit in an order-preserving form (sign bit flipped).
  Encoder& i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value) ^ (1ULL << 63)); }
  Encoder& raw(ByteView view) {
    bytes_.insert(bytes_.end(), view.begin(), view.end());
    return *this;
  }
  Encoder& text(std::string_view view) { return raw(as_bytes(view)); }
  // Length as u32, then the bytes.
  Encoder& blob(ByteView view) { return u32(static_cast<std::uint32_t>(view.size())).raw(view); }
  [[nodiscard]] const Bytes& bytes() const& { return bytes_; }
  [[nodiscard]] Bytes bytes() && { return std::move(bytes_); }

 private:
  Encoder& put(std::uint64_t value, int width) {
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    return *this;
  }
  Bytes bytes_;
};

// Reads what Encoder wrote. Reading past the end yields zeros and makes ok() false for good.
class Decoder {
 public:
  explicit Decoder(ByteView bytes) : rest_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(get(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(get(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(get(4)); }
  std::uint64_t u64() { return get(8); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64() ^ (1ULL << 63)); }
  ByteView raw(std::size_t size);
  ByteView blob() { return raw(u32()); }
  template <std::size_t N>
  std::array<std::uint8_t, N> array() {
    std::array<std::uint8_t, N> out{};
    const ByteView view = raw(N);
    if (view.size() == N) std::memcpy(out.data(), view.data(), N);
    return out;
  }
  [[nodiscard]] ByteView rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }  // everything read, nothing over

 private:
  std::uint64_t get(std::size_t width);
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace schemas
}  // namespace xianjie
