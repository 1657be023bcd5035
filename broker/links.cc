// Links come up, greet, go down. What a channel carried when it went goes on over another one.
#include <algorithm>
#include <utility>

#include "broker/broker.h"
#include "broker/lives.h"

namespace xianjie::broker {
namespace {

constexpr Duration kRoundTripMax = minutes(1);  // what took longer measures something else

}  // namespace

void Broker::send(Turn& turn, LinkId id, const Frame& frame) {
  turn.effects.sends.push_back({id.neighbour, encode(frame), id.channel});
}

std::uint64_t Broker::credit_window() const {
  std::size_t up = 0;
  for (const auto& [office, peer] : peers_)
    for (const auto& [channel, link] : peer.links)
      if (link.up) ++up;
  return std::min<std::uint64_t>(kLinkCreditBytes,
                                 kDaemonCreditBytes / std::max<std::size_t>(up, 1));
}

Hello Broker::hello_for(LinkId id, bool reply_wanted) {
  Hello hello;
  hello.office = self();
  hello.directory_version = snapshot_->directory.header().version;
  hello.route_digest = snapshot_->route_digest;
  hello.store_epoch = epoch_;
  const auto known = peer_epochs_.find(id.neighbour);
  hello.known_epoch = known == peer_epochs_.end() ? 0 : known->second;
  hello.channel_class = link_of(id).own_class;
  hello.credit_bytes = credit_window();
  hello.reply_wanted = reply_wanted;
  if (options_.instance == 0 || !is_wire(id.channel)) return hello;
  hello.boot = boot_;
  hello.instance = options_.instance;
  hello.last_batch = counters_.wire_batch;
  if (const auto life = peer_lives_.find(id.neighbour); life != peer_lives_.end()) {
    hello.known_boot = life->second.boot;
    hello.known_instance = life->second.instance;
    hello.known_batch = life->second.batch;
    hello.known_sealed = life->second.sealed;
  }
  return hello;
}

Result<> Broker::on(Turn& turn, const LinkUp& event) {
  if (!snapshot_->directory.are_neighbours(self(), event.neighbour)) {
    audit(turn, "stranger", "office=" + to_text(event.neighbour));
    return {};
  }
  Peer& peer = peers_[event.neighbour];
  Link& link = peer.links[event.channel];
  link.up = true;
  link.greeted = false;
  link.own_class = event.channel_class;
  link.proof = event.proof;
  link.progress = turn.now.instant;
  link.records_out.clear();
  link.records_sent = 0;
  peer.records_waiting = true;  // what was on the wire and not taken goes out again
  for (auto& [number, batch] : link.outstanding) batch.resend = true;
  greet(turn, {event.neighbour, event.channel});
  return {};
}

void Broker::greet(Turn& turn, LinkId id) {
  link_of(id).hello_sent = turn.now.instant;
  send(turn, id, hello_for(id, true));
}

// The directory moved: who waited for that hears of it, and compares.
void Broker::greet_again(Turn& turn) {
  if (!std::exchange(greet_again_, false)) return;
  for (auto& [neighbour, peer] : peers_) {
    if (!snapshot_->directory.are_neighbours(self(), neighbour)) continue;
    for (auto& [channel, link] : peer.links)
      if (link.up && link.greeted)
        send(turn, {neighbour, channel}, hello_for({neighbour, channel}, false));
  }
}

Result<> Broker::on(Turn& turn, const LinkDown& event) {
  const auto peer = peers_.find(event.neighbour);
  if (peer == peers_.end()) return {};
  const auto found = peer->second.links.find(event.channel);
  if (found == peer->second.links.end()) return {};
  Link& link = found->second;
  link.up = false;
  link.greeted = false;
  link.records_out.clear();
  link.records_sent = 0;
  peer->second.records_waiting = true;
  peer->second.loose.merge(link.outstanding);
  link.outstanding.clear();
  link.outstanding_bytes = 0;
  take_over(peer->second);
  if (peer->second.pull) peer->second.pull->awaited = 0;
  return pull(turn, event.neighbour);
}

// Batches without a channel go on over the best one, under their numbers: whoever took one over the
// other channel answers with the acknowledgement it kept. What this one may not carry is held then.
void Broker::take_over(Peer& peer) {
  const auto best = peer.best();
  if (!best) return;
  Link& link = peer.links.at(*best);
  for (auto& [number, batch] : peer.loose) {
    batch.resend = true;
    link.outstanding_bytes += batch.bytes;
  }
  link.outstanding.merge(peer.loose);
  peer.loose.clear();
}

Result<> Broker::on(Turn& turn, FrameArrived& event) {
  if (!snapshot_->directory.are_neighbours(self(), event.neighbour)) return {};
  const LinkId id{event.neighbour, event.channel};
  turn.connection = event.connection;
  if (event.connection != 0) {  // only a hello makes a link of it
    auto* hello = std::get_if<Hello>(&event.frame);
    return hello ? on_frame(turn, id, *hello) : Result<>{};
  }
  if (const auto* refusal = std::get_if<Refusal>(&event.frame); refusal && refusal->number == 0) {
    on_identity_refused(turn, id, *refusal);
    return {};
  }
  Link& link = link_of(id);
  link.progress = turn.now.instant;
  const bool is_hello = std::holds_alternative<Hello>(event.frame);
  if (!link.up || (!link.greeted && !is_hello)) {
    // A frame before any hello: the other end will greet or be asked to, and send again.
    if (link.up) return {};
    if (!is_hello) return {};
    link.up = true;
  }
  return std::visit([&](auto& body) { return on_frame(turn, id, body); }, event.frame);
}

Result<> Broker::on_frame(Turn& turn, LinkId from, const Hello& hello) {
  const OfficeId neighbour = from.neighbour;
  const bool wire = is_wire(from.channel);
  if (hello.office != neighbour || hello.version_min > kProtocolVersion ||
      hello.version_max < kProtocolVersion) {
    audit(turn, "hello_refused", "neighbour=" + to_text(neighbour));
    return {};
  }
  if (wire) {
    XJ_TRY(const bool admitted, admit(turn, from, hello));
    if (!admitted) return {};
    note_life(neighbour, life_after(peer_lives_[neighbour], hello));
  }
  Peer& peer = peers_[neighbour];
  Link& link = peer.links[from.channel];
  if (wire) {
    link.instance = hello.instance;
    peer.identity.clear();
    if (!peer.met_at) peer.met_at = turn.now.instant;
  }
  const bool again = std::exchange(link.greeted, true);
  peer.work = true;
  peer.records_waiting = true;  // some may have been kept back on another channel
  link.channel_class = std::min(link.own_class, hello.channel_class);
  link.window = std::clamp<std::uint64_t>(hello.credit_bytes, kFrameBytesMax, kLinkCreditBytes);
  const bool other_directory = link.peer_directory_version != hello.directory_version;
  link.peer_directory_version = hello.directory_version;
  const bool agrees = hello.route_digest == snapshot_->route_digest;
  const bool agrees_now = std::exchange(link.digest_differs, !agrees) && agrees;
  link.backoff = 0;
  link.blocked_until = turn.now.instant;
  take_over(peer);
  if (peer.pull && !again) peer.pull->awaited = 0;
  XJ_TRY_VOID(pull(turn, neighbour));
  const std::uint64_t known = peer_epochs_[neighbour];
  // A disk says what was so when it was written; that a store was lost its own record tells.
  const bool old_news = !wire && known != 0;
  peer.consigns = peer.consigns || !wire;
  if (known == 0) {
    XJ_TRY_VOID(note_epoch(turn, neighbour, hello.store_epoch));
  } else if (!old_news && known != hello.store_epoch && link.peer_epoch != hello.store_epoch) {
    // The old one stays noted, and stands in our hellos, until the neighbour's own record has come:
    // else a lost hello would leave it in the belief that nobody misses anything.
    if (!lives_told_.contains({neighbour, hello.instance}))
      turn.effects.alarms.push_back("store_lost: " + to_text(neighbour) +
                                    " came back with a new store");
    audit(turn, "peer_epoch", "neighbour=" + to_text(neighbour));
    if (neighbour == snapshot_->directory.parent(self())) XJ_TRY_VOID(send_standings_again(turn));
  }
  link.peer_epoch = hello.store_epoch;
  const std::uint64_t now_known = old_news ? known : hello.store_epoch;
  if (std::exchange(peer.epoch, now_known) != now_known) peer.manifests_planned = false;
  if (wire) XJ_TRY_VOID(on_behind(turn, from, hello));
  if (hello.reply_wanted) send(turn, from, hello_for(from, false));
  if (!again && wire)  // what time is it there?
    ask_time(turn, from);
  // The neighbour remembers another store of ours: it was lost, and everybody has to hear of it.
  if (hello.known_epoch != 0 && hello.known_epoch != epoch_) XJ_TRY_VOID(announce_epoch(turn));
  if (wire) XJ_TRY_VOID(answer_all_by_wire(turn, neighbour));
  if (other_directory) XJ_TRY_VOID(retry_held(turn, "refused_by_next", neighbour));
  if (agrees_now) XJ_TRY_VOID(retry_held(turn, "route_disagrees", {}));
  return retry_held(turn, "channel", neighbour);
}

void Broker::ask_time(Turn& turn, LinkId over) {
  clock_.asked(over.neighbour, turn.now);
  send(turn, over, Ping{0, turn.now.wall});
}

Result<> Broker::on_frame(Turn&, LinkId from, const Credit& credit) {
  Link& link = link_of(from);
  link.window = std::clamp<std::uint64_t>(credit.bytes, kFrameBytesMax, kLinkCreditBytes);
  peers_[from.neighbour].work = true;
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId from, const Ping& ping) {
  send(turn, from, Pong{ping.nonce, ping.wall, turn.now.wall, turn.now.wall_trusted});
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId from, const Pong& pong) {
  clock_.heard(from.neighbour, pong, turn.now);
  // Whoever asks to measure names the instant (node/daemon/daemon.cc).
  // Other nonces are any number at all, a hostile neighbour's too.
  const auto now = static_cast<std::uint64_t>(turn.now.instant.ms);
  const std::uint64_t trip = now - pong.nonce;
  if (pong.nonce <= now && trip <= static_cast<std::uint64_t>(kRoundTripMax.ms))
    link_of(from).round_trip = milliseconds(static_cast<std::int64_t>(trip));
  settle_contest(turn, from, pong.nonce);
  return {};
}

}  // namespace xianjie::broker
