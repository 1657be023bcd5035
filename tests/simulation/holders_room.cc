#include "tests/simulation/holders_room.h"

#include "tests/simulation/courier.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/simulation.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kTimestampEvery = hours(12);
constexpr Duration kSilentMax = days(3);

}  // namespace

HoldersRoom::HoldersRoom(World& world, std::uint64_t seed)
    : world_(world), random_(seed), holders_(seed + 1) {
  contents_ = nation_of(world.options.offices).contents();
  world.keys->publish_ahead(contents_);
  contents_.header.created = world_.timeline.start() - days(1);
  contents_.header.valid_until = world_.timeline.start() + days(60);
  roots_ = {holders_.next_root(contents_.header.created)};
  first_.roots = roots_;
  newest_ = holders_.sign_snapshot(encode_directory_body(contents_));
  first_.snapshot = newest_;
  first_.timestamp = holders_.next_timestamp(newest_, world_.timeline.start());
  anchor_ = crypto::fingerprint(first_.roots.front());
}

OfficeId HoldersRoom::anybody() {
  auto at = world_.offices.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_.below(world_.offices.size())));
  return at->first;
}

void HoldersRoom::sign_timestamp() {
  if (silent_) return;
  DirectoryBundle news;
  news.timestamp = holders_.next_timestamp(newest_, world_.timeline.now());
  world_.offices.begin()->second->import(news);
}

void HoldersRoom::publish() {
  ++contents_.header.version;
  contents_.header.created = world_.timeline.now();
  // Something small differs, as it does when an office gets another line.
  contents_.offices.back().name += "'";
  newest_ = holders_.sign_snapshot(encode_directory_body(contents_));
  DirectoryBundle news;
  news.roots = roots_;  // an office that a fork froze believes nothing without them
  news.snapshot = newest_;
  news.timestamp = holders_.next_timestamp(newest_, world_.timeline.now());
  OfficeId to = random_.below(2) == 0 ? anybody() : world_.offices.begin()->first;
  while (!world_.offices.at(to)->running()) to = anybody();  // they see whether it was taken
  world_.offices.at(to)->import(news);
}

void HoldersRoom::revoke(OfficeId office, WallTime since, const OfficeKeySet& next) {
  auto& keys = tests::record_of(contents_, office).keys;
  keys[0].revoked = true;
  keys[0].revoked_at = since;
  keys.push_back(next);
  publish();
}

void HoldersRoom::plan_change(WallTime when, const OfficeChange& change) {
  world_.timeline.at(when, [this, change] {
    contents_.header.changes.push_back(change);
    std::ranges::sort(contents_.header.changes, {}, &OfficeChange::effective);
    publish();
  });
  world_.timeline.at(change.effective, [this, now = change.effective] {
    auto directory = must(world_, anybody(), DirectoryFile::open(newest_.body));
    world_.snapshot = broker::DirectorySnapshot::make(
        must(world_, anybody(), routing::Directory::open(std::move(directory), {}, now)));
  });
}

void HoldersRoom::new_root() {
  roots_.push_back(holders_.next_root(world_.timeline.now()));
  DirectoryBundle news;
  news.roots = roots_;  // who brought the one before may have found nobody in
  world_.offices.at(anybody())->import(news);
}

void HoldersRoom::fork() {
  DirectoryContents other = contents_;
  other.offices.front().name += "?";
  DirectoryBundle news;
  news.snapshot = holders_.sign_snapshot(encode_directory_body(other));
  SimOffice& office = *world_.offices.at(anybody());
  const bool same =
      office.running() && office.sync().trust().snapshot_version() == contents_.header.version;
  office.import(news);
  if (same && office.running() && office.sync().trust().frozen().empty())
    violated(world_, office.id(), "a second directory of one version froze nothing");
}

void HoldersRoom::bring_old() {
  DirectoryBundle news = first_;
  world_.offices.at(anybody())->import(news);
}

void HoldersRoom::carry() {
  const auto& directory = world_.snapshot->directory;
  for (const auto& [id, office] : world_.offices) {
    const OfficeId parent = directory.parent(id);
    if (!parent.is_set() || !world_.courier->only_by_hand(parent, id)) continue;
    SimOffice& above = *world_.offices.at(parent);
    if (above.running()) office->import(above.sync().trust().bundle());
    if (office->running()) above.import(office->sync().trust().bundle());
  }
}

void HoldersRoom::plan(WallTime healing, WallTime end) {
  Timeline& timeline = world_.timeline;
  for (WallTime when = timeline.start() + kTimestampEvery; when < end;
       when = when + kTimestampEvery)
    timeline.at(when, [this] { sign_timestamp(); });
  for (WallTime when = timeline.start() + hours(11); when < end; when = when + hours(11))
    timeline.at(when, [this] { carry(); });
  const Duration open = healing - timeline.start();
  const auto sometime = [&](auto act) {
    timeline.at(timeline.start() + up_to(random_, open), act);
  };
  for (std::uint64_t k = random_.below(4); k > 0; --k) sometime([this] { publish(); });
  for (std::uint64_t k = random_.below(3); k > 0; --k) sometime([this] { new_root(); });
  for (std::uint64_t k = random_.below(3); k > 0; --k) sometime([this] { fork(); });
  for (std::uint64_t k = random_.below(4); k > 0; --k) sometime([this] { bring_old(); });
  if (random_.below(3) == 0) {
    const WallTime from = timeline.start() + up_to(random_, open);
    timeline.at(from, [this] { silent_ = true; });
    timeline.at(std::min(from + up_to(random_, kSilentMax), healing), [this] {
      silent_ = false;
      sign_timestamp();
    });
  }
  timeline.at(healing + minutes(10), [this] {
    new_root();
    publish();
  });
}

void HoldersRoom::check_finished() const {
  for (const auto& [id, office] : world_.offices) {
    const crypto::Trust& trust = office->sync().trust();
    if (trust.snapshot_version() != contents_.header.version ||
        trust.root().version != holders_.root_version || !trust.frozen().empty())
      violated(world_, id,
               "believes directory " + std::to_string(trust.snapshot_version()) + " under root " +
                   std::to_string(trust.root().version) + " in the end, the newest is " +
                   std::to_string(contents_.header.version) + " under " +
                   std::to_string(holders_.root_version));
  }
}

}  // namespace xianjie::simulation
