// Holders of a made-up directory: every role's keys, and what they sign. For unit tests, the
// simulation and hand-made nations; the ceremony itself is `xianjie directory` (node/cli).
#pragma once

#include <vector>

#include "crypto/hash.h"
#include "crypto/statement.h"
#include "crypto/trust.h"
#include "tests/support/seeded_random.h"

namespace xianjie::tests {

struct Holders {
  std::vector<crypto::SigningPair> root, snapshot, timestamp, deny;
  std::uint64_t root_version = 0, timestamp_version = 0;

  // n keys each for root and snapshot, one for the timestamp and one for denials.
  explicit Holders(std::uint64_t seed, std::size_t keys = 3) {
    SeededRandom random(seed);
    for (std::size_t i = 0; i < keys; ++i) {
      root.push_back(crypto::SigningPair::generate(random));
      snapshot.push_back(crypto::SigningPair::generate(random));
    }
    timestamp.push_back(crypto::SigningPair::generate(random));
    deny.push_back(crypto::SigningPair::generate(random));
  }

  static RoleKeys role(const std::vector<crypto::SigningPair>& pairs, std::uint8_t threshold) {
    RoleKeys out;
    out.threshold = threshold;
    for (const crypto::SigningPair& pair : pairs) out.keys.push_back(pair.public_key);
    return out;
  }
  static SignedDirectory sign(Bytes body, const std::vector<crypto::SigningPair>& pairs,
                              std::size_t count) {
    SignedDirectory out{std::move(body), {}};
    for (std::size_t i = 0; i < count; ++i)
      out.signatures.push_back(crypto::sign_directory(out.body, pairs[i]));
    return out;
  }

  // Majorities of root and snapshot.
  [[nodiscard]] RootBody root_body(WallTime created, bool rehearsal = true) const {
    RootBody body;
    body.version = root_version;
    body.rehearsal = rehearsal;
    body.created = created;
    body.expires = created + kRootLifetime;
    const auto most = static_cast<std::uint8_t>(root.size() / 2 + 1);
    body.roles = {role(root, most), role(snapshot, most), role(timestamp, 1), role(deny, 1)};
    return body;
  }
  SignedDirectory next_root(WallTime created, bool rehearsal = true) {
    ++root_version;
    return sign(encode_root_body(root_body(created, rehearsal)), root, root.size());
  }
  [[nodiscard]] SignedDirectory sign_snapshot(Bytes body) const {
    return sign(std::move(body), snapshot, snapshot.size() / 2 + 1);
  }
  SignedDirectory next_timestamp(const SignedDirectory& of, WallTime created) {
    const auto contents = DirectoryFile::open(of.body);
    TimestampBody body;
    body.version = ++timestamp_version;
    body.created = created;
    body.expires = created + kTimestampLifetime;
    body.root_version = root_version;
    body.snapshot_version = contents->header().version;
    body.snapshot = crypto::hash(of.body);
    return sign(encode_timestamp_body(body), timestamp, 1);
  }
  [[nodiscard]] SignedDirectory sign_denial(const DenialBody& body) const {
    return sign(encode_denial_body(body), deny, 1);
  }
};

}  // namespace xianjie::tests
