// Clones are refused, older stores told so (lives.h).
//
// A hello of another process than the one that speaks over a living link waits: the living one is
// asked to answer a ping, and while it does, the newcomer is a second machine with one identity. It
// is refused, and both are told. Only where nobody answers within `rival_patience` the newcomer is
// let in.
#include "broker/lives.h"

#include <algorithm>

#include "broker/broker.h"

namespace xianjie::broker {
namespace {

constexpr std::uint64_t kContestNonce = std::uint64_t{1} << 63;  // never a daemon's own
constexpr std::uint32_t kCloneRetryMs = 60'000;
constexpr std::uint64_t kBootMax = std::uint64_t{1} << 48;  // beyond it somebody lies

// Over another connection than the newcomer's speaks another process of this office.
bool speaks_otherwise(const Link& link, ChannelClass channel, const Rival& rival) {
  return is_wire(channel) && link.up && link.greeted && link.instance != rival.hello.instance &&
         (channel != rival.channel || rival.connection != 0);
}

bool contested(const Peer& peer, const Rival& rival) {
  return std::ranges::any_of(peer.links, [&](const auto& entry) {
    return entry.second.instance != 0 && speaks_otherwise(entry.second, entry.first, rival);
  });
}

}  // namespace

Meeting meet(const PeerLife& known, const Hello& hello) {
  if (known.instance == 0 || hello.instance == 0) return Meeting::kNext;
  if (known.instance == hello.instance)
    return hello.boot < known.boot ? Meeting::kLate : Meeting::kSame;
  const bool fell_back = hello.store_epoch == known.epoch && hello.last_batch < known.batch;
  return hello.boot <= known.boot || fell_back ? Meeting::kOlder : Meeting::kNext;
}

PeerLife life_after(const PeerLife& known, const Hello& hello) {
  if (hello.instance == 0) return known;
  PeerLife out{hello.store_epoch, hello.boot, hello.instance, hello.last_batch, known.sealed};
  if (known.instance == hello.instance && known.epoch == hello.store_epoch)
    out.batch = std::max(known.batch, hello.last_batch);
  return out;
}

std::uint64_t first_seal_batch(std::uint64_t leased, const Now& now, std::uint64_t random) {
  const std::uint64_t by_clock =
      now.wall_trusted ? static_cast<std::uint64_t>(now.wall.ms) << 20 : 0;
  if (by_clock > leased) return by_clock + random % (1U << 20) + 1;
  return leased + random % (std::uint64_t{1} << 40) + 1;
}

// True: the hello may be taken as it is.
Result<bool> Broker::admit(Turn& turn, LinkId from, const Hello& hello) {
  Peer& peer = peers_[from.neighbour];
  const Rival rival{from.channel, turn.connection, hello, 0, turn.now.instant, turn.now.instant};
  if (contested(peer, rival)) {
    contest(turn, from.neighbour, peer, rival);
    return false;
  }
  if (turn.connection != 0) {  // it comes again, as the only one
    turn.effects.prefers.push_back({from.neighbour, from.channel, turn.connection});
    return false;
  }
  const Meeting meeting = meet(peer_lives_[from.neighbour], hello);
  if (meeting != Meeting::kOlder) return meeting != Meeting::kLate;
  link_of(from).greeted = false;
  const std::string name = to_text(from.neighbour);
  if (lives_told_.emplace(from.neighbour, hello.instance).second) {
    turn.effects.alarms.push_back("restored: " + name +
                                  " came back with an older state of its store and is told so");
    audit(turn, "older_store", "neighbour=" + name);
  }
  Hello answer = hello_for(from, false);
  answer.behind = true;
  send(turn, from, answer);
  return false;
}

void Broker::contest(Turn& turn, OfficeId neighbour, Peer& peer, const Rival& rival) {
  for (const Rival& known : peer.rivals)
    if (known.channel == rival.channel && known.connection == rival.connection &&
        known.hello.instance == rival.hello.instance)
      return;
  std::erase_if(peer.rivals, [&](const Rival& old) {
    return old.channel == rival.channel && old.connection == rival.connection;
  });
  peer.rivals.push_back(rival);
  peer.rivals.back().nonce = kContestNonce | ++contests_;
  ping_contested(turn, neighbour, peer, peer.rivals.back());
}

void Broker::ping_contested(Turn& turn, OfficeId neighbour, const Peer& peer, Rival& rival) {
  rival.pinged = turn.now.instant;
  for (const auto& [channel, link] : peer.links)
    if (speaks_otherwise(link, channel, rival))
      send(turn, {neighbour, channel}, Ping{rival.nonce, turn.now.wall});
}

// The link that was asked has answered: whoever came besides is a second machine.
void Broker::settle_contest(Turn& turn, LinkId alive, std::uint64_t nonce) {
  Peer& peer = peers_[alive.neighbour];
  const auto rival = std::ranges::find(peer.rivals, nonce, &Rival::nonce);
  if (rival == peer.rivals.end() ||
      !speaks_otherwise(peer.links[alive.channel], alive.channel, *rival))
    return;
  const std::string name = to_text(alive.neighbour);
  turn.effects.sends.push_back({alive.neighbour, encode(Frame(Refusal{0, "clone", kCloneRetryMs})),
                                rival->channel, rival->connection});
  if (lives_told_.emplace(alive.neighbour, rival->hello.instance).second) {
    send(turn, alive, Refusal{0, "cloned", 0});
    turn.effects.alarms.push_back(
        "clone: two machines run as " + name +
        " at once; the one that was here first stays, the second is refused: one of them must be "
        "stopped for good");
    audit(turn, "clone", "neighbour=" + name);
  }
  peer.rivals.erase(rival);
}

// Where whoever was asked is gone, the newcomer is let in.
Result<> Broker::run_rivals(Turn& turn, OfficeId neighbour, Peer& peer) {
  for (std::size_t k = 0; k < peer.rivals.size();) {
    const Rival rival = peer.rivals[k];
    if (contested(peer, rival) && turn.now.instant < rival.asked + options_.rival_patience) {
      if (turn.now.instant >= rival.pinged + rival_ping_every())
        ping_contested(turn, neighbour, peer, peer.rivals[k]);
      ++k;
      continue;
    }
    peer.rivals.erase(peer.rivals.begin() + static_cast<std::ptrdiff_t>(k));
    for (const auto& [channel, link] : std::map(peer.links))
      if (speaks_otherwise(link, channel, rival))
        XJ_TRY_VOID(on(turn, LinkDown{neighbour, channel}));
    if (rival.connection != 0) {
      turn.effects.prefers.push_back({neighbour, rival.channel, rival.connection});
    } else {
      turn.connection = 0;
      peer.links[rival.channel].up = true;
      XJ_TRY_VOID(on_frame(turn, {neighbour, rival.channel}, rival.hello));
    }
  }
  return {};
}

// This machine, or another one with its keys, is one too many. Told once a neighbour.
void Broker::on_identity_refused(Turn& turn, LinkId from, const Refusal& refusal) {
  Peer& peer = peers_[from.neighbour];
  const std::string name = to_text(from.neighbour), self_name = to_text(self());
  const bool here = refusal.limit == "clone";
  if (here) link_of(from).greeted = false;
  if (peer.identity == refusal.limit || (!here && refusal.limit != "cloned")) return;
  peer.identity = refusal.limit;
  turn.effects.alarms.push_back(
      here ? "clone: " + name + " refuses this machine, because another one runs as " + self_name +
                 ": stop one of the two for good; if it is the other one that goes, this one is "
                 "taken once that is gone"
           : "clone: a second machine runs as " + self_name + "; " + name +
                 " has refused it: find it and stop it for good");
  audit(turn, "clone", "by=" + name + " as=" + refusal.limit);
}

void Broker::note_life(OfficeId neighbour, const PeerLife& life) {
  PeerLife& known = peer_lives_[neighbour];
  if (known == life) return;
  known = life;
  lives_changed_.insert(neighbour);
}

// What a neighbour gives over the wire is remembered with its life: less than that is an older one.
void Broker::note_given(OfficeId neighbour, std::uint64_t batch, std::uint64_t sealed) {
  PeerLife life = peer_lives_[neighbour];
  if (life.instance == 0) return;
  life.batch = std::max(life.batch, batch);
  life.sealed = std::max(life.sealed, sealed);
  note_life(neighbour, life);
}

Result<> Broker::write_lives(Turn& turn) {
  for (const OfficeId neighbour : lives_changed_)
    XJ_TRY_VOID(
        turn.txn.put(Table::kMeta, peer_life_key(neighbour), encode(peer_lives_[neighbour])));
  lives_changed_.clear();
  return {};
}

// A neighbour has seen this store further on than it is: it was restored. It becomes a new store,
// and everybody hears of it. Once that has happened in this process only its start is counted up.
Result<> Broker::on_behind(Turn& turn, LinkId from, const Hello& hello) {
  if (!hello.behind || hello.known_instance == options_.instance ||
      (epoch_is_new_ && hello.known_boot < boot_))
    return {};
  if (hello.known_boot >= kBootMax) {
    audit(turn, "hello_refused", "neighbour=" + to_text(from.neighbour) + " boot");
    return {};
  }
  boot_ = std::max(boot_, hello.known_boot + 1);
  XJ_TRY_VOID(turn.txn.put(Table::kMeta, as_bytes(kMetaBoot), Encoder().u64(boot_).bytes()));
  counters_.seal_batch = std::max(counters_.seal_batch, hello.known_sealed);
  leased_here_ = false;
  if (!epoch_is_new_) {
    epoch_is_new_ = true;
    epoch_ = options_.fresh_epoch != epoch_ ? options_.fresh_epoch : ~options_.fresh_epoch;
    XJ_TRY_VOID(turn.txn.put(Table::kMeta, as_bytes(kMetaEpoch), Encoder().u64(epoch_).bytes()));
    XJ_TRY_VOID(begin_recalls(turn, to_text(from.neighbour) + " knows more of it"));
    XJ_TRY_VOID(announce_epoch(turn));
  }
  for (auto& [neighbour, peer] : peers_)
    for (auto& [channel, link] : peer.links)
      if (link.up && is_wire(channel)) greet(turn, {neighbour, channel});
  return {};
}

}  // namespace xianjie::broker
