// What the store says of the envelopes that an evidence file is about. Pure over a snapshot.
// Read next: evidence_export.cc.
#pragma once

#include <vector>

#include "broker/store.h"
#include "node/evidence/build.h"
#include "node/office/standing.h"

namespace xianjie::node {

struct RelatedEnvelope {
  broker::EnvelopeKey key;
  Hash leaf{};
  evidence::Relation role = evidence::Relation::kMain;
};
// The envelope itself, then what it answers, copies, goes on with or replaces, and what does so
// with it, as far as this office knows them. kNotFound: it never had it.
Result<std::vector<RelatedEnvelope>> related_envelopes(broker::ReadTxn& txn, OfficeId self,
                                                       const broker::EnvelopeKey& main);

// The month's ledger, what passed to and from each neighbour, how the offices below stand.
Result<> add_month(broker::ReadTxn& txn, const MonthContext& context, Period period,
                   evidence::Pieces& pieces);

// Whether a custody statement is signed by its taker's key and speaks of the leaf.
bool verifies(const evidence::Custody& custody, const Hash& leaf,
              const routing::Directory& directory);

}  // namespace xianjie::node
