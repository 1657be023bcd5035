#include "tests/simulation/verify_once.h"

#include <map>

#include "crypto/hash.h"

// Declared here, not by sodium.h: that header belongs to crypto alone. Names are the linker's.
extern "C" {
int __real_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                       unsigned long long size, const unsigned char* key);
int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                       unsigned long long size, const unsigned char* key);
}

namespace xianjie::simulation {
namespace {

std::map<Hash, int>& verified() {
  static std::map<Hash, int> known;
  return known;
}

}  // namespace

void forget_verified() {
  verified().clear();
}

}  // namespace xianjie::simulation

int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* text,
                                       unsigned long long size, const unsigned char* key) {
  using xianjie::schemas::ByteView;
  const auto name = xianjie::crypto::hash(
      {ByteView(key, 32), ByteView(signature, 64), ByteView(text, static_cast<std::size_t>(size))});
  auto& known = xianjie::simulation::verified();
  if (const auto found = known.find(name); found != known.end()) return found->second;
  const int result = __real_crypto_sign_verify_detached(signature, text, size, key);
  known.emplace(name, result);
  return result;
}
