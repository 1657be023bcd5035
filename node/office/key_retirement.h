// Which of an office's old key files nobody needs any more: nothing sealed to them can arrive, and
// nothing that is kept here is opened with them. Nothing deletes a file by itself. Pure.
#pragma once

#include <string>
#include <vector>

#include "broker/own_keys.h"
#include "broker/store.h"

namespace xianjie::node {

struct Retirement {
  KeyId id;
  bool may_delete = false;
  std::string reason;         // for people
  std::size_t envelopes = 0;  // kept here, sealed to it
};

// Of every set whose secrets are here. Reads every envelope of the store.
Result<std::vector<Retirement>> retirements(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                            const routing::Directory& directory, const Now& now);

}  // namespace xianjie::node
