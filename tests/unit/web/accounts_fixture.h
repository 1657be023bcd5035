// Accounts whose passwords cost nothing to set up, hashed once a process, and a second factor whose
// codes RFC 6238 has published. Made-up people.
#pragma once

#include "crypto/password.h"
#include "node/web/accounts.h"
#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie::tests {

inline constexpr const char* kMadeUp = "made-up-1800";
inline const WallTime kSignedInAt = wall("2026-12-11T10:00:00+08:00");

// With the password kMadeUp.
inline node::Account account(node::Role role) {
  static const std::string hash = crypto::hash_password(kMadeUp).value();
  node::Account row;
  row.role = role;
  row.person = "测试";
  row.password_hash = hash;
  row.created = kSignedInAt - days(400);
  return row;
}

inline Bytes rfc_secret() {
  const std::string_view text = "12345678901234567890";
  return {text.begin(), text.end()};
}
struct PublishedCode {
  WallTime time;
  const char* code;
  std::uint64_t step;
};
// The first two stand in steps beside each other.
inline constexpr PublishedCode kCode{{1'111'111'109'000}, "081804", 0x23523ec},
    kNextCode{{1'111'111'111'000}, "050471", 0x23523ed},
    kLaterCode{{1'234'567'890'000}, "005924", 0x273ef07};

// A seeded source whose second factors are rfc_secret().
class RfcRandom final : public SeededRandom {
 public:
  using SeededRandom::SeededRandom;
  void fill(std::span<std::uint8_t> out) override {
    const Bytes secret = rfc_secret();
    if (out.size() == secret.size())
      std::ranges::copy(secret, out.begin());
    else
      SeededRandom::fill(out);
  }
};

}  // namespace xianjie::tests
