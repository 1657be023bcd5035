// How far an office's audit log has come, said every hour to its parent and one other neighbour,
// which countersign: whoever cuts off a tail later contradicts them. Rows of `meta`:
//   "head" ‖ u8 0 ‖ witness ‖ u32 period   the countersignatures of this office's own heads
//   "head" ‖ u8 1 ‖ office  ‖ u32 period   the heads that a neighbour signed, as this office has
//   them
// each → the encoded SignedRecord; period 0: the newest, else the newest of that month. Example,
// the newest head of county:610802 here: 68656164 01 04000000000951f2 00000000. Read next:
// heads.cc.
#pragma once

#include <vector>

#include "broker/store.h"
#include "routing/directory.h"
#include "schemas/record.h"

namespace xianjie::broker {

inline constexpr int kHeadMonths = 36;  // older ones are dropped

Bytes head_key(bool of_neighbour, OfficeId office, Period period);
// The parent, and the lowest other neighbour where there is one.
std::vector<OfficeId> head_witnesses(const routing::Directory& directory, OfficeId office);

struct KeptHead {
  SignedRecord bytes;
  Record record;
};
// All that are kept, each once: countersignatures of this office's heads, or heads of neighbours.
Result<std::vector<KeptHead>> kept_heads(ReadTxn& txn, bool of_neighbours);

}  // namespace xianjie::broker
