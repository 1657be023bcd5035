#include "tests/simulation/courier.h"

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

void Courier::take(OfficeId from, OfficeId to, std::vector<Bytes> frames) {
  const Route& route = routes_.at(Network::pair_of(from, to));
  ++carried_;
  if (world_.faulty && chance(random_, kLost)) return;
  const bool late = world_.faulty && chance(random_, kLate);
  const bool twice = world_.faulty && chance(random_, kTwice);
  const auto carry = [&](Duration way) {
    world_.timeline.in(way, [this, from, to, channel = route.channel, frames] {
      bring(from, to, channel, frames);
    });
  };
  carry(up_to(random_, late ? kLateMax : route.way()));
  if (twice) carry(up_to(random_, kLateMax));
}

void Courier::bring(OfficeId from, OfficeId to, ChannelClass channel,
                    const std::vector<Bytes>& frames) {
  SimOffice& office = *world_.offices.at(to);
  if (office.running() == nullptr) {
    world_.timeline.in(kAgain,
                       [this, from, to, channel, frames] { bring(from, to, channel, frames); });
    return;
  }
  office.application().media().import(from, channel, frames);
}

void MediaClerk::started() {
  for (const auto& [to, route] : people_.world().courier->routes_of(people_.id()))
    people_.in_this_life(up_to(people_.random(), route.every()),
                         [this, to, route] { plan_export(to, route); });
}

void MediaClerk::plan_export(OfficeId to, Courier::Route route) {
  people_.in_this_life(route.every(), [this, to, route] { plan_export(to, route); });
  broker::Export event;
  event.neighbour = to;
  event.channel = route.channel;
  event.expires = people_.now() + route.expires();
  people_.post(event, [this, to, route](const broker::Reply& reply) {
    if (!reply.result) return;  // nothing waits, or the clock is not trusted
    people_.world().watcher->consigned(people_.office(), to, route.channel, reply.consigned);
    write(to, reply.consigned);
  });
}

// The disk exists before the daemon hears so: a crash in between leaves one that nobody counts on.
void MediaClerk::write(OfficeId to, const broker::Consigned& consigned) {
  const bool fails = people_.world().faulty && chance(people_.random(), kUnwritten);
  people_.in_this_life(up_to(people_.random(), kWritingMax), [this, to, consigned, fails] {
    if (!fails) people_.world().courier->take(people_.id(), to, consigned.frames);
    people_.give(broker::Exported{to, consigned.number, !fails});
  });
}

void MediaClerk::import(OfficeId from, ChannelClass channel, const std::vector<Bytes>& frames) {
  people_.give(broker::LinkUp{from, channel, channel});
  for (const Bytes& frame : frames) people_.office().frame(from, channel, frame);
  people_.give(broker::LinkDown{from, channel});
}

}  // namespace xianjie::simulation
