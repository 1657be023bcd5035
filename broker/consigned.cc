// What becomes of consignments (consign.cc makes them): written or not, acknowledged, overdue; and
// those of other offices, taken here.
#include "broker/broker.h"
#include "broker/consignments.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr Duration kConsignmentsKept = days(30);  // after they are over
constexpr std::size_t kConsignmentsSwept = 4096;  // a day

}  // namespace

Result<> Broker::on(Turn& turn, const Exported& event) {
  if (event.token != 0) turn.effects.replies.push_back({event.token, {}, {}, 0});
  preparing_.erase(event.number);
  const Bytes key = consignment_key(event.neighbour, event.number);
  XJ_TRY(const auto value, turn.txn.get(Table::kConsignments, key));
  if (!value) return {};
  XJ_TRY(ConsignmentRow row, decode_consignment_row(*value));
  if (row.state != ConsignmentState::kPrepared) return {};
  const std::string name =
      "to=" + to_text(event.neighbour) + " number=" + std::to_string(event.number);
  if (!event.written) {
    audit(turn, "consignment_failed", name);
    XJ_TRY_VOID(dissolve(turn, event.neighbour, event.number));
    XJ_TRY(const bool erased, turn.txn.erase(Table::kConsignments, key));
    XJ_CHECK(erased);
    return {};
  }
  audit(turn, "consigned",
        name + " by=" + std::string(to_word(row.channel)) +
            " envelopes=" + std::to_string(row.envelopes));
  row.state = row.batches_open == 0 ? ConsignmentState::kAcknowledged : ConsignmentState::kOnTheWay;
  if (row.batches_open != 0 && (!consignment_next_.is_set() || row.expires < consignment_next_))
    consignment_next_ = row.expires;
  return turn.txn.put(Table::kConsignments, key, encode(row));
}

// Its mail goes back into the queue, its acknowledgements wait for another disk. What the other end
// took all the same it knows, and says so.
Result<> Broker::dissolve(Turn& turn, OfficeId neighbour, std::uint64_t number) {
  std::vector<std::pair<Bytes, BatchRow>> mail, acks;
  const auto collect = [&](const Bytes& prefix, auto& into) {
    return turn.txn.scan(Table::kBatches, prefix, prefix, [&](const Row& row) {
      auto decoded = decode_batch_row(row.value);
      if (decoded && decoded->consignment == number)
        into.emplace_back(to_bytes(row.key), std::move(*decoded));
      return true;
    });
  };
  XJ_TRY_VOID(collect(out_batch_prefix(neighbour), mail));
  XJ_TRY_VOID(collect(in_batch_prefix(neighbour), acks));
  for (const auto& [key, batch] : mail) {
    for (const BatchItem& item : batch.items) {
      XJ_TRY(auto row, state(turn, item.key));
      if (!row || row->place != Place::kQueued) continue;
      row->not_before = {};  // its gate was open when it was given
      XJ_TRY_VOID(enqueue(turn, item.key, *row));
    }
    peers_[neighbour].consigned_gated.erase(
        Decoder(ByteView(key).subspan(out_batch_prefix(neighbour).size())).u64());
    XJ_TRY_VOID(turn.txn.erase(Table::kBatches, key));
  }
  for (auto& [key, batch] : acks) {
    batch.consignment = 0;
    XJ_TRY_VOID(turn.txn.put(Table::kBatches, key, encode(batch)));
  }
  return {};
}

Result<> Broker::batch_acknowledged(Turn& turn, OfficeId neighbour, std::uint64_t number) {
  const Bytes key = consignment_key(neighbour, number);
  XJ_TRY(const auto value, turn.txn.get(Table::kConsignments, key));
  if (!value) return {};
  XJ_TRY(ConsignmentRow row, decode_consignment_row(*value));
  if (row.batches_open > 0) --row.batches_open;
  if (row.batches_open == 0) {
    row.state = ConsignmentState::kAcknowledged;
    audit(turn, "consignment_acknowledged",
          "to=" + to_text(neighbour) + " number=" + std::to_string(number));
  }
  return turn.txn.put(Table::kConsignments, key, encode(row));
}

// Overdue ones, and those that a crash left between the frames and the word that they are written.
Result<> Broker::run_consignments(Turn& turn) {
  if (!turn.now.wall_trusted || !consignment_next_.is_set() || turn.now.wall < consignment_next_)
    return {};
  consignment_next_ = {};
  struct Open {
    OfficeId neighbour;
    std::uint64_t number = 0;
    ConsignmentRow row;
  };
  std::vector<Open> over;
  XJ_TRY_VOID(turn.txn.scan(Table::kConsignments, {}, {}, [&](const Row& row) {
    const auto decoded = decode_consignment_row(row.value);
    Decoder in(row.key);
    const auto neighbour = OfficeId::from_value(in.u64());
    if (!decoded || !neighbour) return true;
    const std::uint64_t number = in.u64();
    const bool lost = decoded->state == ConsignmentState::kPrepared && !preparing_.contains(number);
    if (decoded->state == ConsignmentState::kOnTheWay && turn.now.wall < decoded->expires) {
      if (!consignment_next_.is_set() || decoded->expires < consignment_next_)
        consignment_next_ = decoded->expires;
    } else if (lost || decoded->state == ConsignmentState::kOnTheWay) {
      over.push_back({*neighbour, number, *decoded});
    }
    return true;
  }));
  for (Open& open : over) {
    const std::string name = std::to_string(open.number) + " to " + to_text(open.neighbour);
    const bool lost = open.row.state == ConsignmentState::kPrepared;
    const std::string event = lost ? "consignment_interrupted" : "consignment_overdue";
    turn.effects.alarms.push_back(event + ": " + name +
                                  (lost ? " was being written when this office stopped"
                                        : " was not acknowledged by " + to_text(open.row.expires)) +
                                  (open.row.seal.empty() ? "" : ", seal " + open.row.seal) +
                                  "; its " + std::to_string(open.row.envelopes) +
                                  " envelopes may go any allowed way again");
    audit(turn, event,
          "to=" + to_text(open.neighbour) + " number=" + std::to_string(open.number) +
              " by=" + std::string(to_word(open.row.channel)) +
              " envelopes=" + std::to_string(open.row.envelopes));
    XJ_TRY_VOID(dissolve(turn, open.neighbour, open.number));
    open.row.state = ConsignmentState::kOverdue;
    XJ_TRY_VOID(turn.txn.put(Table::kConsignments, consignment_key(open.neighbour, open.number),
                             encode(open.row)));
  }
  return {};
}

Result<> Broker::on(Turn& turn, const Imported& event) {
  ImportRow row;
  row.channel = event.channel;
  row.taken = turn.now.wall;
  row.expires = event.expires;
  row.envelopes = event.envelopes;
  audit(turn, "consignment_taken",
        "from=" + to_text(event.neighbour) + " number=" + std::to_string(event.number) + " by=" +
            std::string(to_word(event.channel)) + " envelopes=" + std::to_string(event.envelopes));
  peers_[event.neighbour].consigns = true;
  turn.effects.replies.push_back({event.token, {}, {}, 0});
  return turn.txn.put(Table::kImports, import_key(event.neighbour, event.store_epoch, event.number),
                      encode(row));
}

Result<bool> Broker::may_answer_by(Turn& turn, OfficeId neighbour, const BatchRow& row,
                                   ChannelClass klass) {
  for (const BatchItem& item : row.items) {
    XJ_TRY(const auto st, state(turn, item.key));
    if (!st || !routing::channel_allowed(st->kind, klass, neighbour.type(), self().type()))
      return false;
  }
  return true;
}

// What came by disk or ferry is acknowledged by a wire too, where one is up that may carry mail of
// all these kinds: the sender lets go the sooner.
Result<> Broker::answer_by_wire(Turn& turn, OfficeId neighbour, const BatchRow& row) {
  const Peer& peer = peers_[neighbour];
  const auto best = peer.best();
  if (!best) return {};
  XJ_TRY(const bool allowed,
         may_answer_by(turn, neighbour, row, peer.links.at(*best).channel_class));
  if (allowed) turn.effects.sends.push_back({neighbour, row.ack, *best});
  return {};
}

Result<> Broker::answer_all_by_wire(Turn& turn, OfficeId neighbour) {
  std::vector<BatchRow> rows;
  const Bytes prefix = in_batch_prefix(neighbour);
  XJ_TRY_VOID(turn.txn.scan(Table::kBatches, prefix, prefix, [&](const Row& row) {
    if (is_wire(static_cast<ChannelClass>(Decoder(row.value).u8()))) return true;
    auto decoded = decode_batch_row(row.value);
    if (decoded && decoded->consignment == 0) rows.push_back(std::move(*decoded));
    return true;
  }));
  for (const BatchRow& row : rows) XJ_TRY_VOID(answer_by_wire(turn, neighbour, row));
  return {};
}

// Those that are over, and what can no longer come again.
Result<> Broker::sweep_consignments(Turn& turn) {
  std::vector<Bytes> given, taken;
  XJ_TRY_VOID(turn.txn.scan(Table::kConsignments, {}, {}, [&](const Row& row) {
    const auto decoded = decode_consignment_row(row.value);
    const WallTime over = decoded ? std::max(decoded->created, decoded->expires) : WallTime{};
    if (decoded && decoded->state >= ConsignmentState::kAcknowledged &&
        turn.now.wall > over + kConsignmentsKept)
      given.push_back(to_bytes(row.key));
    return given.size() < kConsignmentsSwept;
  }));
  XJ_TRY_VOID(turn.txn.scan(Table::kImports, {}, {}, [&](const Row& row) {
    const auto decoded = decode_import_row(row.value);
    if (decoded && turn.now.wall > decoded->expires + kConsignmentsKept)
      taken.push_back(to_bytes(row.key));
    return taken.size() < kConsignmentsSwept;
  }));
  for (const Bytes& key : given) XJ_TRY_VOID(turn.txn.erase(Table::kConsignments, key));
  for (const Bytes& key : taken) XJ_TRY_VOID(turn.txn.erase(Table::kImports, key));
  return {};
}

}  // namespace xianjie::broker
