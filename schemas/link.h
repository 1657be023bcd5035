// The frames of a link between two neighbours (DESIGN section 8). One ZeroMQ message is one frame.
// decode_frame checks length, file identifier, FlatBuffers structure and every count before use.
// Format: fbs/link.fbs. Read next: broker/link.h.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/envelope.h"
#include "schemas/ids.h"
#include "schemas/limits.h"
#include "schemas/record.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

struct Hello {
  std::uint8_t version_min = kProtocolVersion, version_max = kProtocolVersion;
  OfficeId office;  // must be the authenticated key's
  std::uint64_t directory_version = 0;
  Hash route_digest{};
  std::uint64_t store_epoch = 0;  // random per store: a lost disk has a new one
  std::uint64_t known_epoch = 0;  // the other end's epoch as last seen here; 0: never met
  ChannelClass channel_class = ChannelClass::kPublic;
  std::uint64_t credit_bytes = 0;  // how much the sender of this hello takes unacknowledged
  bool reply_wanted = true;        // the first hello of a connection asks for the other's
  // Which life of its store speaks: starts of it, counted; random a process; its greatest batch
  // number so far. What the sender remembers of the other end's newest life follows, with the
  // greatest batch numbers it took from it: of the wire, and sealed by it. `behind`: the other end
  // has turned out to be an older state of that store (broker/lives.h).
  std::uint64_t boot = 0, instance = 0, last_batch = 0;
  std::uint64_t known_boot = 0, known_instance = 0, known_batch = 0, known_sealed = 0;
  bool behind = false;
};

struct EnvelopeBatch {
  std::uint64_t number = 0;         // rising per (sender epoch, link); a resend keeps it
  std::uint64_t settled_below = 0;  // all batches under this number are settled at the sender
  std::vector<Envelope> envelopes;  // 1 to kBatchEnvelopesMax, kBatchBytesMax
};

// What the receiver did with one envelope of a batch.
enum class AckOutcome : std::uint8_t {
  kTaken = 1,     // custody passed, or delivered here; durable
  kKnown = 2,     // a repeat that ends here; the sender lets go
  kDeferred = 3,  // not now (room, rate): the sender keeps it and tries later
  kRefused = 4,   // never (expired, no route, hop limit, not verified): the sender holds it
  kConflict = 5,  // same id, other leaf: quarantined, alarm; the sender holds it
};

// The custody statement. Signed over "XJ1/ack" ‖ from ‖ to ‖ key ‖ sender epoch ‖ number ‖ time ‖
// channel class ‖ H(outcomes) ‖ H(leaves); `from` gave the batch, `to` signs.
struct Ack {
  std::uint64_t number = 0;
  std::uint64_t sender_epoch = 0;
  KeyId key;
  WallTime time;
  ChannelClass channel_class = ChannelClass::kPublic;
  std::vector<AckOutcome> outcomes;  // one an envelope, in the batch's order
  Signature signature{};
  std::uint32_t retry_after_ms = 0;  // for the kDeferred among them
};

struct Records {
  std::uint64_t number = 0;           // rising per link and sender epoch; answered by RecordsAck
  std::vector<SignedRecord> records;  // 1 to kRecordsFrameMax, their size() within kBatchBytesMax
};
struct RecordsAck {
  std::uint64_t number = 0;
};
struct Credit {
  std::uint64_t bytes = 0;  // the new window
};
// A whole batch not taken; nothing of it was committed.
struct Refusal {
  std::uint64_t number = 0;  // 0: nothing at all is taken over this connection
  std::string limit;         // which limit or rule, a token such as "custody_room"
  std::uint32_t retry_after_ms = 0;
};
struct Ping {
  std::uint64_t nonce = 0;  // answered after a committed turn: proves the store, not the socket
  WallTime wall{};          // of whoever asks; not set: not said
};
struct Pong {
  std::uint64_t nonce = 0;
  WallTime asked{};           // the ping's `wall`
  WallTime wall{};            // of whoever answers; not set: not said
  bool wall_trusted = false;  // whether it trusts that
};

// A large payload's chunks travel on their own. Its envelope comes alone in a batch, and whoever
// lacks chunks of it asks for them, a few at a time; the batch is acknowledged when all are there.
struct ChunksWanted {
  OfficeId origin;
  EnvelopeId id;
  std::uint16_t first = 0;
  std::uint16_t count = 0;  // at least 1; first + count at most kChunksMax
};
struct Chunk {
  OfficeId origin;
  EnvelopeId id;
  std::uint16_t index = 0;  // below kChunksMax
  Bytes bytes;              // at most kSealedChunkBytesMax; empty: it is not to be had here
};

// The directory over the bus (broker/directory_sync.h): how far it is known here; what one end
// lacks of what the other has; that as a bundle, a part at a time.
struct DirectoryNews {
  std::uint64_t root_version = 0, snapshot_version = 0;
  Hash snapshot{}, denials{};
  Bytes timestamp;  // an encoded SignedDirectory; empty: none
};
struct DirectoryWanted {
  std::uint64_t root_version = 0;
  Hash snapshot{}, denials{};
  std::uint32_t offset = 0;
};
struct DirectoryPart {
  Hash bundle{};  // of the whole
  std::uint32_t total = 0, offset = 0;
  Bytes bytes;  // 1 to kDirectoryPartBytes
};

using Frame =
    std::variant<Hello, EnvelopeBatch, Ack, Records, RecordsAck, Credit, Refusal, Ping, Pong,
                 ChunksWanted, Chunk, DirectoryNews, DirectoryWanted, DirectoryPart>;

// XJ_CHECKs that the frame fits kFrameBytesMax: whoever fills one keeps the limits above.
Bytes encode(const Frame& frame);
Result<Frame> decode_frame(ByteView bytes);
std::string_view frame_name(const Frame& frame);  // "hello", "batch", "ack" … for logs and counters

}  // namespace schemas
}  // namespace xianjie
