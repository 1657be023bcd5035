// H = BLAKE2b-256, and the keyed and incremental forms of it that the suite uses.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "schemas/bytes.h"

namespace xianjie::crypto {

// Call once before anything else of this layer; thread-safe, idempotent. Aborts where
// libsodium cannot start.
void init();

Hash hash(ByteView data);
Hash hash(std::initializer_list<ByteView> parts);                      // of the concatenation
Hash keyed_hash(ByteView key, std::initializer_list<ByteView> parts);  // key: 16 to 64 bytes

// 8 bytes of SipHash under a fixed public key: against bit rot, not against people.
std::uint64_t checksum(ByteView data);

// Feeds long input piece by piece.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  Hasher& add(ByteView data);
  Hash finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xianjie::crypto
