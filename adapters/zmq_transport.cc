#include "adapters/zmq_transport.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "adapters/zap.h"
#include "adapters/zmq_dialler.h"
#include "adapters/zmq_listener.h"

namespace xianjie::adapters {
namespace {

constexpr std::size_t kFramesInARow = 16;  // of one socket before the next one has its turn

// What a directory says about the links of this office, checked as a whole before any of it is
// used.
struct Plan {
  std::shared_ptr<const ZapTable> table;
  std::map<OfficeId, ZmqListener::Caller> callers;  // who dials us
  std::map<OfficeId, DialTarget> targets;    // whom we dial
};

Result<Plan> make_plan(const Channel& own, const std::vector<PeerOptions>& peers, bool rehearsal) {
  Plan plan;
  auto table = std::make_shared<ZapTable>();
  for (const PeerOptions& peer : peers) {
    const std::string name = to_text(peer.office);
    auto proof = ChannelProof::make(own, peer.channel, rehearsal);
    if (!proof) return refused("link to " + name + ": " + proof.error().text);
    table->revoked.insert(peer.revoked_keys.begin(), peer.revoked_keys.end());
    if (peer.link_keys.empty()) continue;  // nobody can speak for it now
    if (peer.endpoint.empty()) {
      plan.callers.insert({peer.office, {std::move(*proof), peer.former}});
      for (const PublicKey& key : peer.link_keys)
        if (!table->known.insert({key, peer.office}).second)
          return refused("link to " + name + ": its link key is another office's too");
    } else if (peer.endpoint.starts_with("tcp://")) {
      plan.targets.insert({peer.office, DialTarget{peer.office, peer.endpoint, peer.link_keys,
                                                   std::move(*proof), own.interface}});
    } else {
      return refused("link to " + name + ": endpoint " + peer.endpoint + " is not tcp://HOST:PORT");
    }
  }
  plan.table = std::move(table);
  return plan;
}

}  // namespace

struct ZmqTransport::Impl {
  Impl(ZmqContext made, const ZmqTransportOptions& options)
      : timings(options.timings), channel(options.channel.klass), context(std::move(made)) {
    identity.public_key = options.link_public;
    std::ranges::copy(options.link_secret, identity.secret.span().begin());
  }

  void use(Plan plan, Instant now) {
    zap->swap(std::move(plan.table));
    if (listener) listener->set_peers(std::move(plan.callers), pending);
    std::map<OfficeId, std::unique_ptr<ZmqDialler>> kept;
    for (auto& [office, target] : plan.targets) {
      const auto old = diallers.find(office);
      if (old != diallers.end() && old->second->target() == target)
        kept.insert(diallers.extract(old));
      else
        kept[office] =
            std::make_unique<ZmqDialler>(context, identity, timings, std::move(target), notes);
    }
    for (auto& [office, dialler] : diallers) dialler->hang_up(now, pending);
    diallers = std::move(kept);
    advance(now);
  }

  void advance(Instant now) {
    if (listener) listener->advance(pending);
    for (auto& [office, dialler] : diallers) dialler->advance(now, pending);
  }

  // Reads round-robin, so that one neighbour's flood does not starve the others.
  void read(std::size_t max, Instant now) {
    std::size_t bytes = 0, tries = 0;
    for (const auto& arrival : pending) bytes += arrival.frame.size();
    bool any = true;
    while (any && pending.size() < max && bytes < kTurnBytesMax && tries < 4 * max) {
      const std::size_t before = pending.size();
      const std::size_t tried = tries;
      for (std::size_t n = 0; n < kFramesInARow && listener && listener->read_one(pending); ++n)
        ++tries;
      for (auto& [office, dialler] : diallers)
        for (std::size_t n = 0; n < kFramesInARow && dialler->read_one(now, pending); ++n) ++tries;
      any = tries > tried;
      for (std::size_t at = before; at < pending.size(); ++at) bytes += pending[at].frame.size();
    }
  }

  LinkTimings timings;
  ChannelClass channel;
  LinkIdentity identity;
  LinkNotes notes;
  // Destroyed from below: sockets, then the ZAP thread, then their context.
  ZmqContext context;
  std::unique_ptr<ZapHandler> zap;
  std::optional<ZmqListener> listener;
  std::map<OfficeId, std::unique_ptr<ZmqDialler>> diallers;
  Arrivals pending;
};

ZmqTransport::ZmqTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZmqTransport::~ZmqTransport() = default;

Result<std::unique_ptr<ZmqTransport>> ZmqTransport::open(const ZmqTransportOptions& options) {
  if (options.link_secret.size() != 32) return refused("the link key has a wrong length");
  XJ_TRY(Plan plan, make_plan(options.channel, options.peers, options.rehearsal));
  raise_file_limit();
  XJ_TRY(ZmqContext context, ZmqContext::make());
  auto impl = std::make_unique<Impl>(std::move(context), options);
  XJ_TRY(impl->zap, ZapHandler::start(impl->context, plan.table, impl->notes));
  if (!options.bind_endpoint.empty()) {
    XJ_TRY_VOID(prove_refusal(impl->context, impl->identity, impl->timings));
    impl->notes.clear();  // the probe's own refusal is no news
    XJ_TRY(ZmqListener listener,
           ZmqListener::open(impl->context, impl->identity, impl->timings,
                             options.channel.interface, options.bind_endpoint, *impl->zap,
                             impl->notes));
    impl->listener.emplace(std::move(listener));
  }
  impl->use(std::move(plan), steady_now());
  return std::unique_ptr<ZmqTransport>(new ZmqTransport(std::move(impl)));
}

bool ZmqTransport::send(OfficeId neighbour, ByteView frame, std::uint64_t connection) {
  if (frame.empty() || frame.size() > kFrameBytesMax) {
    impl_->notes.add("own_frame_size", to_text(neighbour));
    return false;
  }
  const auto dialled = impl_->diallers.find(neighbour);
  if (dialled != impl_->diallers.end()) return dialled->second->send(frame);
  return impl_->listener && impl_->listener->send(neighbour, frame, connection, impl_->pending);
}

void ZmqTransport::prefer(OfficeId neighbour, std::uint64_t connection) {
  if (impl_->listener) impl_->listener->prefer(neighbour, connection, impl_->pending);
}

std::vector<broker::Arrival> ZmqTransport::poll(std::size_t max) {
  const Instant now = steady_now();
  impl_->advance(now);
  impl_->read(max, now);
  std::vector<broker::Arrival> out;
  std::size_t bytes = 0;
  while (!impl_->pending.empty() && out.size() < max && bytes < kTurnBytesMax) {
    bytes += impl_->pending.front().frame.size();
    out.push_back(std::move(impl_->pending.front()));
    out.back().channel = impl_->channel;
    impl_->pending.pop_front();
  }
  return out;
}

Result<void> ZmqTransport::set_peers(const Channel& own, const std::vector<PeerOptions>& peers,
                                     bool rehearsal) {
  XJ_TRY(Plan plan, make_plan(own, peers, rehearsal));
  impl_->use(std::move(plan), steady_now());
  return {};
}

std::string ZmqTransport::bound_endpoint() const {
  return impl_->listener ? impl_->listener->endpoint() : std::string{};
}

LinkNotes& ZmqTransport::notes() { return impl_->notes; }

void ZmqTransport::add_poll_items(std::vector<PollItem>& items) const {
  if (impl_->listener) impl_->listener->add_poll_items(items);
  for (const auto& [office, dialler] : impl_->diallers) dialler->add_poll_items(items);
}

Duration ZmqTransport::due_in() const {
  if (!impl_->pending.empty()) return {0};
  const Instant now = steady_now();
  Duration due = kNever;
  for (const auto& [office, dialler] : impl_->diallers)
    due = std::min(due, dialler->due_in(now));
  return due;
}

}  // namespace xianjie::adapters
