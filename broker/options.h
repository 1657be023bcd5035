// What a broker is opened with, and what it counts and looks through while it runs. Read next:
// broker.h.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/store.h"
#include "routing/calendar.h"
#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/limits.h"
#include "schemas/record.h"
#include "schemas/time.h"

namespace xianjie::broker {

// What stands outside the store of how far it has been: one that lags behind is a restored backup.
struct Witness {
  std::uint64_t boot = 0;       // of the file beside the store; 0: there is none
  std::uint64_t audit_seq = 0;  // of the same
  std::uint64_t archived = 0;   // the Archive's last number
};

struct BrokerOptions {
  routing::CalendarOptions calendar;
  std::uint64_t store_bytes = kStoreBytesDefault;
  Duration ack_timeout = seconds(30);
  Duration retry_max = kRetryMax;
  Duration skew = kClockSkew;
  Duration copy_retention = days(60);  // path copies, from custody
  std::uint64_t fresh_epoch = 0;       // random, not zero: used where the store is new or restored
  std::uint64_t instance = 0;          // random, of this process; 0: lives are not spoken of
  Witness witness;
  Duration rival_patience = seconds(10);  // with a silent process before another one takes over
  Duration recall_patience = hours(1);    // with origins that do not answer a restored store
};

// Persistent sequences and totals: one row of `meta`, written by every turn.
struct Counters {
  std::uint64_t queue_seq = 0, inbox_seq = 0, audit_seq = 0, record_seq = 0;
  std::uint64_t wire_batch = 0;  // numbers of outgoing link batches
  std::uint64_t seal_batch = 0;  // leased to prepare
  WallTime horizon;  // greatest not_after ever forgotten: nothing at or before it is taken
  WallTime swept;    // when the last sweep began
  WallTime born;     // first turn of this store with a trusted clock
  Bytes sweep_from;  // its cursor in `seen`; empty: none under way
};

// Held rows to be asked again because something moved: those whose reason begins with `token`, and
// that wait for `next` where it is set. Not durable: every start asks all of them.
struct HeldScan {
  std::string token;
  OfficeId next;
  Bytes from;  // key of the row to go on at
};

// Rows of one origin to be looked at again because a key of it is revoked. Not durable, as above.
struct RevokedScan {
  OfficeId origin;
  Bytes from;
};
// What neighbours are to be asked: since when they have had it.
using VouchersWanted = std::map<std::pair<OfficeId, Kind>, std::vector<ManifestEntry>>;

// A row that the store's check found bad.
struct DamagedRow {
  Table table = Table::kMeta;
  Bytes key;
};

}  // namespace xianjie::broker
