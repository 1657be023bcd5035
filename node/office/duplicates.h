// The same person from two origins in one period (疑似重复): both are delivered, and each is marked
// with the other. Found by a hash under the office's own key that its service noted on arrival
// (broker/event.h, NotePerson); nothing is opened here. Pure.
#pragma once

#include <map>
#include <vector>

#include "broker/store.h"
#include "broker/tables.h"

namespace xianjie::node {

// Items of this inbox, settled ones too, with the others that are about the same person.
using Duplicates = std::map<broker::EnvelopeKey, std::vector<EnvelopeId>>;
Result<Duplicates> possible_duplicates(broker::ReadTxn& txn);

}  // namespace xianjie::node
