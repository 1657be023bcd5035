// Running the exchange test from the national office (flow D): a roll-call to every office, which
// also announces the freezes; each round's requests and notices to townships of every province,
// held until their windows open; and the score, from nothing but signed receipts and answers and
// the times at which they came here. Pure. Read next: exchange_plan.h.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "broker/store.h"
#include "crypto/key_ring.h"
#include "node/office/exchange_plan.h"
#include "node/office/submission.h"

namespace xianjie::node {

// The same plan twice is one run: every part gets its first answer. kRefused where this office is
// not the root, or a window has begun.
Result<std::unique_ptr<Submission>> exchange_submission(const ExchangePlan& plan,
                                                        const crypto::KeyRing& keys,
                                                        const routing::Directory& directory,
                                                        WallTime now);
Hash exchange_id(const ExchangePlan& plan, const crypto::KeyRing& keys);

// One row a round and office that was asked, and one for each office above it up to the province.
Result<nlohmann::json> exchange_score(broker::ReadTxn& txn, const ExchangePlan& plan,
                                      const crypto::KeyRing& keys,
                                      const routing::Directory& directory, WallTime now);

}  // namespace xianjie::node
