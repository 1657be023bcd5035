#include "adapters/zmq_listener.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace xianjie::adapters {
namespace {

using What = broker::Arrival::What;

// Routing ids of the library are five bytes and begin with zero; a peer that brings its own could
// collide with another's (PITFALLS, ZeroMQ 5).
bool is_library_routing_id(const Bytes& id) { return id.size() == 5 && id[0] == 0; }

}  // namespace

Result<ZmqListener> ZmqListener::open(const ZmqContext& context, const LinkIdentity& identity,
                                      const LinkTimings& timings, const std::string& interface,
                                      const std::string& endpoint, const ZapHandler& zap,
                                      LinkNotes& notes) {
  XJ_TRY(ZmqSocket router, ZmqSocket::make(context, ZmqSocket::Type::kRouter));
  XJ_TRY_VOID(guard_link_socket(router, timings, interface, endpoint));
  XJ_TRY_VOID(guard_listening_socket(router, identity));
  XJ_TRY(ZmqMonitor monitor, ZmqMonitor::watch(context, router));
  XJ_TRY_VOID(router.bind(endpoint));
  return ZmqListener(std::move(router), std::move(monitor), zap, notes);
}

ZmqListener::ZmqListener(ZmqSocket router, ZmqMonitor monitor, const ZapHandler& zap,
                         LinkNotes& notes)
    : router_(std::move(router)), monitor_(std::move(monitor)), zap_(&zap), notes_(&notes) {}

void ZmqListener::set_peers(std::map<OfficeId, Caller> peers, Arrivals& out) {
  const auto before = std::exchange(peers_, std::move(peers));
  const auto table = zap_->table();
  for (auto at = connections_.begin(); at != connections_.end();) {
    const auto connection = at++;
    const auto peer = peers_.find(connection->second.office);
    const auto proved =
        peer == peers_.end() ? refused("") : peer->second.proof.prove(connection->second.address);
    if (table->office_of(connection->second.user_id) != connection->second.office || !proved ||
        *proved != connection->second.proved ||
        peer->second.former != before.at(connection->second.office).former)
      forget(connection, out);  // a live one comes up again, proved anew, with its next frame
  }
}

void ZmqListener::advance(Arrivals& out) {
  while (const auto report = monitor_.next()) {
    if (report->event == LinkEvent::kAccepted) accepted(report->value);
    if (report->event == LinkEvent::kEnded) ended(report->value, out);
    if (const auto word = audit_word(report->event); !word.empty()) notes_->add(word, "");
  }
}

void ZmqListener::accepted(int fd) {
  heard_from(fd);  // whatever had this descriptor before is gone
  const std::string source = peer_address_of(fd);
  accepted_[fd] = {source, true};
  if (++silent_[source] <= kSilentPerSourceMax + 2 * peers_.size() || source.empty()) return;
  notes_->add("too_many_connections", source);
  // The library has no such limit. It still owns the descriptor and closes it when this ends it;
  // the address was just read from it, so that hitting another one is as good as excluded.
  ::shutdown(fd, SHUT_RDWR);
}

void ZmqListener::heard_from(int fd) {
  const auto found = accepted_.find(fd);
  if (found == accepted_.end() || !found->second.silent) return;
  found->second.silent = false;
  const auto count = silent_.find(found->second.source);
  if (count != silent_.end() && --count->second == 0) silent_.erase(count);
}

void ZmqListener::ended(int fd, Arrivals& out) {
  heard_from(fd);
  accepted_.erase(fd);
  for (auto at = connections_.begin(); at != connections_.end();) {
    const auto connection = at++;
    if (connection->second.fd == fd) forget(connection, out);
  }
}

bool ZmqListener::read_one(Arrivals& out) {
  std::optional<ZmqPart> part = router_.receive();
  if (!part) return false;
  const Bytes routing_id = std::move(part->data);
  if (!part->more) return true;
  part = router_.receive();
  if (!part) return true;
  if (part->more) {
    router_.drop_rest();
    notes_->add("several_parts", "");
    return true;
  }
  if (!is_library_routing_id(routing_id)) {
    notes_->add("own_routing_id", part->peer_address);
    return true;
  }
  take_frame(routing_id, std::move(*part), out);
  return true;
}

void ZmqListener::take_frame(const Bytes& routing_id, ZmqPart part, Arrivals& out) {
  const std::optional<OfficeId> office = zap_->table()->office_of(part.user_id);
  if (!office || !peers_.contains(*office)) {
    notes_->add("frame_unknown_key", part.peer_address);
    return;
  }
  if (part.data.empty() || part.data.size() > kFrameBytesMax) {
    notes_->add("frame_size", to_text(*office));
    return;
  }
  auto connection = connections_.find(routing_id);
  if (connection == connections_.end()) {
    connection = first_frame(routing_id, *office, part, out);
    if (connection == connections_.end()) return;
  }
  if (connection->second.office != *office || connection->second.user_id != part.user_id ||
      connection->second.address != part.peer_address) {
    notes_->add("frame_wrong_office", to_text(*office));
    return;
  }
  const auto current = current_.find(*office);
  std::uint64_t beside = 0;
  if (current == current_.end())
    make_current(connection, out);
  else if (current->second != routing_id)
    beside = connection->second.number;
  if (beside != 0) notes_->add("frame_beside", to_text(*office));
  out.push_back({*office, What::kFrame, connection->second.proved.klass, std::move(part.data),
                 Proof::kProved, ChannelClass::kPublic, beside});
}

ZmqListener::Connections::iterator ZmqListener::first_frame(const Bytes& routing_id,
                                                            OfficeId office, const ZmqPart& part,
                                                            Arrivals& out) {
  advance(out);  // whether this connection is still there is known from all events before now
  if (!accepted_.contains(part.fd)) {
    notes_->add("frame_stale", to_text(office));
    return connections_.end();
  }
  const Result<Proved> proved = peers_.at(office).proof.prove(part.peer_address);
  if (!proved) {
    notes_->add("peer_address", to_text(office));
    return connections_.end();
  }
  for (auto at = connections_.begin(); at != connections_.end();) {
    const auto other = at++;
    if (other->second.fd == part.fd) forget(other, out);  // its descriptor was given anew
  }
  heard_from(part.fd);
  const auto connection =
      connections_
          .insert({routing_id,
                   {office, part.user_id, part.peer_address, *proved, part.fd, ++last_number_}})
          .first;
  if (!current_.contains(office)) make_current(connection, out);
  return connection;
}

void ZmqListener::make_current(Connections::iterator connection, Arrivals& out) {
  const OfficeId office = connection->second.office;
  if (current_.contains(office)) out.push_back({office, What::kDown, {}, {}});
  current_[office] = connection->first;
  const Proved& proved = connection->second.proved;
  out.push_back({office, What::kUp, proved.klass, {}, proved.how});
}

void ZmqListener::forget(Connections::iterator connection, Arrivals& out) {
  const OfficeId office = connection->second.office;
  const auto current = current_.find(office);
  const bool was_current = current != current_.end() && current->second == connection->first;
  if (was_current) {
    current_.erase(current);
    out.push_back({office, What::kDown, {}, {}});
  }
  connections_.erase(connection);
  if (!was_current) return;
  auto newest = connections_.end();
  for (auto at = connections_.begin(); at != connections_.end(); ++at)
    if (at->second.office == office &&
        (newest == connections_.end() || at->second.number > newest->second.number))
      newest = at;
  if (newest != connections_.end()) make_current(newest, out);
}

ZmqListener::Connections::iterator ZmqListener::find_connection(OfficeId office,
                                                                std::uint64_t number) {
  return std::ranges::find_if(connections_, [&](const auto& entry) {
    return entry.second.office == office && entry.second.number == number;
  });
}

void ZmqListener::prefer(OfficeId neighbour, std::uint64_t connection, Arrivals& out) {
  const auto found = find_connection(neighbour, connection);
  const auto current = current_.find(neighbour);
  if (found == connections_.end() || (current != current_.end() && current->second == found->first))
    return;
  make_current(found, out);
}

bool ZmqListener::send(OfficeId neighbour, ByteView frame, std::uint64_t connection,
                       Arrivals& out) {
  if (connection != 0) {
    const auto found = find_connection(neighbour, connection);
    return found != connections_.end() &&
           router_.send(found->first, true) == ZmqSocket::Sent::kYes &&
           router_.send(frame) == ZmqSocket::Sent::kYes;
  }
  const auto current = current_.find(neighbour);
  if (current == current_.end()) return false;
  const Bytes routing_id = current->second;
  const ZmqSocket::Sent sent = router_.send(routing_id, true);
  if (sent == ZmqSocket::Sent::kYes) return router_.send(frame) == ZmqSocket::Sent::kYes;
  if (sent == ZmqSocket::Sent::kGone) forget(connections_.find(routing_id), out);
  return false;
}

void ZmqListener::add_poll_items(std::vector<PollItem>& items) const {
  items.push_back({router_.handle(), -1});
  items.push_back({monitor_.handle(), -1});
}

}  // namespace xianjie::adapters
