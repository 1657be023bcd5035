// The rows of the store: what is written is read, what is cut or too long is refused, keys sort.
#include <gtest/gtest.h>

#include "broker/month_tables.h"
#include "broker/tables.h"
#include "tests/support/nation_fixture.h"

namespace xianjie::tests {
namespace {

using namespace broker;

Hash hash_of(std::uint8_t fill) {
  Hash hash;
  hash.fill(fill);
  return hash;
}

// Every strict prefix is refused, and so is one byte more.
template <class Decode>
void refuses_other_lengths(const Bytes& value, Decode decode) {
  ASSERT_TRUE(decode(value));
  for (std::size_t size = 0; size < value.size(); ++size) {
    const auto cut = decode(ByteView(value).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt);
  }
  Bytes longer = value;
  longer.push_back(0);
  EXPECT_FALSE(decode(longer));
}

TEST(Tables, StateRow) {
  StateRow row;
  row.leaf = hash_of(3);
  row.place = Place::kHeld;
  row.path_copy = row.collected = true;
  row.hops = 4;
  row.lane = Lane::kUrgent;
  row.room = 2;
  row.attempts = 9;
  row.from = kBureau;
  row.next = kPrefecture;
  row.not_before = kNow + hours(1);
  row.seq = 1ULL << 40;
  row.inbox_seq = 77;
  row.taken = kNow;
  row.changed = kNow + hours(2);
  row.not_after = kNow + days(60);
  row.bytes = 1999;
  row.kind = Kind::kAdHocReport;
  row.period = kDecember;
  row.destination = kTownship;
  const Bytes value = encode(row);
  const auto read = decode_state_row(value);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), value);
  EXPECT_EQ(read->place, row.place);
  EXPECT_TRUE(read->path_copy && read->collected && !read->late);
  EXPECT_EQ(read->from, row.from);
  EXPECT_EQ(read->next, row.next);
  EXPECT_EQ(read->not_before, row.not_before);
  EXPECT_EQ(read->seq, row.seq);
  EXPECT_EQ(read->not_after, row.not_after);
  EXPECT_EQ(read->bytes, row.bytes);
  EXPECT_EQ(read->kind, row.kind);
  EXPECT_EQ(read->period, row.period);
  EXPECT_EQ(read->destination, row.destination);
  refuses_other_lengths(value, decode_state_row);
}

TEST(Tables, EnvelopeRow) {
  const Envelope envelope{{1, 2, 3}, {4, 5}, {6, 7, 8, 9}, {10}, 5};
  const Bytes value = encode_envelope_row(envelope);
  const auto read = decode_envelope_row(value, envelope.proof);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, envelope);
  for (std::size_t size = 0; size < value.size() - envelope.sealed.size(); ++size)
    EXPECT_FALSE(decode_envelope_row(ByteView(value).first(size), envelope.proof)) << size;
  Bytes lies = value;
  lies[1] = 0xff;  // a header of four thousand million bytes
  EXPECT_FALSE(decode_envelope_row(lies, envelope.proof));
}

TEST(Tables, QueueKeysSortByNeighbourLaneTimeAndSequence) {
  const QueueKey key{kPrefecture, Lane::kNormal, kNow, 7};
  const Bytes bytes = queue_key(key);
  EXPECT_EQ(bytes.size(), 25U);
  const auto read = parse_queue_key(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->neighbour, key.neighbour);
  EXPECT_EQ(read->lane, key.lane);
  EXPECT_EQ(read->not_before, key.not_before);
  EXPECT_EQ(read->seq, key.seq);
  const auto before = [](const QueueKey& a, const QueueKey& b) {
    return compare(queue_key(a), queue_key(b)) < 0;
  };
  EXPECT_TRUE(before({kPrefecture, Lane::kUrgent, kNow + days(9), 9}, key));
  EXPECT_TRUE(before({kPrefecture, Lane::kNormal, {}, 9}, key))
      << "what may leave at once stands first";
  EXPECT_TRUE(before({kPrefecture, Lane::kNormal, kNow - days(1), 9}, key));
  EXPECT_TRUE(before({kPrefecture, Lane::kNormal, kNow, 6}, key));
  EXPECT_TRUE(starts_with(bytes, queue_prefix(kPrefecture)));
  EXPECT_TRUE(starts_with(bytes, queue_prefix(kPrefecture, Lane::kNormal)));
  EXPECT_FALSE(parse_queue_key(ByteView(bytes).first(24)));
}

TEST(Tables, BatchRow) {
  BatchRow row;
  row.ack = {9, 9, 9};
  row.channel = ChannelClass::kMedia;
  row.consignment = 77;
  row.items = {{{kPrison, envelope_id(1)}, hash_of(1)}, {{kTownship, envelope_id(2)}, hash_of(2)}};
  const Bytes value = encode(row);
  const auto read = decode_batch_row(value);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), value);
  EXPECT_EQ(read->items.at(1).key, row.items[1].key);
  EXPECT_EQ(read->items.at(1).leaf, row.items[1].leaf);
  EXPECT_EQ(read->ack, row.ack);
  EXPECT_EQ(read->channel, row.channel);
  EXPECT_EQ(read->consignment, row.consignment);
  refuses_other_lengths(value, decode_batch_row);
  Bytes lies = value;
  lies[9 + 4 + 3] = 0xff;  // as many items as 32 bits can say, and no room made for them
  EXPECT_FALSE(decode_batch_row(lies));
}

TEST(Tables, ArrivingRow) {
  ArrivingRow row;
  row.from = tests::kCounty;
  row.epoch = 5;
  row.number = 6;
  row.room = 2;
  row.next = tests::kPrefecture;
  row.bytes = 700'000;
  row.here = {true, false, true};
  row.leaf.fill(4);
  row.envelope = {{1}, {2, 2}, {3}, {4}, 7, {}};
  EXPECT_EQ(row.missing(), 1U);
  const auto read = decode_arriving_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(row));
  EXPECT_EQ(read->envelope, row.envelope);
  EXPECT_EQ(read->here, row.here);
  refuses_other_lengths(encode(row), decode_arriving_row);
  row.here = {true, true};
  EXPECT_EQ(row.missing(), 2U);
  const EnvelopeKey key{tests::kPrison, tests::envelope_id(7)};
  EXPECT_LT(chunk_key(key, 255), chunk_key(key, 256));
  EXPECT_EQ(parse_seen_key(chunk_key(key, 3)), key);
}

TEST(Tables, ConsignmentRow) {
  const ConsignmentRow row{
      ChannelClass::kFerry, ConsignmentState::kOnTheWay, kNow, kNow + days(14), 100, 3, "封条 0017",
      "courier 3"};
  const auto read = decode_consignment_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->channel, row.channel);
  EXPECT_EQ(read->state, row.state);
  EXPECT_EQ(read->created, row.created);
  EXPECT_EQ(read->expires, row.expires);
  EXPECT_EQ(read->envelopes, row.envelopes);
  EXPECT_EQ(read->batches_open, row.batches_open);
  EXPECT_EQ(read->seal, row.seal);
  EXPECT_EQ(read->courier, row.courier);
  refuses_other_lengths(encode(row), decode_consignment_row);
  EXPECT_LT(compare(consignment_key(kPrefecture, 9), consignment_key(kPrefecture, 10)), 0);
}

TEST(Tables, ImportRow) {
  const ImportRow row{ChannelClass::kFerry, kNow, kNow + days(14), 100};
  const auto read = decode_import_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->channel, row.channel);
  EXPECT_EQ(read->taken, row.taken);
  EXPECT_EQ(read->expires, row.expires);
  EXPECT_EQ(read->envelopes, row.envelopes);
  refuses_other_lengths(encode(row), decode_import_row);
  EXPECT_LT(compare(import_key(kPrefecture, 9, 4), import_key(kPrefecture, 10, 1)), 0);
}

TEST(Tables, InboxRow) {
  InboxRow row{{kPrison, envelope_id(4)}, true, false, Kind::kPreReleaseNotice, {202612}};
  row.looked = true;
  row.person = hash_of(6);
  row.first = kPrison;
  row.due = kNow;
  row.outcome = 2;
  const auto read = decode_inbox_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->looked);
  EXPECT_EQ(read->person, row.person);
  EXPECT_EQ(read->first, row.first);
  EXPECT_EQ(read->key, row.key);
  EXPECT_TRUE(read->copy && !read->settled);
  EXPECT_EQ(read->kind, row.kind);
  EXPECT_EQ(read->period, row.period);
  EXPECT_EQ(read->due, row.due);
  EXPECT_EQ(read->outcome, 2);
  refuses_other_lengths(encode(row), decode_inbox_row);
}

TEST(Tables, LedgerRow) {
  LedgerRow row;
  row.leaf = hash_of(8);
  row.kind = Kind::kAdHocReport;
  row.period = {202612};
  row.destination = kTownship;
  row.copy_of = envelope_id(1);
  row.copy = envelope_id(2);
  row.in_reply_to = envelope_id(3);
  row.submission = hash_of(9);
  row.row = 12;
  row.code = 610802001;
  row.confidence = Confidence::kAddress;
  row.assigned = false;
  row.receipt = ReceiptType::kCollected;
  row.outcome = 2;
  row.resends = 3;
  row.accepted = kNow;
  row.delivered = kNow + hours(1);
  row.due_next = kNow + days(1);
  row.not_after = kNow + days(30);
  row.due = kNow + days(5);
  row.checked_by = kCounty;
  row.collected = kNow + hours(3);
  row.faked_by = kProvince;
  row.answers = {{Kind::kCheckResult, {kTownship, envelope_id(5)}, kNow + hours(2)},
                 {Kind::kArrivalReport, {kTownship, envelope_id(6)}, kNow + days(3)}};
  const auto read = decode_ledger_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(row));
  EXPECT_EQ(read->destination, row.destination);
  EXPECT_EQ(read->copy, row.copy);
  EXPECT_EQ(read->in_reply_to, row.in_reply_to);
  EXPECT_FALSE(read->assigned);
  EXPECT_EQ(read->receipt, row.receipt);
  EXPECT_EQ(read->due_next, row.due_next);
  EXPECT_FALSE(read->finished.is_set());
  EXPECT_EQ(read->checked_by, row.checked_by);
  ASSERT_EQ(read->answers.size(), 2U);
  EXPECT_EQ(read->answers[1].kind, Kind::kArrivalReport);
  EXPECT_EQ(read->answers[1].key, row.answers[1].key);
  refuses_other_lengths(encode(row), decode_ledger_row);
}

TEST(Tables, StandingRow) {
  const StandingRow row{kNow, 7, {1, 2, 3}};
  const auto read = decode_standing_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->created, row.created);
  EXPECT_EQ(read->waiting, row.waiting);
  EXPECT_EQ(read->record, row.record);
  EXPECT_FALSE(decode_standing_row(ByteView(encode(row)).first(15)));
}

TEST(Tables, PassagesAndManifests) {
  const Passage passage{
      kDecember, Direction::kTaken, kBureau, Kind::kPreReleaseNotice, {kPrison, envelope_id(1)}};
  const Bytes key = passage_key(passage);
  EXPECT_EQ(key.size(), 38U);
  EXPECT_TRUE(starts_with(key, passage_prefix(kDecember, Direction::kTaken, kBureau)));
  const auto parsed = parse_passage_key(key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, passage);
  const PassageRow row{hash_of(2), 77, kTownship};
  const auto read = decode_passage_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(row));
  EXPECT_EQ(read->destination, kTownship);
  refuses_other_lengths(encode(row), decode_passage_row);

  ManifestRow manifest;
  manifest.epoch = 5;
  manifest.taker_epoch = 6;
  manifest.number = 3;
  manifest.count = 2;
  manifest.root = hash_of(4);
  manifest.state = ManifestState::kDiffers;
  manifest.list_wanted = true;
  manifest.made = kNow;
  manifest.told = kNow + hours(1);
  manifest.parts = 2;
  manifest.done = {1, 0};
  manifest.faults = 2;
  manifest.missing = {{kPrison, envelope_id(1), hash_of(1)}};
  manifest.unexpected = {{kPrison, envelope_id(2), hash_of(2)}};
  const auto again = decode_manifest_row(encode(manifest));
  ASSERT_TRUE(again);
  EXPECT_EQ(encode(*again), encode(manifest));
  EXPECT_EQ(again->state, manifest.state);
  EXPECT_TRUE(again->list_wanted);
  EXPECT_EQ(again->unexpected, manifest.unexpected);
  EXPECT_EQ(again->told, manifest.told);
  refuses_other_lengths(encode(manifest), decode_manifest_row);
  const auto name = parse_manifest_key(manifest_key({Direction::kGiven, kPrefecture, kDecember}));
  ASSERT_TRUE(name);
  EXPECT_EQ(name->neighbour, kPrefecture);
  EXPECT_EQ(name->period, kDecember);
  EXPECT_EQ(name->direction, Direction::kGiven);
}

TEST(Tables, LivesOfNeighboursAndARestoredStore) {
  const PeerLife life{0x0102030405060708, 12, 0x1112131415161718, 900, 901};
  const auto read = decode_peer_life(encode(life));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, life);
  refuses_other_lengths(encode(life), decode_peer_life);
  EXPECT_NE(peer_life_key(kBureau), peer_epoch_key(kBureau));
  const RestoredRow restored{kNow, 7, true};
  const auto again = decode_restored_row(encode(restored));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->at, kNow);
  EXPECT_EQ(again->unknown_own, 7U);
  EXPECT_TRUE(again->pending);
  refuses_other_lengths(encode(restored), decode_restored_row);
}

TEST(Tables, HeldRowAndTheSmallKeys) {
  const HeldRow row{"channel: may use vpn", kPrefecture, kNow};
  const auto read = decode_held_row(encode(row));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->reason, row.reason);
  EXPECT_EQ(read->next, row.next);
  EXPECT_EQ(read->since, row.since);
  EXPECT_FALSE(decode_held_row(ByteView(encode(row)).first(15)));
  const EnvelopeKey key{kPrison, envelope_id(6)};
  EXPECT_EQ(parse_seen_key(seen_key(key)), key);
  const Timer timer = parse_timer_key(timer_key(kNow, key.id));
  EXPECT_EQ(timer.due, kNow);
  EXPECT_EQ(timer.id, key.id);
  EXPECT_LT(compare(timer_key(kNow, envelope_id(9)), timer_key(kNow + Duration{1}, envelope_id(1))),
            0);
  EXPECT_NE(quarantine_key(key, hash_of(1)), quarantine_key(key, hash_of(2)));
  EXPECT_TRUE(starts_with(out_batch_key(kBureau, 1), out_batch_prefix(kBureau)));
  EXPECT_TRUE(starts_with(in_batch_key(kBureau, 5, 1), in_batch_prefix(kBureau)));
  EXPECT_TRUE(starts_with(record_key(kBureau, 1), record_prefix(kBureau)));
}

}  // namespace
}  // namespace xianjie::tests
