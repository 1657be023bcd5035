#include "node/daemon/directory_keeper.h"

#include <algorithm>

#include "adapters/files.h"
#include "adapters/holder_key_file.h"
#include "node/daemon/log.h"
#include "node/office/expiries.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr Duration kKeepTimestampEvery =
    minutes(6 * 60);  // in the file; neighbours have newer ones
constexpr Duration kWarnEvery = minutes(10);
// A rehearsal's virtual hours run away: at most one in so many real seconds.
constexpr double kRehearsalTimestampSeconds = 0.5;
constexpr Duration kTimestampEveryMax = minutes(6 * 60);  // a quarter of its lifetime

json until_or_null(WallTime time) {
  return time.is_set() ? json(to_text(time)) : json(nullptr);
}

}  // namespace

DirectoryKeeper::DirectoryKeeper(broker::DirectorySync sync, const Config& config)
    : sync_(std::move(sync)), file_(config.directory), self_(config.office) {
  if (config.rehearsal)
    timestamp_every_ = std::clamp(Duration{static_cast<std::int64_t>(
                                      1000 * kRehearsalTimestampSeconds * config.rehearsal->rate)},
                                  kTimestampEvery, kTimestampEveryMax);
  if (const auto& timestamp = sync_.trust().timestamp()) kept_timestamp_ = timestamp->created;
}

Result<DirectoryKeeper> DirectoryKeeper::open(const Config& config) {
  const auto named = [&](const Error& error) {
    return fail(error.code, config.directory.string() + ": " + error.text);
  };
  XJ_TRY(const Bytes bytes, adapters::read_file(config.directory, kBundleBytesMax));
  auto bundle = decode_directory_bundle(bytes);
  if (!bundle) return named(bundle.error());
  auto trust = crypto::Trust::open(*bundle, config.root);
  if (!trust) return named(trust.error());
  auto sync = broker::DirectorySync::open(std::move(*trust));
  if (!sync) return named(sync.error());
  if (config.rehearsal && !sync->trust().root().rehearsal)
    return refused(config.file.string() + ": rehearsal: the directory is not marked rehearsal");
  DirectoryKeeper keeper(std::move(*sync), config);
  if (!config.timestamp_key.empty()) {
    XJ_TRY(keeper.timestamp_key_, adapters::read_holder_key(config.timestamp_key));
    const auto& keys = keeper.sync_.trust().root().role(Role::kTimestamp).keys;
    if (std::ranges::find(keys, keeper.timestamp_key_->public_key) == keys.end())
      return refused(config.timestamp_key.string() +
                     ": the root does not name this key for timestamps");
  }
  return keeper;
}

void DirectoryKeeper::apply(broker::SyncEffects effects) {
  sends_.insert(sends_.end(), std::make_move_iterator(effects.sends.begin()),
                std::make_move_iterator(effects.sends.end()));
  keep_ = keep_ || effects.keep;
  changed_ = changed_ || effects.changed;
  snapshot_moved_ = snapshot_moved_ || effects.snapshot_moved;
  for (std::string& text : effects.alarms) alarms_.push_back(std::move(text));
  for (std::string& text : effects.refused) {
    log(LogEvent::kDirectoryRefused, text);
    refused_.push_back(std::move(text));
  }
}

void DirectoryKeeper::on_up(broker::LinkId link, ChannelClass proved) {
  // A list of offices is no public matter (routing/kinds.h).
  if (routing::record_allowed(Kind::kDirectoryUpdate, proved, self_.type(), link.neighbour.type()))
    apply(sync_.on_up(link));
}

void DirectoryKeeper::on_down(broker::LinkId link) {
  sync_.on_down(link);
}

bool DirectoryKeeper::on_frame(broker::LinkId link, const broker::CheckedFrame& frame,
                               const Now& now) {
  if (const auto* news = std::get_if<DirectoryNews>(&frame))
    apply(sync_.on_frame(link, *news, now));
  else if (const auto* wanted = std::get_if<DirectoryWanted>(&frame))
    apply(sync_.on_frame(link, *wanted, now));
  else if (const auto* part = std::get_if<DirectoryPart>(&frame))
    apply(sync_.on_frame(link, *part, now));
  else
    return false;
  refused_.clear();  // logged; only an import is answered
  return true;
}

json DirectoryKeeper::import(const DirectoryBundle& news, const Now& now) {
  const auto versions = [&] {
    const crypto::Trust& trust = sync_.trust();
    return std::tuple{trust.root().version, trust.snapshot_version(),
                      trust.timestamp() ? trust.timestamp()->version : 0, trust.denials().size()};
  };
  const auto [root, snapshot, timestamp, denials] = versions();
  refused_.clear();
  apply(sync_.import(news, now));
  const auto [new_root, new_snapshot, new_timestamp, new_denials] = versions();
  json out{{"root", {{"before", root}, {"now", new_root}}},
           {"snapshot", {{"before", snapshot}, {"now", new_snapshot}}},
           {"timestamp", {{"before", timestamp}, {"now", new_timestamp}}},
           {"denials", {{"before", denials}, {"now", new_denials}}},
           {"refused", refused_},
           {"alarms", alarms_}};
  refused_.clear();
  return out;
}

void DirectoryKeeper::sign_when_due(const Now& now) {
  if (!timestamp_key_ || !now.wall_trusted || sync_.trust().snapshot_version() == 0) return;
  const auto& last = sync_.trust().timestamp();
  const bool names_it = last && last->snapshot_version == sync_.trust().snapshot_version() &&
                        last->root_version == sync_.trust().root().version;
  if (last && names_it && now.wall < last->created + timestamp_every_) return;
  DirectoryBundle bundle;
  bundle.timestamp = sync_.make_timestamp(*timestamp_key_, now.wall);
  apply(sync_.import(bundle, now));
  refused_.clear();
  // In the file before anybody hears of it: after a death the same version would be signed again,
  // another one, and everybody would take the two for a fork.
  keep_ = true;
}

void DirectoryKeeper::warn(const Now& now, Moved& moved) {
  if (!now.wall_trusted || (now.wall < warn_next_ && !moved.snapshot)) return;
  warn_next_ = now.wall + kWarnEvery;
  for (const Expiry& expiry :
       expiries(sync_.trust(), sync_.snapshot()->directory, self_, now.wall)) {
    int& told = warned_[expiry.what];
    if (expiry.stage > told) moved.alarms.push_back(warning(expiry, now.wall));
    told = expiry.stage;
  }
}

Result<DirectoryKeeper::Moved> DirectoryKeeper::turn(const Now& now, broker::Transport& transport) {
  apply(sync_.on_time(now));
  sign_when_due(now);
  const auto& timestamp = sync_.trust().timestamp();
  if (timestamp && timestamp->created >= kept_timestamp_ + kKeepTimestampEvery) keep_ = true;
  if (keep_) {
    XJ_TRY_VOID(adapters::write_file_atomically(file_, encode(sync_.trust().bundle())));
    keep_ = false;
    if (timestamp) kept_timestamp_ = timestamp->created;
  }
  for (const broker::Send& send : std::exchange(sends_, {}))
    transport.send(send.neighbour, send.channel, send.frame);
  Moved moved{std::exchange(snapshot_moved_, false), std::exchange(changed_, false),
              std::exchange(alarms_, {})};
  warn(now, moved);
  return moved;
}

std::optional<Instant> DirectoryKeeper::next_wakeup() const {
  return sync_.next_wakeup();
}

WallTime DirectoryKeeper::next_wall_wakeup() const {
  WallTime next = warn_next_;
  const auto& last = sync_.trust().timestamp();
  if (timestamp_key_ && last) next = std::min(next, last->created + timestamp_every_);
  if (const WallTime planned = sync_.next_change(); planned.is_set())
    next = std::min(next, planned);
  return next;
}

json DirectoryKeeper::status(OfficeId self, const Now& now) const {
  const crypto::Trust& trust = sync_.trust();
  json roles = json::array();
  for (const Expiry& one : expiries(trust, sync_.snapshot()->directory, self, now.wall))
    roles.push_back({{"what", one.what},
                     {"detail", one.detail},
                     {"until", until_or_null(one.until)},
                     {"left", time_left(one.until, now.wall)},
                     {"over", one.over},
                     {"warning", one.stage > 0},
                     {"means", one.means},
                     {"means_zh", one.means_zh},
                     {"who_acts", one.who_acts},
                     {"who_acts_zh", one.who_acts_zh}});
  const auto fresh = sync_.freshness();
  return {{"root_version", trust.root().version},
          {"root_fingerprint", to_hex(trust.root_fingerprint())},
          {"snapshot_version", trust.snapshot_version()},
          {"snapshot_hash", to_hex(trust.snapshot_hash())},
          {"timestamp_version", trust.timestamp() ? trust.timestamp()->version : 0},
          {"denials", trust.denials().size()},
          {"frozen", trust.frozen()},
          {"rehearsal", trust.root().rehearsal},
          {"gates_may_open", fresh.gates(now)},
          {"forwards", fresh.forwards(now)},
          {"expiries", roles}};
}

}  // namespace xianjie::node
