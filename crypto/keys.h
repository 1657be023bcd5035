// An office's private keys: three pairs, separate, never converted into each other. They live in
// guarded memory, wipe themselves and do not copy. The file format is here, the file itself in
// adapters/files.h. Read next: seal.h.
#pragma once

#include <memory>
#include <span>

#include "crypto/random.h"
#include "schemas/bytes.h"
#include "schemas/directory.h"
#include "schemas/ids.h"
#include "schemas/result.h"

namespace xianjie::crypto {

// N secret bytes from sodium_malloc; wiped on destruction; moves, never copies.
class SecretBytes {
 public:
  explicit SecretBytes(std::size_t size);
  ~SecretBytes();
  SecretBytes(SecretBytes&&) noexcept;
  SecretBytes& operator=(SecretBytes&&) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  [[nodiscard]] std::span<std::uint8_t> span();
  [[nodiscard]] ByteView view() const;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

class OfficeKeys {
 public:
  static OfficeKeys generate(OfficeId office, KeyId id, Random& random);
  // The office's next set, its own in everything but the local key, which duplicates are found by.
  [[nodiscard]] OfficeKeys generate_next(KeyId id, Random& random) const;
  // Text: one "xianjie-keys 1" line, then office, key id, three 32-byte secrets in hex, the HMAC
  // key for local duplicates and a checksum. The caller wipes the text.
  static Result<OfficeKeys> parse(std::string_view text);
  [[nodiscard]] SecretBytes serialise() const;

  [[nodiscard]] OfficeId office() const;
  [[nodiscard]] KeyId id() const;
  [[nodiscard]] const PublicKey& signing_public() const;
  [[nodiscard]] const PublicKey& sealing_public() const;
  [[nodiscard]] const PublicKey& link_public() const;
  [[nodiscard]] OfficeKeySet public_set(WallTime from, WallTime until) const;

  // Over domain ‖ message.
  [[nodiscard]] Signature sign(std::string_view domain, ByteView message) const;
  [[nodiscard]] ByteView sealing_secret() const;  // X25519, 32 bytes
  [[nodiscard]] ByteView link_secret() const;     // CURVE, 32 bytes
  [[nodiscard]] ByteView local_key() const;       // 32 bytes: duplicates and submission ids

  ~OfficeKeys();
  OfficeKeys(OfficeKeys&&) noexcept;
  OfficeKeys& operator=(OfficeKeys&&) noexcept;

 private:
  struct Impl;
  explicit OfficeKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

bool verify(const PublicKey& key, std::string_view domain, ByteView message,
            const Signature& signature);

// A single Ed25519 pair, for directory holders.
struct SigningPair {
  PublicKey public_key{};
  SecretBytes seed{32};
  static SigningPair generate(Random& random);
  static SigningPair from_seed(ByteView seed32);
  [[nodiscard]] Signature sign(std::string_view domain, ByteView message) const;
};

}  // namespace xianjie::crypto
