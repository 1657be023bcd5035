// Signatures cost a simulated month a fifth of its time and are proved elsewhere
// (tests/unit/crypto). Here one is a hash under the public key: it fits these bytes and this key
// and no others, and since nobody in the simulation makes one but by OfficeKeys, whoever lacks the
// secret cannot sign. The object code that is tested stays the daemon's: the linker gives this
// program other functions
// (--wrap in CMakeLists.txt).
#include <algorithm>

#include "crypto/hash.h"

// Declared here, not by sodium.h: that header belongs to crypto alone. Names are the linker's.
extern "C" {
int __wrap_crypto_sign_detached(unsigned char* signature, unsigned long long* size_out,
                                const unsigned char* text, unsigned long long size,
                                const unsigned char* secret);
int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                       unsigned long long size, const unsigned char* key);
}

namespace {

using xianjie::schemas::ByteView;

// Both halves of a signature.
xianjie::schemas::Hash half(const unsigned char* key, const unsigned char* text,
                            unsigned long long size) {
  return xianjie::crypto::hash({ByteView(key, 32), ByteView(text, std::size_t{size})});
}

}  // namespace

// A secret key of libsodium's Ed25519 is 32 bytes of seed, then the public key.
int __wrap_crypto_sign_detached(unsigned char* signature, unsigned long long*,
                                const unsigned char* text, unsigned long long size,
                                const unsigned char* secret) {
  const auto bytes = half(secret + 32, text, size);
  std::ranges::copy(bytes, std::ranges::copy(bytes, signature).out);
  return 0;
}

int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                       unsigned long long size, const unsigned char* key) {
  const auto bytes = half(key, text, size);
  const bool fits = std::ranges::equal(bytes, ByteView(signature, 32)) &&
                    std::ranges::equal(bytes, ByteView(signature + 32, 32));
  return fits ? 0 : -1;
}
