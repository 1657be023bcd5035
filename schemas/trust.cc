#include "schemas/trust.h"

#include <algorithm>
#include <set>

#include "schemas/codec.h"
#include "schemas/limits.h"
#include "schemas/text.h"
#include "trust_generated.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Verifier;

constexpr const char* kRootId = "XJRT";
constexpr const char* kTimestampId = "XJTS";
constexpr const char* kDenialId = "XJDN";
constexpr const char* kBundleId = "XJDX";
constexpr std::size_t kReasonBytesMax = 256;

Result<> check_lifetime(WallTime created, WallTime expires, const char* what) {
  if (!created.is_set() || !in_range(created) || !in_range(expires) || expires <= created)
    return corrupt(std::string(what) + ": its times contradict each other");
  return {};
}

Result<RoleKeys> take_role(const fbs::RoleKeys& from, Role role) {
  const std::string what = "root: role " + std::string(to_word(role));
  RoleKeys out;
  out.threshold = from.threshold();
  for (std::uint32_t k = 0; k < length(from.keys()); ++k)
    out.keys.push_back(array_of<PublicKey>(*from.keys()->Get(k)));
  if (out.keys.empty() || out.keys.size() > kRoleKeysMax)
    return corrupt(what + ": 1 to " + std::to_string(kRoleKeysMax) + " keys");
  if (std::set<PublicKey>(out.keys.begin(), out.keys.end()).size() != out.keys.size())
    return corrupt(what + ": one key twice");
  if (out.threshold < 1 || out.threshold > out.keys.size())
    return corrupt(what + ": its threshold is not from 1 to the number of its keys");
  return out;
}

Offset<fbs::SignedDirectory> put_signed(FlatBufferBuilder& builder, const SignedDirectory& one) {
  std::vector<fbs::DirectorySignature> signatures;
  for (const DirectorySignature& each : one.signatures)
    signatures.emplace_back(fixed<fbs::Bytes32>(each.key), fixed<fbs::Bytes64>(each.signature));
  const auto body = builder.CreateVector(one.body);
  return fbs::CreateSignedDirectory(builder, body, builder.CreateVectorOfStructs(signatures));
}

Result<std::vector<DirectorySignature>> take_signatures(
    const flatbuffers::Vector<const fbs::DirectorySignature*>* from) {
  if (length(from) > kDirectorySignaturesMax) return corrupt("directory: too many signatures");
  std::vector<DirectorySignature> out;
  for (std::uint32_t k = 0; k < length(from); ++k)
    out.push_back(
        {array_of<PublicKey>(from->Get(k)->key()), array_of<Signature>(from->Get(k)->signature())});
  return out;
}

Result<SignedDirectory> take_signed(const fbs::SignedDirectory& from, std::size_t body_max) {
  if (length(from.body()) == 0 || length(from.body()) > body_max)
    return corrupt("directory: a signed part of impossible size");
  XJ_TRY(auto signatures, take_signatures(from.signatures()));
  return SignedDirectory{to_bytes(view(from.body())), std::move(signatures)};
}

Result<std::vector<SignedDirectory>> take_all(
    const flatbuffers::Vector<Offset<fbs::SignedDirectory>>* from, std::size_t count_max,
    const char* what) {
  if (length(from) > count_max) return corrupt(std::string("directory: too many ") + what);
  std::vector<SignedDirectory> out;
  for (std::uint32_t k = 0; k < length(from); ++k) {
    XJ_TRY(auto one, take_signed(*from->Get(k), kRoleBytesMax));
    out.push_back(std::move(one));
  }
  return out;
}

Result<DirectoryDelta> take_delta(const fbs::DirectoryDelta& from) {
  DirectoryDelta out;
  if (from.base_hash() == nullptr || from.hash() == nullptr)
    return corrupt("directory: a delta of nothing");
  out.base = array_of<Hash>(*from.base_hash());
  out.result = array_of<Hash>(*from.hash());
  if (!elements_aligned(from.removed(), 8) || length(from.removed()) > kOfficesMax)
    return corrupt("directory: what a delta removes is misplaced");
  for (std::uint32_t k = 0; k < length(from.removed()); ++k) {
    const auto office = OfficeId::from_value(from.removed()->Get(k));
    if (!office || (!out.removed.empty() && *office <= out.removed.back()))
      return corrupt("directory: what a delta removes is out of order");
    out.removed.push_back(*office);
  }
  out.changed = to_bytes(view(from.changed()));
  XJ_TRY(out.signatures, take_signatures(from.signatures()));
  return out;
}

Offset<fbs::DirectoryDelta> put_delta(FlatBufferBuilder& builder, const DirectoryDelta& delta) {
  std::vector<std::uint64_t> removed;
  for (const OfficeId office : delta.removed) removed.push_back(office.value());
  std::vector<fbs::DirectorySignature> signatures;
  for (const DirectorySignature& each : delta.signatures)
    signatures.emplace_back(fixed<fbs::Bytes32>(each.key), fixed<fbs::Bytes64>(each.signature));
  const auto column = builder.CreateVector(removed);
  const auto changed = builder.CreateVector(delta.changed);
  const auto signed_by = builder.CreateVectorOfStructs(signatures);
  const auto base = fixed<fbs::Bytes32>(delta.base);
  const auto result = fixed<fbs::Bytes32>(delta.result);
  return fbs::CreateDirectoryDelta(builder, &base, &result, column, changed, signed_by);
}

}  // namespace

std::string_view to_word(Role role) {
  static constexpr std::array<std::string_view, kRoles> kWords{"root", "snapshot", "timestamp",
                                                               "deny"};
  return kWords[static_cast<std::size_t>(role)];
}

Bytes encode_root_body(const RootBody& body) {
  FlatBufferBuilder builder(4096);
  std::vector<Offset<fbs::RoleKeys>> roles;
  for (const RoleKeys& role : body.roles) {
    std::vector<fbs::Bytes32> keys;
    for (const PublicKey& key : role.keys) keys.push_back(fixed<fbs::Bytes32>(key));
    const auto column = builder.CreateVectorOfStructs(keys);
    roles.push_back(fbs::CreateRoleKeys(builder, role.threshold, column));
  }
  const auto column = builder.CreateVector(roles);
  builder.Finish(fbs::CreateRootBody(builder, body.version, body.rehearsal, body.created.ms,
                                     body.expires.ms, column),
                 kRootId);
  return take_bytes(builder);
}

Result<RootBody> decode_root_body(ByteView body) {
  const AlignedView aligned(body);
  const auto* from = verified_root<Verifier, fbs::RootBody>(aligned, kRootId, kRoleBytesMax);
  if (from == nullptr) return corrupt("root: broken structure");
  RootBody out;
  out.version = from->version();
  out.rehearsal = from->rehearsal();
  out.created = {from->created()};
  out.expires = {from->expires()};
  if (out.version == 0) return corrupt("root: without a version");
  XJ_TRY_VOID(check_lifetime(out.created, out.expires, "root"));
  if (length(from->roles()) != kRoles) return corrupt("root: not the four roles");
  for (std::uint32_t k = 0; k < kRoles; ++k) {
    XJ_TRY(out.roles[k], take_role(*from->roles()->Get(k), static_cast<Role>(k)));
  }
  if (out.role(Role::kDeny).threshold != 1)
    return corrupt("root: role deny: one holder's signature is enough");
  return out;
}

Bytes encode_timestamp_body(const TimestampBody& body) {
  FlatBufferBuilder builder(256);
  const auto snapshot = fixed<fbs::Bytes32>(body.snapshot);
  builder.Finish(fbs::CreateTimestampBody(builder, body.version, body.created.ms, body.expires.ms,
                                          body.root_version, body.snapshot_version, &snapshot),
                 kTimestampId);
  return take_bytes(builder);
}

Result<TimestampBody> decode_timestamp_body(ByteView body) {
  const AlignedView aligned(body);
  const auto* from =
      verified_root<Verifier, fbs::TimestampBody>(aligned, kTimestampId, kRoleBytesMax);
  if (from == nullptr || from->snapshot_hash() == nullptr)
    return corrupt("timestamp: broken structure");
  const TimestampBody out{from->version(),          {from->created()},
                          {from->expires()},        from->root_version(),
                          from->snapshot_version(), array_of<Hash>(*from->snapshot_hash())};
  if (out.version == 0 || out.root_version == 0 || out.snapshot_version == 0)
    return corrupt("timestamp: without a version");
  XJ_TRY_VOID(check_lifetime(out.created, out.expires, "timestamp"));
  return out;
}

Bytes encode_denial_body(const DenialBody& body) {
  FlatBufferBuilder builder(256);
  const auto reason = builder.CreateString(body.reason);
  builder.Finish(fbs::CreateDenialBody(builder, body.office.value(), body.key.number, body.since.ms,
                                       body.created.ms, reason),
                 kDenialId);
  return take_bytes(builder);
}

Result<DenialBody> decode_denial_body(ByteView body) {
  const AlignedView aligned(body);
  const auto* from = verified_root<Verifier, fbs::DenialBody>(aligned, kDenialId, kRoleBytesMax);
  if (from == nullptr) return corrupt("denial: broken structure");
  DenialBody out;
  const auto office = OfficeId::from_value(from->office());
  if (!office) return corrupt("denial: of an unknown office");
  out = {*office,
         {from->key()},
         {from->since()},
         {from->created()},
         std::string(text_view(from->reason()))};
  if (!out.since.is_set() || !in_range(out.since) || !out.created.is_set() ||
      !in_range(out.created))
    return corrupt("denial: without a time");
  if (out.reason.size() > kReasonBytesMax || !is_utf8(out.reason) ||
      std::ranges::any_of(out.reason, [](char c) { return c >= 0 && c < ' '; }))
    return corrupt("denial: its reason is no line of text");
  return out;
}

Bytes encode(const DirectoryBundle& bundle) {
  FlatBufferBuilder builder(64 * 1024 + (bundle.snapshot ? bundle.snapshot->body.size() : 0));
  const auto all = [&](const std::vector<SignedDirectory>& from) {
    std::vector<Offset<fbs::SignedDirectory>> out;
    for (const SignedDirectory& one : from) out.push_back(put_signed(builder, one));
    return builder.CreateVector(out);
  };
  const auto roots = all(bundle.roots);
  const auto denials = all(bundle.denials);
  std::vector<Offset<fbs::DirectoryDelta>> rows;
  for (const DirectoryDelta& delta : bundle.deltas) rows.push_back(put_delta(builder, delta));
  const auto deltas = builder.CreateVector(rows);
  Offset<fbs::SignedDirectory> snapshot, timestamp;
  if (bundle.snapshot) snapshot = put_signed(builder, *bundle.snapshot);
  if (bundle.timestamp) timestamp = put_signed(builder, *bundle.timestamp);
  const auto frozen = builder.CreateString(bundle.frozen);
  builder.Finish(
      fbs::CreateDirectoryBundle(builder, roots, snapshot, deltas, timestamp, denials, frozen),
      kBundleId);
  return take_bytes(builder);
}

Result<DirectoryBundle> decode_directory_bundle(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from =
      verified_root<Verifier, fbs::DirectoryBundle>(aligned, kBundleId, kBundleBytesMax);
  if (from == nullptr)
    return corrupt("directory: broken structure, or no file that `xianjie directory` makes");
  DirectoryBundle out;
  XJ_TRY(out.roots, take_all(from->roots(), kRootsMax, "roots"));
  XJ_TRY(out.denials, take_all(from->denials(), kDenialsMax, "denials"));
  if (from->snapshot() != nullptr) {
    XJ_TRY(out.snapshot, take_signed(*from->snapshot(), kDirectoryBytesMax));
  }
  if (from->timestamp() != nullptr) {
    XJ_TRY(out.timestamp, take_signed(*from->timestamp(), kRoleBytesMax));
  }
  if (length(from->deltas()) > kDeltasMax) return corrupt("directory: too many deltas");
  for (std::uint32_t k = 0; k < length(from->deltas()); ++k) {
    XJ_TRY(auto delta, take_delta(*from->deltas()->Get(k)));
    out.deltas.push_back(std::move(delta));
  }
  out.frozen = text_view(from->frozen());
  return out;
}

bool is_directory_bundle(ByteView bytes) {
  return bytes.size() >= 8 && as_text(bytes.subspan(4, 4)) == kBundleId;
}

}  // namespace schemas
}  // namespace xianjie
