#include "crypto/trust.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/hash.h"
#include "crypto/statement.h"
#include "schemas/limits.h"

namespace xianjie::crypto {
namespace {

constexpr std::size_t kDeltasKept = 16;

std::string version_text(std::uint64_t version) {
  return "version " + std::to_string(version);
}

}  // namespace

Hash fingerprint(const SignedDirectory& file) {
  return hash(file.body);
}

std::string spoken(const Hash& fingerprint) {
  const std::string hex = to_hex(ByteView(fingerprint).first(16));
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 4) out += (i > 0 ? " " : "") + hex.substr(i, 4);
  return out;
}

Result<> verify_role(const SignedDirectory& file, const RoleKeys& role, std::string_view what) {
  auto verified = verify_directory(file, role.keys, role.threshold);
  if (!verified)
    return fail(verified.error().code, std::string(what) + ": " + verified.error().text);
  return {};
}

void Trust::freeze(TrustChange& change, std::string text) {
  change.fork = std::move(text);
  if (bundle_.frozen.empty()) bundle_.frozen = change.fork;
}

Result<bool> Trust::take_root(const SignedDirectory& file, TrustChange& change) {
  XJ_TRY(RootBody next, decode_root_body(file.body));
  if (next.version < root_.version) return false;
  if (next.version == root_.version) {
    if (file.body == bundle_.roots.back().body) return false;
    XJ_TRY_VOID(verify_role(file, root_.role(Role::kRoot), "root"));
    freeze(change, "fork: two roots of " + version_text(next.version) +
                       ", both signed; the holders must make a new root");
    return false;
  }
  if (next.version != root_.version + 1)
    return refused("root: " + version_text(next.version) + " without the one before it");
  XJ_TRY_VOID(verify_role(file, root_.role(Role::kRoot), "root, by the holders before"));
  XJ_TRY_VOID(verify_role(file, next.role(Role::kRoot), "root, by its own holders"));
  if (next.rehearsal != root_.rehearsal)
    return refused("root: a rehearsal never becomes real, nor the other way round");
  if (next.created < root_.created) return refused("root: older than the one before it");
  bundle_.roots.push_back(file);
  root_ = std::move(next);
  bundle_.frozen.clear();
  // Whoever no longer may, has not said the newest: what they signed stays, but binds nobody.
  if (bundle_.timestamp &&
      !verify_role(*bundle_.timestamp, root_.role(Role::kTimestamp), "timestamp")) {
    bundle_.timestamp.reset();
    timestamp_.reset();
  }
  if (bundle_.snapshot && !verify_role(*bundle_.snapshot, root_.role(Role::kSnapshot), "snapshot"))
    snapshot_version_ = 0;
  drop_stale_denials();
  return true;
}

Result<bool> Trust::take_snapshot(SignedDirectory file, TrustChange& change) {
  XJ_TRY(const auto contents, DirectoryFile::open(file.body));
  const std::uint64_t version = contents.header().version;
  const Hash digest = hash(file.body);
  if (version == 0) return refused("snapshot: without a version");
  if (version == snapshot_version_ && digest == snapshot_hash_) return false;
  XJ_TRY_VOID(verify_role(file, root_.role(Role::kSnapshot), "snapshot"));
  if (version < snapshot_version_)
    return refused("snapshot: " + version_text(version) + " is older than " +
                   version_text(snapshot_version_) + ", which is known here");
  if (!bundle_.frozen.empty()) return refused("snapshot: nothing newer is believed: " + frozen());
  const bool named = timestamp_ && timestamp_->snapshot_version == version;
  if (version == snapshot_version_ || (named && timestamp_->snapshot != digest)) {
    freeze(change, "fork: two directories of " + version_text(version) +
                       ", both signed; the holders must make a new root");
    return false;
  }
  if (contents.header().rehearsal != root_.rehearsal)
    return refused("snapshot: its root and it disagree about being a rehearsal");
  snapshot_version_ = version;
  snapshot_hash_ = digest;
  bundle_.snapshot = std::move(file);
  return true;
}

Result<bool> Trust::take_delta(const DirectoryDelta& delta, TrustChange& change) {
  if (!bundle_.snapshot || delta.result == snapshot_hash_) return false;
  if (delta.base != snapshot_hash_) return refused("delta: for another directory than this one");
  XJ_TRY(Bytes body, apply_delta(bundle_.snapshot->body, delta));
  if (hash(body) != delta.result) return corrupt("delta: what comes out is not what was signed");
  XJ_TRY(const bool taken, take_snapshot({std::move(body), delta.signatures}, change));
  if (!taken) return false;
  bundle_.deltas.push_back(delta);
  if (bundle_.deltas.size() > kDeltasKept) bundle_.deltas.erase(bundle_.deltas.begin());
  return true;
}

Result<bool> Trust::take_timestamp(const SignedDirectory& file, TrustChange& change) {
  if (bundle_.timestamp && file.body == bundle_.timestamp->body) return false;
  XJ_TRY(const TimestampBody next, decode_timestamp_body(file.body));
  XJ_TRY_VOID(verify_role(file, root_.role(Role::kTimestamp), "timestamp"));
  if (timestamp_ && next.version < timestamp_->version) return false;  // it came the long way
  if (!bundle_.frozen.empty()) return refused("timestamp: nothing newer is believed: " + frozen());
  if (timestamp_ && next.version == timestamp_->version) {
    freeze(change, "fork: two timestamps of " + version_text(next.version) +
                       ", both signed; the holders must make a new root");
    return false;
  }
  if (timestamp_ &&
      (next.snapshot_version < timestamp_->snapshot_version || next.created < timestamp_->created))
    return refused("timestamp: names an older directory than the one before it");
  if (next.snapshot_version == snapshot_version_ && next.snapshot != snapshot_hash_) {
    freeze(change, "fork: the timestamp names another directory of " +
                       version_text(snapshot_version_) + " than is known here");
    return false;
  }
  timestamp_ = next;
  timestamp_hash_ = hash(file.body);
  bundle_.timestamp = file;
  return true;
}

Result<bool> Trust::take_denial(const SignedDirectory& file) {
  const Hash digest = hash(file.body);
  for (const SignedDirectory& known : bundle_.denials)
    if (known.body == file.body) return false;
  XJ_TRY(DenialBody denial, decode_denial_body(file.body));
  XJ_TRY_VOID(verify_role(file, root_.role(Role::kDeny), "denial"));
  if (bundle_.denials.size() >= kDenialsMax) return refused("denial: more than are kept");
  const auto at = std::ranges::lower_bound(bundle_.denials, digest, {}, fingerprint);
  denials_.insert(denials_.begin() + (at - bundle_.denials.begin()), std::move(denial));
  bundle_.denials.insert(at, file);
  return true;
}

void Trust::drop_stale_denials() {
  for (std::size_t i = bundle_.denials.size(); i-- > 0;) {
    if (verify_role(bundle_.denials[i], root_.role(Role::kDeny), "denial")) continue;
    bundle_.denials.erase(bundle_.denials.begin() + static_cast<std::ptrdiff_t>(i));
    denials_.erase(denials_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

Result<Trust> Trust::open(const DirectoryBundle& bundle, const Hash& anchor) {
  const auto first = std::ranges::find(bundle.roots, anchor, fingerprint);
  if (first == bundle.roots.end())
    return refused("directory: holds no root with the fingerprint " + spoken(anchor) +
                   "; compare the configured one with what the holders publish");
  Trust trust;
  XJ_TRY(trust.root_, decode_root_body(first->body));
  XJ_TRY_VOID(verify_role(*first, trust.root_.role(Role::kRoot), "root"));
  trust.bundle_.roots = {*first};
  DirectoryBundle rest = bundle;
  rest.roots.erase(rest.roots.begin(), rest.roots.begin() + (first - bundle.roots.begin()) + 1);
  rest.deltas.clear();
  TrustChange change = trust.take(rest);
  if (!change.fork.empty()) return refused("directory: " + change.fork);
  if (!change.refused.empty()) return refused("directory: " + change.refused.front());
  trust.bundle_.deltas = bundle.deltas;
  trust.bundle_.frozen = bundle.frozen;
  return trust;
}

TrustChange Trust::take(const DirectoryBundle& news) {
  TrustChange change;
  const auto note = [&](const Result<bool>& taken, bool& flag) {
    if (!taken)
      change.refused.push_back(taken.error().text);
    else
      flag = flag || *taken;
  };
  for (const SignedDirectory& root : news.roots) note(take_root(root, change), change.root);
  // The timestamp first: a snapshot that it names with another hash is then seen.
  if (news.timestamp) note(take_timestamp(*news.timestamp, change), change.timestamp);
  for (const DirectoryDelta& delta : news.deltas)
    if (delta.base == snapshot_hash_) note(take_delta(delta, change), change.snapshot);
  if (news.snapshot) {
    const Bytes before = bundle_.snapshot ? bundle_.snapshot->body : Bytes{};
    bool taken = false;
    note(take_snapshot(*news.snapshot, change), taken);
    change.snapshot = change.snapshot || taken;
    if (taken && !before.empty()) {
      // So that others who have what was here before are sent little.
      if (auto delta = make_delta(before, bundle_.snapshot->body)) {
        delta->base = hash(before);
        delta->result = snapshot_hash_;
        delta->signatures = bundle_.snapshot->signatures;
        bundle_.deltas.push_back(std::move(*delta));
        if (bundle_.deltas.size() > kDeltasKept) bundle_.deltas.erase(bundle_.deltas.begin());
      }
    }
  }
  for (const SignedDirectory& denial : news.denials) note(take_denial(denial), change.denials);
  return change;
}

Hash Trust::root_fingerprint() const {
  return fingerprint(bundle_.roots.back());
}

Hash Trust::denials_hash() const {
  if (bundle_.denials.empty()) return {};
  Hasher hasher;
  for (const SignedDirectory& one : bundle_.denials) hasher.add(fingerprint(one));
  return hasher.finish();
}

WallTime Trust::fresh_until() const {
  if (!timestamp_ || timestamp_->snapshot_version > snapshot_version_) return {};
  return timestamp_->expires;
}

DirectoryBundle Trust::news_for(std::uint64_t root_version, const Hash& snapshot_hash,
                                const Hash& denials_hash) const {
  DirectoryBundle out;
  for (std::size_t i = 0; i < bundle_.roots.size(); ++i)
    if (root_.version - (bundle_.roots.size() - 1 - i) > root_version)
      out.roots.push_back(bundle_.roots[i]);
  out.timestamp = bundle_.timestamp;
  if (denials_hash != this->denials_hash()) out.denials = bundle_.denials;
  if (!bundle_.snapshot || snapshot_hash == snapshot_hash_) return out;
  const auto from = std::ranges::find(bundle_.deltas, snapshot_hash, &DirectoryDelta::base);
  if (from != bundle_.deltas.end() && bundle_.deltas.back().result == snapshot_hash_)
    out.deltas.assign(from, bundle_.deltas.end());
  else
    out.snapshot = bundle_.snapshot;
  return out;
}

}  // namespace xianjie::crypto
