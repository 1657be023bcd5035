// What this office gave by disk and ferry, and what it took, for `media list`. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "broker/store.h"
#include "schemas/time.h"

namespace xianjie::node {

// {given: [{to, number, channel, state, created, expires, envelopes, open, seal, courier}],
//  taken: [{from, number, channel, taken, expires, envelopes}]}; states: prepared, on_the_way,
// acknowledged, overdue.
Result<nlohmann::json> consignments_view(broker::ReadTxn& txn, const Now& now);

// By which channels an envelope came and went, from the acknowledgements of its batches that are
// not in the archive yet: [{direction, neighbour, channel, consignment, time}]; time null: nobody
// has acknowledged it yet.
Result<nlohmann::json> custody_hops(broker::ReadTxn& txn, ByteView seen_key);
// The same from one record of the archive; null where that is of something else.
nlohmann::json custody_hop(ByteView record, ByteView seen_key);

}  // namespace xianjie::node
