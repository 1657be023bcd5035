// The directory of a rehearsal comes about as a real one does (ops/TRUST.md), with everybody in one
// room: holders make their keys, two of three sign root and list, every office writes a request
// that the office above approves, and the root office signs the timestamps.
#pragma once

#include <string>
#include <vector>

#include "crypto/keys.h"
#include "schemas/directory.h"
#include "schemas/trust.h"

namespace xianjie::node::rehearsal {

struct Ceremony {
  DirectoryBundle bundle;
  crypto::SigningPair timestamp_key;  // for the root office
};
// `offices` with names, parents and channels; keys[i] belongs to offices[i]. All of it was made a
// day before `start`; the first timestamp is of `start`.
Result<Ceremony> hold_ceremony(const std::vector<OfficeRecord>& offices,
                               const std::vector<crypto::OfficeKeys>& keys, WallTime start,
                               crypto::Random& random);

}  // namespace xianjie::node::rehearsal
