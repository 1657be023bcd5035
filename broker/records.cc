// Signed records on their way: receipts to origins, inquiries to destinations, epochs to everybody.
// A record waits in `records` until the neighbour has taken it; a lost one is made again on
// inquiry.
#include <algorithm>
#include <span>
#include <tuple>

#include "broker/broker.h"
#include "crypto/statement.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

Bytes epoch_record_key(OfficeId office) {
  return Encoder().text("said").u64(office.value()).bytes();
}

}  // namespace

void Broker::add_receipt(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  Receipt receipt;
  receipt.id = key.id;
  receipt.leaf = row.leaf;
  receipt.type = row.rejected                   ? ReceiptType::kRejected
                 : row.returned                 ? ReceiptType::kReturned
                 : row.place == Place::kSettled ? ReceiptType::kProcessed
                 : row.collected                ? ReceiptType::kCollected
                                                : ReceiptType::kDelivered;
  receipt.time = row.place == Place::kSettled || row.collected ? row.changed : row.taken;
  turn.receipts[{key.origin, row.kind}].push_back(receipt);
}

Result<> Broker::flush_records(Turn& turn) {
  const auto emit = [&](RecordType type, auto& entries_by_subject, auto Record::*list) -> Result<> {
    for (auto& [about, entries] : entries_by_subject)
      for (std::size_t at = 0; at < entries.size(); at += kRecordEntriesMax) {
        const std::size_t count = std::min(entries.size() - at, kRecordEntriesMax);
        Record record;
        record.type = type;
        record.created = turn.now.wall;
        std::tie(record.target, record.subject) = about;
        const auto slice = std::span(entries).subspan(at, count);
        (record.*list).assign(slice.begin(), slice.end());
        const SignedRecord bytes = crypto::sign_record(record, keys_.current());
        if (type == RecordType::kReceipts) XJ_TRY_VOID(keep_record(turn, bytes));
        XJ_TRY_VOID(route_record(turn, bytes, about.first, {}));
      }
    return {};
  };
  XJ_TRY_VOID(emit(RecordType::kReceipts, turn.receipts, &Record::receipts));
  XJ_TRY_VOID(emit(RecordType::kInquiry, turn.inquiries, &Record::inquiries));
  XJ_TRY_VOID(emit(RecordType::kRecall, turn.recalls, &Record::inquiries));
  return emit(RecordType::kRecallAnswer, turn.recalled, &Record::receipts);
}

Result<> Broker::route_record(Turn& turn, SignedRecord record, OfficeId target, OfficeId from) {
  const auto next = routing::next_hop(snapshot_->directory, self(), target);
  if (!next || *next == from || record.hops >= kHopsMax) {
    audit(turn, "record_dropped", "target=" + to_text(target));
    return {};
  }
  ++record.hops;
  return queue_record(turn, *next, record);
}

Result<> Broker::queue_record(Turn& turn, OfficeId neighbour, const SignedRecord& record) {
  peers_[neighbour].records_waiting = true;
  return turn.txn.put(Table::kRecords, record_key(neighbour, ++counters_.record_seq),
                      encode(record));
}

Result<> Broker::pump_records(Turn& turn, OfficeId neighbour, Peer& peer, Link& link) {
  // On whichever channel they went: what is not answered goes out again.
  for (auto& [channel, each] : peer.links)
    for (const auto& [last, range] : each.records_out)
      if (turn.now.instant >= range.sent + options_.ack_timeout) {
        each.records_out.clear();
        each.records_sent = 0;
        peer.records_waiting = true;
        break;
      }
  if (!peer.records_waiting) return {};
  bool more = true;
  std::size_t kept_back = 0;
  while (more && link.records_out.size() < 8) {
    Records frame;
    RecordsSent sent{{}, turn.now.instant};
    std::size_t bytes = 0;
    more = false;
    XJ_TRY_VOID(turn.txn.scan(Table::kRecords, record_key(neighbour, link.records_sent + 1),
                              record_prefix(neighbour), [&](const Row& row) {
                                if (frame.records.size() >= kRecordsFrameMax ||
                                    bytes + row.value.size() > kBatchBytesMax / 2) {
                                  more = true;
                                  return false;
                                }
                                link.records_sent = Decoder(row.key.subspan(8)).u64();
                                auto record = decode_signed_record(row.value);
                                if (record && !may_carry(link, *record, neighbour)) {
                                  ++kept_back;
                                  return true;
                                }
                                sent.seqs.push_back(link.records_sent);
                                bytes += row.value.size() + 64;
                                if (record) frame.records.push_back(std::move(*record));
                                return true;
                              }));
    if (frame.records.empty()) break;
    // Never the number of an earlier frame: a late acknowledgement of that must not count for this
    // one.
    frame.number = ++counters_.wire_batch;
    link.records_out[frame.number] = std::move(sent);
    send(turn, {neighbour, *peer.best()}, frame);
  }
  peer.records_waiting = more;
  if (kept_back > 0)
    audit(turn, "records_held",
          "neighbour=" + to_text(neighbour) + " count=" + std::to_string(kept_back) +
              " reason=channel: the link is " + std::string(to_word(link.channel_class)));
  return {};
}

// What is not of the best classes is asked record by record.
bool Broker::may_carry(const Link& link, const SignedRecord& record, OfficeId neighbour) const {
  if (link.channel_class == ChannelClass::kDedicated || link.channel_class == ChannelClass::kVpn)
    return true;
  const auto body = decode_record_body(record.body);
  return body && routing::record_allowed(body->subject, link.channel_class, self().type(),
                                         neighbour.type());
}

Result<> Broker::on_frame(Turn& turn, LinkId over, const RecordsAck& ack) {
  Link& link = link_of(over);
  const auto found = link.records_out.find(ack.number);
  if (found == link.records_out.end()) return {};
  for (const std::uint64_t seq : found->second.seqs)
    XJ_TRY_VOID(turn.txn.erase(Table::kRecords, record_key(over.neighbour, seq)));
  link.records_out.erase(found);
  return {};
}

Result<> Broker::on_frame(Turn& turn, LinkId over, CheckedRecords& records) {
  const OfficeId from = over.neighbour;
  // Not acknowledged, so they come again once this office knows the newer directory too.
  if (records.unknown_key &&
      link_of(over).peer_directory_version > snapshot_->directory.header().version)
    return {};
  if (records.refused > 0)
    audit(turn, "records_refused",
          "neighbour=" + to_text(from) + " count=" + std::to_string(records.refused));
  if (is_wire(over.channel)) note_given(from, records.number, 0);
  const ChannelClass klass = link_of(over).channel_class;
  for (CheckedRecord& checked : records.records) {
    const Kind subject = checked.record.subject;
    if (!routing::record_allowed(subject, klass, from.type(), self().type()))
      alarm_refused_channel(
          turn, over,
          "a record about " +
              (subject == Kind::kNone ? "nothing said" : std::string(to_word(subject))));
    else if (checked.record.type == RecordType::kEpoch)
      XJ_TRY_VOID(on_epoch(turn, from, checked));
    else if (checked.record.type == RecordType::kStanding)
      XJ_TRY_VOID(on_standing(turn, from, checked));
    else if (checked.record.type >= RecordType::kManifest &&
             checked.record.type <= RecordType::kManifestAnswer)
      XJ_TRY_VOID(on_manifest_record(turn, from, checked));
    else if (checked.record.type == RecordType::kHead)
      XJ_TRY_VOID(on_head(turn, from, checked));
    else if (checked.record.type == RecordType::kHeadSeen)
      XJ_TRY_VOID(on_head_seen(turn, from, checked));
    else if (checked.record.type == RecordType::kVoucher)
      XJ_TRY_VOID(on_voucher(turn, from, checked));
    else if (checked.record.type == RecordType::kVouchersWanted)
      XJ_TRY_VOID(on_vouchers_wanted(turn, from, checked.record));
    else if (checked.record.target != self())
      XJ_TRY_VOID(route_record(turn, std::move(checked.bytes), checked.record.target, from));
    else if (checked.record.type == RecordType::kReceipts)
      XJ_TRY_VOID(on_receipts(turn, checked));
    else if (checked.record.type == RecordType::kCustodyWanted)
      XJ_TRY_VOID(on_custody_wanted(turn, checked.record));
    else if (checked.record.type == RecordType::kCustody)
      turn.effects.custody_told.push_back(
          {checked.record.issuer,
           {checked.record.about, checked.record.inquiries.front().id},
           checked.record.inquiries.front().leaf,
           checked.record.statements});
    else if (checked.record.type == RecordType::kRecall)
      XJ_TRY_VOID(on_recall(turn, checked.record));
    else if (checked.record.type == RecordType::kRecallAnswer)
      XJ_TRY_VOID(on_recalled(turn, checked.record));
    else
      XJ_TRY_VOID(on_inquiry(turn, checked.record));
  }
  send(turn, over, RecordsAck{records.number});
  return {};
}

Result<> Broker::on_receipts(Turn& turn, const CheckedRecord& checked) {
  bool counts = false;
  for (const Receipt& receipt : checked.record.receipts) {
    XJ_TRY(const bool counted, apply_receipt(turn, checked.record.issuer, receipt));
    counts = counts || counted;
  }
  return counts ? keep_record(turn, checked.bytes) : Result<>{};
}

Result<> Broker::on_inquiry(Turn& turn, const Record& record) {
  for (const InquiryEntry& entry : record.inquiries) {
    const EnvelopeKey key{record.issuer, entry.id};
    XJ_TRY(const auto row, state(turn, key));
    if (!row || row->leaf != entry.leaf) continue;
    if (row->place == Place::kInbox || row->place == Place::kSettled) add_receipt(turn, key, *row);
  }
  return {};
}

Result<> Broker::announce_epoch(Turn& turn) {
  XJ_TRY(const auto said, turn.txn.get(Table::kMeta, epoch_record_key(self())));
  if (said && Decoder(*said).u64() == epoch_) return {};
  Record record;
  record.type = RecordType::kEpoch;
  record.target = self();
  record.created = turn.now.wall;
  record.epoch = epoch_;
  record.boot = boot_;
  XJ_TRY_VOID(turn.txn.put(Table::kMeta, epoch_record_key(self()),
                           Encoder().u64(epoch_).i64(record.created.ms).u64(boot_).bytes()));
  audit(turn, "epoch", "announced");
  const SignedRecord bytes = crypto::sign_record(record, keys_.current());
  for (const OfficeId neighbour : snapshot_->directory.neighbours(self()))
    XJ_TRY_VOID(queue_record(turn, neighbour, bytes));
  return {};
}

// The store that a neighbour is known to have; told to it in every hello. Nothing for others.
Result<> Broker::note_epoch(Turn& turn, OfficeId neighbour, std::uint64_t epoch) {
  if (!snapshot_->directory.are_neighbours(self(), neighbour)) return {};
  peer_epochs_[neighbour] = epoch;
  return turn.txn.put(Table::kMeta, peer_epoch_key(neighbour), Encoder().u64(epoch).bytes());
}

Result<> Broker::on_epoch(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& record = checked.record;
  if (record.issuer == self()) return {};
  const Bytes key = epoch_record_key(record.issuer);
  XJ_TRY(const auto said, turn.txn.get(Table::kMeta, key));
  if (said) {
    Decoder in(*said);
    const std::uint64_t epoch = in.u64();
    if (epoch == record.epoch) return note_epoch(turn, record.issuer, record.epoch);
    // One order for everybody, or two of them would chase each other through the country for ever.
    const std::int64_t created = in.i64();
    if (std::pair(record.created.ms, record.boot) <= std::pair(created, in.u64())) return {};
  }
  XJ_TRY_VOID(note_epoch(turn, record.issuer, record.epoch));
  XJ_TRY_VOID(
      turn.txn.put(Table::kMeta, key,
                   Encoder().u64(record.epoch).i64(record.created.ms).u64(record.boot).bytes()));
  audit(turn, "epoch", "of=" + to_text(record.issuer));
  // Its hello, which may come later than this word by another way, is no news then.
  if (record.issuer == snapshot_->directory.parent(self())) XJ_TRY_VOID(send_standings_again(turn));
  for (const OfficeId neighbour : snapshot_->directory.neighbours(self()))
    if (neighbour != from) XJ_TRY_VOID(queue_record(turn, neighbour, checked.bytes));
  // Whatever that office had been given and not finished is gone with its store: send it again.
  std::vector<std::pair<EnvelopeId, LedgerRow>> lost;
  XJ_TRY_VOID(turn.txn.scan(Table::kLedger, {}, {}, [&](const Row& row) {
    const auto ledger = decode_ledger_row(row.value);
    if (ledger && ledger->destination == record.issuer && ledger->delivered.is_set() &&
        !is_terminal(ledger->receipt)) {
      EnvelopeId id;
      std::copy(row.key.begin(), row.key.end(), id.bytes.begin());
      lost.emplace_back(id, *ledger);
    }
    return true;
  }));
  for (auto& [id, row] : lost) {
    row.receipt = ReceiptType::kAccepted;
    row.delivered = {};
    XJ_TRY_VOID(resend(turn, id, row));
    XJ_TRY_VOID(set_timer(turn, id, row, tomorrow(turn, row)));
    XJ_TRY_VOID(put_ledger(turn, id, row));
  }
  return {};
}

}  // namespace xianjie::broker
