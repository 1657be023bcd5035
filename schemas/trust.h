// The roles behind the directory, after The Update Framework: *root* says whose signatures count
// (k of n holders, offline), *snapshot* is the directory itself (k of m), *timestamp* says hourly
// which snapshot is the newest, a *denial* takes trust away at once. Formats: fbs/trust.fbs. How
// newer ones are believed: crypto/trust.h.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/directory.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie {
inline namespace schemas {

enum class Role : std::uint8_t { kRoot = 0, kSnapshot = 1, kTimestamp = 2, kDeny = 3 };
inline constexpr std::size_t kRoles = 4;
std::string_view to_word(Role role);  // root, snapshot, timestamp, deny

inline constexpr Duration kRootLifetime = days(365);
inline constexpr Duration kSnapshotLifetime = days(30);
inline constexpr Duration kTimestampLifetime = days(1);
inline constexpr Duration kTimestampEvery = minutes(60);

struct RoleKeys {
  std::uint8_t threshold = 1;   // 1 to the number of keys
  std::vector<PublicKey> keys;  // distinct, at most kRoleKeysMax
  friend bool operator==(const RoleKeys&, const RoleKeys&) = default;
};
struct RootBody {
  std::uint64_t version = 0;  // from 1, rising by one
  bool rehearsal = false;
  WallTime created, expires;
  std::array<RoleKeys, kRoles> roles;  // by Role; of kDeny the threshold is 1
  [[nodiscard]] const RoleKeys& role(Role one) const {
    return roles[static_cast<std::size_t>(one)];
  }
};
struct TimestampBody {
  std::uint64_t version = 0;
  WallTime created, expires;
  std::uint64_t root_version = 0, snapshot_version = 0;
  Hash snapshot{};  // H(body)
};
struct DenialBody {
  OfficeId office;
  KeyId key;       // 0: all key sets of the office that count from before `since`
  WallTime since;  // from then on it counts no more
  WallTime created;
  std::string reason;  // for people, at most 256 bytes
};

inline constexpr std::size_t kRoleKeysMax = 32;
inline constexpr std::size_t kRootsMax = 200;  // of one chain, one a year and some
inline constexpr std::size_t kDenialsMax = 512;
inline constexpr std::size_t kDeltasMax = 64;
inline constexpr std::size_t kRoleBytesMax = 16 * 1024;  // of a root, timestamp or denial

Bytes encode_root_body(const RootBody& body);
Result<RootBody> decode_root_body(ByteView body);
Bytes encode_timestamp_body(const TimestampBody& body);
Result<TimestampBody> decode_timestamp_body(ByteView body);
Bytes encode_denial_body(const DenialBody& body);
Result<DenialBody> decode_denial_body(ByteView body);

struct DirectoryDelta {
  Hash base{}, result{};  // H(body) before and after
  std::vector<OfficeId> removed;
  Bytes changed;                               // a directory body: new header, changed offices
  std::vector<DirectorySignature> signatures;  // of the result
};
struct DirectoryBundle {
  std::vector<SignedDirectory> roots;  // rising versions without a gap
  std::optional<SignedDirectory> snapshot;
  std::vector<DirectoryDelta> deltas;
  std::optional<SignedDirectory> timestamp;
  std::vector<SignedDirectory> denials;
  std::string frozen;  // crypto/trust.h; of the file that an office keeps for itself
};
inline constexpr std::size_t kBundleBytesMax = 64 * 1024 * 1024 + 8 * 1024 * 1024;
Bytes encode(const DirectoryBundle& bundle);
Result<DirectoryBundle> decode_directory_bundle(ByteView bytes);
bool is_directory_bundle(ByteView bytes);  // by its identifier

// What turns `base` into `next`, both whole bodies. kCorrupt where one of them is none.
// `result` and `signatures` are for the caller, who can hash.
Result<DirectoryDelta> make_delta(ByteView base, ByteView next);
// The body after the delta, to be compared with its hash.
Result<Bytes> apply_delta(ByteView base, const DirectoryDelta& delta);

}  // namespace schemas
}  // namespace xianjie
