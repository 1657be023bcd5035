#include "tests/simulation/clone.h"

#include "tests/simulation/office.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kHelloEvery = minutes(1);

}  // namespace

Clone::Clone(World& world, SimOffice& first, std::uint64_t seed, WallTime until)
    : world_(world),
      first_(first),
      until_(until),
      connection_(seed | 1U),
      store_(first.store()),
      snapshot_(first.sync().snapshot()) {
  broker::BrokerOptions options;
  options.store_bytes = world_.faults.store_bytes;
  options.fresh_epoch = seed | 1U;
  options.instance = ~seed | 1U;
  broker_ =
      must(world_, first_.id(), broker::Broker::open(store_, first_.ring(), snapshot_, options));
  world_.clones[first_.id()] = this;
  say_hello();
}

void Clone::say_hello() {
  if (stopped_ || world_.timeline.now() >= until_) {
    world_.clones.erase(first_.id());
    return;
  }
  for (const Network::Line& line : world_.network.connected(first_.id())) {
    const OfficeId other = line.pair.first == first_.id() ? line.pair.second : line.pair.first;
    step({broker::LinkDown{other, line.channel},
          broker::LinkUp{other, line.channel, line.channel, Proof::kProved}});
  }
  world_.timeline.in(kHelloEvery, [this] { say_hello(); });
}

void Clone::answered(OfficeId neighbour, ChannelClass channel, const Bytes& bytes) {
  if (stopped_) return;
  auto frame = must(world_, first_.id(), broker::check_frame(bytes, *snapshot_, cache_));
  if (std::holds_alternative<Hello>(frame) || std::holds_alternative<Refusal>(frame))
    step({broker::FrameArrived{neighbour, std::move(frame), channel}});
  else
    violated(world_, neighbour, "gives something to a second " + to_text(first_.id()));
}

void Clone::step(std::vector<broker::Event> events) {
  const auto effects = must(world_, first_.id(), broker_->step(events, first_.now()));
  for (const broker::Send& send : effects.sends) {
    const auto frame = must(world_, first_.id(), decode_frame(send.frame));
    if (!std::holds_alternative<Hello>(frame))
      violated(world_, first_.id(), "its clone says " + std::string(frame_name(frame)));
    world_.timeline.in(milliseconds(5), [this, send] {
      world_.offices.at(send.neighbour)->beside(first_.id(), send.channel, send.frame, connection_);
    });
  }
  for (const std::string& alarm : effects.alarms)
    if (alarm.starts_with("clone: ")) ++world_.clones_refused;
  if (!effects.delivered.empty()) violated(world_, first_.id(), "its clone gets mail");
}

}  // namespace xianjie::simulation
