// What one office believes of the directory, and the rules by which it believes newer files (after
// The Update Framework). A value: take() changes it whole or not at all, so the last good state is
// kept whatever comes. Knows signatures, versions and hashes; whether the offices make sense is for
// routing/directory.h. Read next: broker/directory_sync.h.
//
//   root       signed by its own threshold and by that of the root before; one version after the
//   other snapshot   version only up; the same version with another hash, both signed: a fork
//   timestamp  the same; refers to no older snapshot than the one before
//   denials    one holder each; they only become more, until a new root drops their signer
//
// A fork freezes: nothing newer of that kind is believed until a new root ends it. What was known
// before goes on as long as it is valid.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "schemas/trust.h"

namespace xianjie::crypto {

// H(body): what two people compare; also what an office is given at installation.
Hash fingerprint(const SignedDirectory& file);
// Eight groups of four hex digits, its first 16 bytes: short enough for a telephone.
std::string spoken(const Hash& fingerprint);

// At least the role's threshold of distinct keys signed the body.
Result<> verify_role(const SignedDirectory& file, const RoleKeys& role, std::string_view what);

struct TrustChange {
  bool root = false, snapshot = false, timestamp = false, denials = false;
  std::vector<std::string> refused;  // what was older, forged or frozen: for people
  std::string fork;                  // an alarm; the state is frozen now
  [[nodiscard]] bool any() const { return root || snapshot || timestamp || denials; }
};

class Trust {
 public:
  // From a file that holds a root with this fingerprint; what else it holds must be believable.
  static Result<Trust> open(const DirectoryBundle& bundle, const Hash& anchor);

  // What of `news` is newer and believable. A delta is applied only to the body it is for. An error
  // only where nothing of it could be read; else what could not be believed stands in `refused`.
  TrustChange take(const DirectoryBundle& news);

  [[nodiscard]] const RootBody& root() const { return root_; }
  [[nodiscard]] Hash root_fingerprint() const;
  [[nodiscard]] std::uint64_t snapshot_version() const { return snapshot_version_; }
  [[nodiscard]] const Hash& snapshot_hash() const { return snapshot_hash_; }
  [[nodiscard]] const Bytes& snapshot_body() const { return bundle_.snapshot->body; }
  [[nodiscard]] bool has_snapshot() const { return bundle_.snapshot.has_value(); }
  [[nodiscard]] const std::optional<TimestampBody>& timestamp() const { return timestamp_; }
  [[nodiscard]] const std::vector<DenialBody>& denials() const { return denials_; }
  [[nodiscard]] Hash denials_hash() const;  // of the set; zero: none
  [[nodiscard]] const std::string& frozen() const { return bundle_.frozen; }
  // Until when the snapshot is believed to be the newest: the timestamp's end where it names it.
  [[nodiscard]] WallTime fresh_until() const;

  // All of it as a file; `deltas` are those that led to the snapshot, newest last.
  [[nodiscard]] const DirectoryBundle& bundle() const { return bundle_; }
  // What somebody lacks who has this root version, snapshot and denials.
  [[nodiscard]] DirectoryBundle news_for(std::uint64_t root_version, const Hash& snapshot_hash,
                                         const Hash& denials_hash) const;

 private:
  Result<bool> take_root(const SignedDirectory& file, TrustChange& change);
  Result<bool> take_snapshot(SignedDirectory file, TrustChange& change);
  Result<bool> take_delta(const DirectoryDelta& delta, TrustChange& change);
  Result<bool> take_timestamp(const SignedDirectory& file, TrustChange& change);
  Result<bool> take_denial(const SignedDirectory& file);
  void drop_stale_denials();
  void freeze(TrustChange& change, std::string text);

  DirectoryBundle bundle_;
  RootBody root_;
  std::uint64_t snapshot_version_ = 0;
  Hash snapshot_hash_{};
  std::optional<TimestampBody> timestamp_;
  Hash timestamp_hash_{};
  std::vector<DenialBody> denials_;  // as bundle_.denials, sorted by their hashes
};

}  // namespace xianjie::crypto
