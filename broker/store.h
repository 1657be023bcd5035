// Port: named tables of ordered byte keys, snapshot reads, one atomic write transaction.
//
// Contract. A write transaction sees its own writes; nothing of it is visible or durable before
// commit() returns. commit() returns once the data is on stable storage. Any error of commit()
// means *outcome unknown*: the caller latches and reconciles after a restart. Dropping a
// transaction without commit undoes it. Views die with the transaction or at its next write,
// whichever is first. A value that fails its checksum is reported as kCorrupt, never returned and
// never deleted by itself. The port stays this plain so that a replicated database can stand behind
// a hub later. Implementations: adapters/lmdb_store.h, tests/support/memory_store.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::broker {

// The tables of DESIGN section 10. Keys are 1 to 511 bytes; their layout stands in broker/tables.h.
enum class Table : std::uint8_t {
  kEnvelopes,
  kProofs,
  kSeen,
  kQueue,
  kBatches,
  kInbox,
  kPersons,
  kMeta,
  kLedger,        // the origin's own envelopes and what became of them
  kTimers,        // what is to be done at a wall time
  kRecords,       // signed records waiting for a neighbour
  kHeld,          // stopped envelopes, with the reason
  kAudit,         // audit lines committed but not yet in the Archive
  kQuarantine,    // conflicting or corrupt bytes, never deleted
  kSubmissions,   // (submission, row) -> the first answer
  kStandings,     // office -> its newest signed standing, of this office and those below
  kPassages,      // what passed to and from each neighbour for a period (month_tables.h)
  kManifests,     // the newest manifest of each neighbour, direction and period
  kConsignments,  // (neighbour, number) -> what is given by disk or ferry
  kChunks,        // (origin, id, index) -> one sealed chunk of a large payload
  kArriving,      // (origin, id) -> a large payload's envelope, chunks of which are still missing
  kImports,       // (neighbour, epoch, number) -> what was taken from a disk or ferry
  kRecalls,       // (origin, id) of the inbox -> kept back until its origin has spoken (recalls.cc)
  kVouchers,      // (origin, id) -> why an envelope under a revoked key stands: broker/vouchers.cc
  kItems,         // id -> the item here that is that envelope, or goes on with it (repeats.cc)
  kCount
};
std::string_view table_name(Table table);  // "envelopes", "proofs" …

struct Row {
  ByteView key, value;
};
// Return false to stop the scan.
using Visit = std::function<bool(const Row&)>;

class ReadTxn {
 public:
  virtual ~ReadTxn() = default;
  virtual Result<std::optional<ByteView>> get(Table table, ByteView key) = 0;
  // Rows with key >= from, in order, while they start with `prefix`. A corrupt row stops the scan
  // with kCorrupt; Error::text holds the key in hex. The visitor must not write.
  virtual Result<void> scan(Table table, ByteView from, ByteView prefix, const Visit& visit) = 0;
  virtual Result<std::uint64_t> count(Table table) = 0;
  // What it gave so far is not needed any more: a reader that takes long may go on in a newer
  // snapshot. Within a scan nothing happens.
  virtual void rest() {}
};

class WriteTxn : public ReadTxn {
 public:
  virtual Result<void> put(Table table, ByteView key, ByteView value) = 0;
  virtual Result<bool> erase(Table table, ByteView key) = 0;  // false: was not there
  // A row that fails its checksum moves, as the bytes it is, to `quarantine` under
  // 0xFF ‖ table number ‖ key. Nothing where there is no such row.
  virtual Result<void> set_aside(Table table, ByteView key) = 0;
  virtual Result<void> commit() = 0;  // once; the transaction is over after it
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Result<std::unique_ptr<ReadTxn>> read() = 0;
  virtual Result<std::unique_ptr<WriteTxn>> write() = 0;  // one at a time
};

}  // namespace xianjie::broker
