// The costly, pure half of the bus, before a turn: verify what came in, seal what goes out. Needs
// only an immutable snapshot, so it may run on any thread; the turn that follows needs no
// cryptography but its own acknowledgements. Read next: broker.h.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "broker/snapshot.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "routing/calendar.h"
#include "schemas/envelope.h"
#include "schemas/link.h"

namespace xianjie::broker {

// Statements that were verified, by their exact bytes, signature and what was trusted then.
// Bounded: two generations, the older of which goes when the younger is full. Not shared between
// threads. Remembers which root a batch number had: one number with two roots is the sign of a
// cloned origin.
class StatementCache {
 public:
  enum class Verdict : std::uint8_t { kUnknown, kGood, kOtherRoot };
  Verdict look_up(const Bytes& exact, const Hash& trust, const BatchStatement& statement);
  void remember(const Bytes& exact, const Hash& trust, const BatchStatement& statement);

 private:
  static constexpr std::size_t kGenerationMax = 4096;
  struct Generation {
    std::map<Bytes, Hash> good;  // to the DirectorySnapshot::trust_digest it was checked by
    std::map<std::tuple<OfficeId, KeyId, std::uint64_t>, Hash> roots;
  };
  Generation young_, old_;
};

struct CheckedEnvelope {
  Envelope envelope;
  Header header;  // meaningful where fault is empty
  Hash leaf{};
  std::optional<Error> fault;   // why it is refused; text begins with a token
  bool other_root = false;      // alarm: its batch number was seen with another root
  std::uint64_t sealed_as = 0;  // number of the batch that its origin signed it in
  // The key it was signed with is revoked since then. Whether the envelope stands all the same is
  // the turn's to say (vouchers.cc).
  std::optional<WallTime> revoked{};
  bool vouched = false;  // its voucher is good; a bad one is dropped
};
// Origin, key validity, structure, class of the kind, place in the signed batch. Never opens
// anything.
CheckedEnvelope check_envelope(Envelope envelope, const DirectorySnapshot& snapshot,
                               StatementCache& cache);

// Begins the fault of an envelope whose signing key this office's directory does not hold.
inline constexpr std::string_view kUnknownKey = "unknown_key";

struct CheckedBatch {
  std::uint64_t number = 0, settled_below = 0;
  std::vector<CheckedEnvelope> envelopes;
};
struct CheckedRecord {
  SignedRecord bytes;
  Record record;
};
struct CheckedRecords {
  std::uint64_t number = 0;
  std::vector<CheckedRecord> records;  // those that verify
  std::uint32_t refused = 0;           // those that do not
  bool unknown_key = false;            // of these one is signed with a key not known here
};
struct CheckedChunk {
  Chunk chunk;
  Hash leaf{};  // of its bytes
};
using CheckedFrame =
    std::variant<Hello, CheckedBatch, Ack, CheckedRecords, RecordsAck, Credit, Refusal, Ping, Pong,
                 ChunksWanted, CheckedChunk, DirectoryNews, DirectoryWanted, DirectoryPart>;
// kCorrupt: the frame as a whole is unreadable.
Result<CheckedFrame> check_frame(ByteView bytes, const DirectorySnapshot& snapshot,
                                 StatementCache& cache);

// What an application wants sent.
struct Order {
  Kind kind = Kind::kNone;
  OfficeId destination;
  Period period;
  Bytes payload;
  WallTime due;
  WallTime not_before;  // not set: at once
  WallTime not_after;   // of kinds that live as long as their subject; else not set
  EnvelopeId in_reply_to, continues, replaces;
  EnvelopeId refers_to{};  // an attachment's subject
  bool keep = false;       // the origin keeps a readable copy for its retention
  std::optional<std::uint32_t> police_copy_code;  // kinds with a police copy: whose province
  std::vector<OfficeId> further_readers;          // rehearsal directories only
};

// A sealed envelope with what the origin's ledger needs of its path.
struct Outgoing {
  Envelope envelope;
  Header header;
  Hash leaf{};
  OfficeId next;
  WallTime gate;          // this office's own; not set: may leave at once
  WallTime first_resend;  // the path's last gate plus a day
  bool keep = false;      // Order::keep
};
struct PreparedOrder {
  Outgoing main;
  std::optional<Outgoing> copy;  // to population-police
};

struct SealContext {
  const DirectorySnapshot& snapshot;
  const crypto::OfficeKeys& keys;
  const routing::CalendarOptions& calendar;
  crypto::Random& random;
};
// Seals and signs all orders as one batch (at most kBatchEnvelopesMax envelopes, copies counted).
// `batch_number` comes from a lease (event.h) and is used up even where an order fails. The result
// has one entry an order: a single bad one does not stop the others.
std::vector<Result<PreparedOrder>> prepare_orders(std::span<const Order> orders,
                                                  const SealContext& context,
                                                  std::uint64_t batch_number, WallTime now);

}  // namespace xianjie::broker
