#include "broker/directory_sync.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "crypto/statement.h"
#include "routing/kinds.h"
#include "schemas/limits.h"

namespace xianjie::broker {
namespace {

constexpr Duration kAskAgain = seconds(10);
constexpr Duration kUselessFor = minutes(10);

// What the other end has that this one lacks, or might.
bool is_ahead(const DirectoryNews& theirs, const DirectoryNews& ours) {
  return theirs.root_version > ours.root_version ||
         (theirs.root_version == ours.root_version &&
          theirs.snapshot_version > ours.snapshot_version) ||
         (theirs.denials != Hash{} && theirs.denials != ours.denials);
}

// 0: none, or none that can be read.
std::uint64_t timestamp_version(const DirectoryNews& news) {
  const auto file = decode_signed_directory(news.timestamp);
  if (!file) return 0;
  const auto body = decode_timestamp_body(file->body);
  return body ? body->version : 0;
}

bool same(const DirectoryNews& a, const DirectoryNews& b) {
  return a.root_version == b.root_version && a.snapshot_version == b.snapshot_version &&
         a.snapshot == b.snapshot && a.denials == b.denials;
}

Result<std::shared_ptr<const DirectorySnapshot>> open_snapshot(const crypto::Trust& trust,
                                                               WallTime at) {
  XJ_TRY(auto file, DirectoryFile::open(trust.snapshot_body()));
  XJ_TRY(auto directory, routing::Directory::open(std::move(file), trust.denials(), at));
  return DirectorySnapshot::make(std::move(directory));
}

}  // namespace

Result<DirectorySync> DirectorySync::open(crypto::Trust trust, WallTime at) {
  if (!trust.has_snapshot()) return refused("directory: holds a root and no list of offices");
  DirectorySync sync(std::move(trust), at);
  XJ_TRY(const auto file, DirectoryFile::open(sync.trust_.snapshot_body()));
  XJ_TRY_VOID(routing::Directory::check_all(file));
  XJ_TRY(sync.snapshot_, open_snapshot(sync.trust_, at));
  return sync;
}

Freshness DirectorySync::freshness() const {
  Freshness out;
  out.timestamp_until = trust_.fresh_until();
  out.root_until = trust_.root().expires;
  const WallTime until = snapshot_->directory.header().valid_until;
  if (trust_.snapshot_version() == 0)
    out.snapshot_until = WallTime{1};  // signed by nobody who still may: as if it were over
  else if (until.is_set())
    out.snapshot_until = until;
  return out;
}

DirectoryNews DirectorySync::news() const {
  DirectoryNews out;
  out.root_version = trust_.root().version;
  out.snapshot_version = trust_.snapshot_version();
  out.snapshot = trust_.snapshot_hash();
  out.denials = trust_.denials_hash();
  if (trust_.bundle().timestamp) out.timestamp = encode(*trust_.bundle().timestamp);
  return out;
}

void DirectorySync::tell_all(SyncEffects& effects, std::optional<LinkId> but) {
  const Bytes frame = encode(Frame(news()));
  for (const auto& [link, theirs] : links_)
    if (link != but) effects.sends.push_back({link.neighbour, frame, link.channel});
}

void DirectorySync::ask(SyncEffects& effects, LinkId link, const Now& now) {
  if (!asking_ || asking_->link != link) asking_ = Asking{link, now.instant, {}, 0, {}};
  asking_->asked = now.instant;
  const DirectoryNews ours = news();
  const DirectoryWanted wanted{ours.root_version, ours.snapshot, ours.denials,
                               static_cast<std::uint32_t>(asking_->bytes.size())};
  effects.sends.push_back({link.neighbour, encode(Frame(wanted)), link.channel});
}

void DirectorySync::ask_anybody(SyncEffects& effects, const Now& now) {
  for (const auto& [link, theirs] : links_) {
    if (asking_ || !may_help(theirs)) continue;
    const auto useless = useless_.find(link.neighbour);
    if (useless == useless_.end() || !same(useless->second.news, theirs) ||
        now.instant >= useless->second.again)
      ask(effects, link, now);
  }
}

bool DirectorySync::may_help(const DirectoryNews& theirs) const {
  const DirectoryNews ours = news();
  if (!is_ahead(theirs, ours)) return false;
  // Frozen: another list of offices is not believed before a new root.
  return trust_.frozen().empty() || theirs.root_version > ours.root_version ||
         (theirs.denials != Hash{} && theirs.denials != ours.denials);
}

bool DirectorySync::take(SyncEffects& effects, const DirectoryBundle& bundle,
                         std::optional<LinkId> from) {
  crypto::Trust next = trust_;
  crypto::TrustChange change = next.take(bundle);
  auto snapshot = snapshot_;
  if (change.snapshot || change.denials || change.root) {
    auto opened = open_snapshot(next, at_);
    const auto file = DirectoryFile::open(next.snapshot_body());
    if (auto sound = file ? routing::Directory::check_all(*file) : Result<>{}; !sound)
      opened = std::unexpected(sound.error());
    if (!opened) {
      // What its holders signed makes no sense: everything stays as it was.
      effects.refused.push_back(opened.error().text);
      return false;
    }
    snapshot = std::move(*opened);
  }
  const std::string who = from ? " (from " + to_text(from->neighbour) + ")" : "";
  for (const std::string& text : change.refused) effects.refused.push_back(text + who);
  if (!change.fork.empty()) {
    effects.alarms.push_back("directory_" + change.fork + who);
    effects.keep = true;
  }
  trust_ = std::move(next);
  if (!change.any()) return false;
  effects.changed = true;
  effects.keep = effects.keep || change.root || change.snapshot || change.denials;
  if (change.snapshot || change.denials || change.root) {
    effects.snapshot_moved = true;
    snapshot_ = std::move(snapshot);
    served_.reset();
    useless_.clear();
  }
  tell_all(effects, from);
  return true;
}

SyncEffects DirectorySync::on_up(LinkId link) {
  SyncEffects effects;
  links_[link] = {};
  effects.sends.push_back({link.neighbour, encode(Frame(news())), link.channel});
  return effects;
}

void DirectorySync::on_down(LinkId link) {
  links_.erase(link);
  if (asking_ && asking_->link == link) asking_.reset();
}

SyncEffects DirectorySync::on_frame(LinkId link, const DirectoryNews& theirs, const Now& now) {
  SyncEffects effects;
  const auto found = links_.find(link);
  if (found == links_.end()) return effects;
  found->second = theirs;
  if (!theirs.timestamp.empty()) {
    DirectoryBundle bundle;
    if (auto timestamp = decode_signed_directory(theirs.timestamp)) {
      bundle.timestamp = std::move(*timestamp);
      // One that only a newer root makes believable comes again with that root.
      if (theirs.root_version <= trust_.root().version) take(effects, bundle, link);
    }
  }
  ask_anybody(effects, now);
  const DirectoryNews ours = news();
  const bool behind = is_ahead(ours, theirs) || timestamp_version(ours) > timestamp_version(theirs);
  // Once: an office that does not follow hears it again with the next news only.
  if (behind && !is_ahead(theirs, ours))
    effects.sends.push_back({link.neighbour, encode(Frame(ours)), link.channel});
  return effects;
}

SyncEffects DirectorySync::on_frame(LinkId link, const DirectoryWanted& wanted, const Now&) {
  SyncEffects effects;
  if (!links_.contains(link)) return effects;
  const bool going_on = served_ && served_->wanted.root_version == wanted.root_version &&
                        served_->wanted.snapshot == wanted.snapshot &&
                        served_->wanted.denials == wanted.denials;
  if (!going_on) {
    Served next;
    next.wanted = wanted;
    next.bytes = encode(trust_.news_for(wanted.root_version, wanted.snapshot, wanted.denials));
    next.hash = crypto::hash(next.bytes);
    served_ = std::move(next);
  }
  const auto total = static_cast<std::uint32_t>(served_->bytes.size());
  const std::uint32_t from = wanted.offset < total ? wanted.offset : 0;
  const std::size_t count = std::min<std::size_t>(kDirectoryPartBytes, total - from);
  const ByteView bytes = ByteView(served_->bytes).subspan(from, count);
  const DirectoryPart part{served_->hash, total, from, to_bytes(bytes)};
  effects.sends.push_back({link.neighbour, encode(Frame(part)), link.channel});
  return effects;
}

SyncEffects DirectorySync::on_frame(LinkId link, const DirectoryPart& part, const Now& now) {
  SyncEffects effects;
  if (!asking_ || asking_->link != link) return effects;
  Asking& asking = *asking_;
  if (asking.bundle != part.bundle) {
    asking.bundle = part.bundle;
    asking.total = part.total;
    asking.bytes.clear();
  }
  if (part.total != asking.total || part.offset != asking.bytes.size()) {
    if (part.offset != 0) return effects;
    asking.bytes.clear();
  }
  asking.bytes.insert(asking.bytes.end(), part.bytes.begin(), part.bytes.end());
  if (asking.bytes.size() < asking.total) {
    ask(effects, link, now);
    return effects;
  }
  const Asking done = std::move(asking);
  asking_.reset();
  const auto bundle = decode_directory_bundle(done.bytes);
  if (crypto::hash(done.bytes) != done.bundle || !bundle)
    effects.refused.push_back("directory: what came from " + to_text(link.neighbour) +
                              " is broken");
  else
    take(effects, *bundle, link);
  const auto theirs = links_.find(link);
  if (theirs != links_.end() && may_help(theirs->second))
    useless_[link.neighbour] = {theirs->second, now.instant + kUselessFor};
  ask_anybody(effects, now);
  return effects;
}

SyncEffects DirectorySync::import(const DirectoryBundle& news, const Now&) {
  SyncEffects effects;
  take(effects, news, std::nullopt);
  return effects;
}

std::optional<Instant> DirectorySync::next_wakeup() const {
  if (asking_) return asking_->asked + kAskAgain;
  std::optional<Instant> next;
  if (useless_.empty()) return next;
  for (const auto& [link, theirs] : links_)
    if (const auto useless = useless_.find(link.neighbour);
        useless != useless_.end() && may_help(theirs))
      if (!next || useless->second.again < *next) next = useless->second.again;
  return next;
}

SyncEffects DirectorySync::on_time(const Now& now) {
  SyncEffects effects;
  if (now.wall_trusted) at_ = std::max(at_, now.wall);
  if (const WallTime planned = next_change(); planned.is_set() && planned <= at_)
    if (auto opened = open_snapshot(trust_, at_)) {  // check_all has looked at it
      snapshot_ = std::move(*opened);
      effects.changed = effects.snapshot_moved = true;
    }
  if (!asking_) {
    ask_anybody(effects, now);
    return effects;
  }
  if (now.instant < asking_->asked + kAskAgain) return effects;
  // Another one that is ahead, if there is one, from the beginning.
  const LinkId silent = asking_->link;
  asking_.reset();
  LinkId next = silent;
  for (const auto& [link, theirs] : links_)
    if (link != silent && may_help(theirs)) next = link;
  if (links_.contains(next)) ask(effects, next, now);
  return effects;
}

SignedDirectory DirectorySync::make_timestamp(const crypto::SigningPair& pair, WallTime now,
                                              Duration lifetime) const {
  TimestampBody body;
  body.version = trust_.timestamp() ? trust_.timestamp()->version + 1 : 1;
  body.created = now;
  body.expires = now + lifetime;
  body.root_version = trust_.root().version;
  body.snapshot_version = trust_.snapshot_version();
  body.snapshot = trust_.snapshot_hash();
  SignedDirectory out{encode_timestamp_body(body), {}};
  out.signatures = {crypto::sign_directory(out.body, pair)};
  return out;
}

}  // namespace xianjie::broker
