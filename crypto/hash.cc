#include "crypto/hash.h"

#include <sodium.h>

#include "schemas/result.h"

namespace xianjie::crypto {
namespace {

static_assert(crypto_generichash_BYTES == sizeof(Hash));
static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));

constexpr std::string_view kChecksumKey = "XJ1/row-checksum";
static_assert(kChecksumKey.size() == crypto_shorthash_KEYBYTES);

Hash hash_parts(ByteView key, std::initializer_list<ByteView> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), sizeof(Hash));
  for (const ByteView part : parts) crypto_generichash_update(&state, part.data(), part.size());
  Hash out;
  crypto_generichash_final(&state, out.data(), out.size());
  if (!key.empty()) sodium_memzero(&state, sizeof state);
  return out;
}

}  // namespace

void init() {
  static const int started = sodium_init();
  XJ_CHECK(started >= 0);
}

Hash hash(ByteView data) {
  Hash out;
  crypto_generichash(out.data(), out.size(), data.data(), data.size(), nullptr, 0);
  return out;
}

Hash hash(std::initializer_list<ByteView> parts) {
  return hash_parts({}, parts);
}

Hash keyed_hash(ByteView key, std::initializer_list<ByteView> parts) {
  XJ_CHECK(key.size() >= crypto_generichash_KEYBYTES_MIN &&
           key.size() <= crypto_generichash_KEYBYTES_MAX);
  return hash_parts(key, parts);
}

std::uint64_t checksum(ByteView data) {
  std::array<std::uint8_t, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), data.data(), data.size(), as_bytes(kChecksumKey).data());
  return Decoder(out).u64();
}

struct Hasher::State {
  crypto_generichash_state blake;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->blake, nullptr, 0, sizeof(Hash));
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::add(ByteView data) {
  crypto_generichash_update(&state_->blake, data.data(), data.size());
  return *this;
}

Hash Hasher::finish() {
  Hash out;
  crypto_generichash_final(&state_->blake, out.data(), out.size());
  return out;
}

}  // namespace xianjie::crypto
