// The rows of the store: key layouts and value codecs (DESIGN section 10). Keys are fixed-width,
// big-endian; a value begins with nothing but its first field. Example, a queue key for
// bureau prison-bureau:610000, lane normal, gate 2026-12-11T09:00+08:00, sequence 7:
//   0600000000094ed0 01 8000019b0b0d0a40 0000000000000007   (8 + 1 + 8 + 8 = 25 bytes)
// Every stored value is also guarded by the store's own checksum. Read next: broker.h.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/envelope.h"
#include "schemas/ids.h"
#include "schemas/link.h"
#include "schemas/record.h"
#include "schemas/result.h"
#include "schemas/vocabulary.h"

namespace xianjie::broker {

// Names one envelope everywhere: ids are only as unique as their origin is honest.
struct EnvelopeKey {
  OfficeId origin;
  EnvelopeId id;
  friend auto operator<=>(const EnvelopeKey&, const EnvelopeKey&) = default;
};
Bytes seen_key(const EnvelopeKey& key);  // 8 + 16; also the key of envelopes, proofs, held
EnvelopeKey parse_seen_key(ByteView key);
std::string name_of(const EnvelopeKey& key);  // in audit lines and alarms

// Where an envelope stands at this office. One row an envelope in `seen`; the only state by id.
enum class Place : std::uint8_t {
  kQueued = 1,   // in `queue`, or in an outstanding batch
  kHeld = 2,     // in `held`
  kAway = 3,     // passed on; at its origin the bytes stay until a terminal receipt
  kInbox = 4,    // delivered here
  kSettled = 5,  // done here
  kDead = 6,
  kCorrupt = 7,
};

struct StateRow {
  Hash leaf{};
  Place place = Place::kQueued;
  bool path_copy = false;  // bytes stay readable here after they went on
  bool late = false;       // arrived after the day of this office's gate
  bool collected = false;  // a clerk took it (destination only)
  bool returned = false;   // a repeat of an item here (repeats.cc)
  bool rejected = false;   // settled by a rule: an answer to nothing (destination only)
  std::uint8_t hops = 0;
  Lane lane = Lane::kNormal;
  std::uint8_t room = 0;      // the quota its bytes count in (room.h)
  std::uint8_t attempts = 0;  // deferred or refused by the next hop so far
  OfficeId from;              // not set at the origin
  OfficeId next;              // not set at the destination
  WallTime not_before;        // not set: may leave at once
  std::uint64_t seq = 0;      // of its queue row
  std::uint64_t inbox_seq = 0;
  WallTime taken;    // custody or delivery, first time
  WallTime changed;  // last change of place
  WallTime not_after;
  std::uint32_t bytes = 0;
  Kind kind = Kind::kNone;  // of its header, as are period and destination
  Period period;
  OfficeId destination;
};
Bytes encode(const StateRow& row);
Result<StateRow> decode_state_row(ByteView value);

Bytes encode_envelope_row(const Envelope& envelope);  // without the proof
Result<Envelope> decode_envelope_row(ByteView value, ByteView proof);

// queue: (neighbour, lane, not_before, seq) → EnvelopeKey
struct QueueKey {
  OfficeId neighbour;
  Lane lane = Lane::kNormal;
  WallTime not_before;
  std::uint64_t seq = 0;
};
Bytes queue_key(const QueueKey& key);
Bytes queue_prefix(OfficeId neighbour);
Bytes queue_prefix(OfficeId neighbour, Lane lane);
Result<QueueKey> parse_queue_key(ByteView key);

// batches, outgoing: (0, neighbour, number) → BatchRow. Incoming: (1, neighbour, sender epoch,
// number) → BatchRow with the acknowledgement, answered again to a repeat.
struct BatchItem {
  EnvelopeKey key;
  Hash leaf{};
};
struct BatchRow {
  ChannelClass channel = ChannelClass::kPublic;  // where it was last given, or came in
  std::uint64_t consignment = 0;                 // media and ferry: which; else 0
  std::vector<BatchItem> items;
  Bytes ack;  // an encoded Ack frame; empty while outstanding
};
Bytes out_batch_key(OfficeId neighbour, std::uint64_t number);
Bytes out_batch_prefix(OfficeId neighbour);
Bytes in_batch_key(OfficeId neighbour, std::uint64_t epoch, std::uint64_t number);
Bytes in_batch_prefix(OfficeId neighbour);
Bytes encode(const BatchRow& row);
Result<BatchRow> decode_batch_row(ByteView value);

// inbox: (seq) → InboxRow
struct InboxRow {
  EnvelopeKey key;
  bool copy = false;  // a path copy: never settled, outside the balance
  bool settled = false;
  Kind kind = Kind::kNone;
  Period period;
  EnvelopeId continued_by{};  // set: this office's own envelope that goes on with it
  bool looked = false;        // this office's own service has looked who it is about
  Hash person{};              // then HMAC(local key, ID number); zero: without one
  OfficeId first{};           // then who handed the notice in
  WallTime due{};             // the header's: until then its origin waits for an answer
  std::uint8_t outcome = 0;   // CheckOutcome it was settled with here; 0: none
};
Bytes seq_key(std::uint64_t seq);
Bytes encode(const InboxRow& row);
Result<InboxRow> decode_inbox_row(ByteView value);

// What came back for an envelope of this origin: the first of each kind counts.
struct LedgerAnswer {
  Kind kind = Kind::kNone;
  EnvelopeKey key;
  WallTime time;  // taken here
};

// ledger: (id) → what this origin knows of its own envelope
struct LedgerRow {
  Hash leaf{};
  Kind kind = Kind::kNone;
  Period period;
  OfficeId destination;
  EnvelopeId copy_of;  // set: this row is a copy to population-police
  EnvelopeId copy;     // its own copy; not set and kind wants one: `no_copy`
  EnvelopeId in_reply_to;
  EnvelopeKey continues;  // the inbox item here that it goes on with
  EnvelopeKey result;     // the check_result that brought `outcome`
  Hash submission{};
  std::uint32_t row = 0;  // data row in the submission, from 1; 0: none
  std::uint32_t code = 0;
  Confidence confidence = Confidence::kExact;
  bool assigned = true;                          // false: reached a desk above the townships
  ReceiptType receipt = ReceiptType::kAccepted;  // the newest that counts
  std::uint8_t outcome = 0;                      // CheckOutcome that came back; 0: none yet
  std::uint32_t resends = 0;
  bool asked = false;  // an inquiry is out and nothing has come back since
  WallTime accepted, delivered, finished, due_next;  // due_next: its row in `timers`
  WallTime not_after;
  WallTime due;         // until then an answer is owed; not set: none
  OfficeId checked_by;  // who said `outcome`
  WallTime collected;   // when word of a clerk's signature came here; not set: none yet
  OfficeId faked_by;    // who answered in the place of the office that was asked; rejected
  std::vector<LedgerAnswer> answers;
  std::vector<OfficeId> before;  // who stood for `destination` before; its own one among them
  // Whose word on what became of it counts.
  [[nodiscard]] bool is_answered_by(OfficeId office) const {
    return office == destination || std::ranges::find(before, office) != before.end();
  }
};
Bytes ledger_key(const EnvelopeId& id);
Bytes encode(const LedgerRow& row);
Result<LedgerRow> decode_ledger_row(ByteView value);

Bytes timer_key(WallTime due, const EnvelopeId& id);
struct Timer {
  WallTime due;
  EnvelopeId id;
};
Timer parse_timer_key(ByteView key);

// records: (neighbour, seq) → encoded SignedRecord
Bytes record_key(OfficeId neighbour, std::uint64_t seq);
Bytes record_prefix(OfficeId neighbour);

// held: EnvelopeKey → HeldRow
struct HeldRow {
  std::string reason;  // token: text
  OfficeId next;
  WallTime since;
};
Bytes encode(const HeldRow& row);
Result<HeldRow> decode_held_row(ByteView value);

// standings: (office) → StandingRow
struct StandingRow {
  WallTime created;
  std::uint64_t waiting = 0;  // sequence in `records` under which it was last passed on
  Bytes record;               // the encoded SignedRecord
};
Bytes standing_key(OfficeId office);
Bytes encode(const StandingRow& row);
Result<StandingRow> decode_standing_row(ByteView value);

// consignments: (neighbour, number) → ConsignmentRow, of those that this office gave
enum class ConsignmentState : std::uint8_t {
  kPrepared = 1,      // its frames were handed out; nobody has said that they are written
  kOnTheWay = 2,      // written; mail on it waits for its acknowledgement
  kAcknowledged = 3,  // all of it, or there was no mail on it
  kOverdue = 4,       // expired before; what it held may go any way again
};
struct ConsignmentRow {
  ChannelClass channel = ChannelClass::kMedia;
  ConsignmentState state = ConsignmentState::kPrepared;
  WallTime created, expires;
  std::uint32_t envelopes = 0;
  std::uint32_t batches_open = 0;  // given and not acknowledged
  std::string seal, courier;       // as in its manifest
};
Bytes consignment_key(OfficeId neighbour, std::uint64_t number);
Bytes encode(const ConsignmentRow& row);
Result<ConsignmentRow> decode_consignment_row(ByteView value);

// chunks: (origin, id, index) → the sealed chunk
Bytes chunk_key(const EnvelopeKey& key, std::size_t index);

// arriving: EnvelopeKey → ArrivingRow. No custody yet: the sender keeps the envelope until all of
// its chunks are here.
struct ArrivingRow {
  OfficeId from;
  std::uint64_t epoch = 0;  // of the sender's store, and its batch: what is to be acknowledged
  std::uint64_t number = 0;
  std::uint8_t room = 0;  // where its bytes are reserved (room.h)
  OfficeId next;
  std::uint32_t bytes = 0;
  std::vector<bool> here;  // one a chunk
  Hash leaf{};
  Envelope envelope;  // as it came
  // The first chunk that is missing; here.size(): none.
  [[nodiscard]] std::size_t missing() const;
};
Bytes encode(const ArrivingRow& row);
Result<ArrivingRow> decode_arriving_row(ByteView value);

// imports: (neighbour, its store epoch, number) → ImportRow, until it could not be taken any more
struct ImportRow {
  ChannelClass channel = ChannelClass::kMedia;
  WallTime taken, expires;
  std::uint32_t envelopes = 0;
};
Bytes import_key(OfficeId neighbour, std::uint64_t epoch, std::uint64_t number);
Bytes encode(const ImportRow& row);
Result<ImportRow> decode_import_row(ByteView value);

// meta: what is remembered of a neighbour's store, by the newest hello that was let in (lives.h)
struct PeerLife {
  std::uint64_t epoch = 0;
  std::uint64_t boot = 0, instance = 0;  // 0: never said
  std::uint64_t batch = 0;               // the greatest number it has given here, or spoken of
  std::uint64_t sealed = 0;              // the greatest batch that it sealed, of its own mail
  friend bool operator==(const PeerLife&, const PeerLife&) = default;
};
Bytes peer_life_key(OfficeId office);
Bytes encode(const PeerLife& row);
Result<PeerLife> decode_peer_life(ByteView value);

// meta: set once this store turned out to be a restored backup (recalls.cc)
struct RestoredRow {
  WallTime at;                    // noticed; not set: on a clock that was not trusted
  std::uint64_t unknown_own = 0;  // own envelopes that receipts spoke of and this store lacks
  bool pending = false;           // nothing has been kept back yet
};
Bytes encode(const RestoredRow& row);
Result<RestoredRow> decode_restored_row(ByteView value);

// `part`: SubmitItem::part; left out of the key where 0.
Bytes submission_key(const Hash& submission, std::uint32_t row, std::uint64_t part = 0);
Bytes quarantine_key(const EnvelopeKey& key, const Hash& leaf);

// meta: short names
inline constexpr std::string_view kMetaCounters = "counters";  // sequences, horizon, room
inline constexpr std::string_view kMetaEpoch = "epoch";
inline constexpr std::string_view kMetaFollowed = "followed";  // route digest the queues follow
inline constexpr std::string_view kMetaBelieved = "believed";  // u64 root version, u64 directory's
inline constexpr std::string_view kMetaBorn = "born";          // WallTime of the store's first turn
inline constexpr std::string_view kMetaBoot = "boot";          // u64: starts of this store
inline constexpr std::string_view kMetaRestored = "restored";
inline constexpr std::string_view kMetaWall = "wall";  // WallTime: the newest that was trusted
Bytes peer_epoch_key(OfficeId office);  // "peer" ‖ office → u64, the newest known store epoch

}  // namespace xianjie::broker
