#include "tests/simulation/courier.h"

#include "broker/consignments.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr double kLost = 0.12, kTwice = 0.1, kLate = 0.1, kUnwritten = 0.05;
constexpr Duration kLateMax = days(3);
constexpr Duration kAgain = hours(1);  // a disk lies on the desk of an office that is down
constexpr Duration kWritingMax = seconds(90);

}  // namespace

Duration Courier::Route::every() const {
  if (wired) return hours(20);
  return channel == ChannelClass::kFerry ? minutes(30) : hours(4);
}
Duration Courier::Route::way() const {
  return channel == ChannelClass::kFerry ? minutes(5) : hours(4);
}
Duration Courier::Route::expires() const {
  return channel == ChannelClass::kFerry ? hours(3) : hours(wired ? 60 : 20);
}

void Courier::add_route(OfficeId a, OfficeId b, ChannelClass channel, bool wired) {
  routes_[Network::pair_of(a, b)] = {channel, wired};
}

std::map<OfficeId, Courier::Route> Courier::routes_of(OfficeId office) const {
  std::map<OfficeId, Route> out;
  for (const auto& [pair, route] : routes_)
    if (pair.first == office || pair.second == office)
      out[pair.first == office ? pair.second : pair.first] = route;
  return out;
}

bool Courier::only_by_hand(OfficeId a, OfficeId b) const {
  const auto found = routes_.find(Network::pair_of(a, b));
  return found != routes_.end() && !found->second.wired;
}

void Courier::take(const Disk& disk) {
  const Route& route = routes_.at(Network::pair_of(disk.manifest.from, disk.manifest.to));
  ++carried_;
  if (world_.faulty && chance(random_, kLost)) return;
  const bool late = world_.faulty && chance(random_, kLate);
  const bool twice = world_.faulty && chance(random_, kTwice);
  world_.timeline.in(up_to(random_, late ? kLateMax : route.way()), [this, disk] { bring(disk); });
  if (twice) world_.timeline.in(up_to(random_, kLateMax), [this, disk] { bring(disk); });
}

void Courier::bring(const Disk& disk) {
  SimOffice& office = *world_.offices.at(disk.manifest.to);
  if (office.running() != nullptr) return office.application().media().import(disk);
  world_.timeline.in(kAgain, [this, disk] { bring(disk); });
}

void MediaClerk::started() {
  for (const auto& [to, route] : people_.world().courier->routes_of(people_.id()))
    people_.in_this_life(up_to(people_.random(), route.every()),
                         [this, to, route] { plan_export(to, route); });
}

void MediaClerk::plan_export(OfficeId to, Courier::Route route) {
  people_.in_this_life(route.every(), [this, to, route] { plan_export(to, route); });
  const auto txn = people_.read();
  if (!must(people_.world(), people_.id(),
            broker::waits_for_consignment(*txn, *people_.office().running(), to, route.channel,
                                          people_.office().now())))
    return;
  broker::Export event;
  event.neighbour = to;
  event.channel = route.channel;
  event.expires = people_.now() + route.expires();
  people_.post(event, [this, event](const broker::Reply& reply) {
    if (!reply.result) return;  // it went by a wire meanwhile
    people_.world().watcher->consigned(people_.office(), event.neighbour, event.channel,
                                       reply.consigned);
    write(event, reply.consigned);
  });
}

// The disk exists before the daemon hears so: a crash in between leaves one that nobody counts on.
void MediaClerk::write(const broker::Export& asked, const broker::Consigned& consigned) {
  Courier::Disk disk;
  disk.manifest.to = asked.neighbour;
  disk.manifest.store_epoch = people_.office().running()->epoch();
  disk.manifest.number = consigned.number;
  disk.manifest.channel = asked.channel;
  disk.manifest.created = people_.now();
  disk.manifest.expires = asked.expires;
  disk.frames = consigned.frames;
  for (const Bytes& frame : disk.frames)
    disk.manifest.files.push_back({frame.size(), crypto::hash(frame)});
  disk.signed_one =
      crypto::sign_consignment(disk.manifest, people_.office().running()->keys().current());
  disk.manifest =
      must(people_.world(), people_.id(), decode_consignment_body(disk.signed_one.body));
  const bool fails = people_.world().faulty && chance(people_.random(), kUnwritten);
  people_.in_this_life(up_to(people_.random(), kWritingMax), [this, disk, fails] {
    if (!fails) people_.world().courier->take(disk);
    people_.give(broker::Exported{disk.manifest.to, disk.manifest.number, !fails});
  });
}

void MediaClerk::import(const Courier::Disk& disk) {
  const broker::Broker& broker = *people_.office().running();
  const Consignment& manifest = disk.manifest;
  const Now now = people_.office().now();
  if (const auto good = broker::check_consignment(disk.signed_one, manifest, broker.snapshot(),
                                                  people_.id(), now, broker.options().skew);
      !good) {
    const std::string& why = good.error().text;
    // A stolen key may have signed it: it is given anew, under the next one, which whoever takes it
    // may have to hear of first.
    if (why.starts_with("unknown_key"))
      return people_.in_this_life(hours(1), [this, disk] { import(disk); });
    const bool stolen = why.starts_with("revoked_key") && people_.world().keys->any_stolen();
    if (!stolen && !why.starts_with("expired: "))
      violated(people_.world(), people_.id(), "a disk is refused: " + good.error().text);
    return;
  }
  broker::StatementCache cache;
  people_.give(broker::LinkUp{manifest.from, manifest.channel, manifest.channel});
  for (std::size_t k = 0; k < disk.frames.size(); ++k) {
    auto frame =
        must(people_.world(), people_.id(),
             broker::check_consigned_frame(disk.frames[k], k, manifest, people_.snapshot(), cache));
    people_.world().watcher->arrived(people_.office(), manifest.from, frame);
    people_.give(broker::FrameArrived{manifest.from, std::move(frame), manifest.channel});
  }
  people_.give(broker::LinkDown{manifest.from, manifest.channel});
  broker::Imported done;
  done.neighbour = manifest.from;
  done.channel = manifest.channel;
  done.store_epoch = manifest.store_epoch;
  done.number = manifest.number;
  done.expires = manifest.expires;
  people_.post(done, good(people_));
  // A crash before the turn is over: the disk is still on the desk.
  people_.world().timeline.in(kAgain, [this, disk, life = people_.life()] {
    if (life != people_.life()) people_.world().courier->bring(disk);
  });
}

}  // namespace xianjie::simulation
