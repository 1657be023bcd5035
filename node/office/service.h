// What an office does of itself with an item that has just come into its inbox: notes outcomes,
// gives answers on, distributes returns, checks batches of records, looks who a notice is about.
// Pure: what is to be done comes out, the caller seals and posts it (the daemon's engine, the
// simulator). Read next: continuation.h, answers.h.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "broker/event.h"
#include "crypto/key_ring.h"
#include "node/office/desk.h"

namespace xianjie::node {

struct ServiceContext {
  const crypto::KeyRing& keys;
  const broker::DirectorySnapshot& snapshot;
  WallTime now;
};

// An event for the next turn; `order` goes with it, once it is sealed.
struct Act {
  std::variant<broker::NoteOutcome, broker::NotePerson, broker::Continue, broker::Settle> event;
  std::optional<broker::Order> order;
};
// `sealed`: the act's order; not set where it has none.
broker::Event complete(Act act, std::optional<broker::PreparedOrder> sealed);

struct Served {
  bool opened = false;     // to be recorded
  std::optional<Act> act;  // none: a person decides
};

bool served_here(OfficeId self, Kind kind);
bool waits_for_service(const broker::InboxRow& row);  // where its kind is served
Result<Served> serve(broker::ReadTxn& txn, const broker::Delivered& item,
                     const ServiceContext& context);
// Inbox items that are to go on because an office moved or has ended: asked for at start, and when
// the directory moved.
Result<std::vector<broker::Delivered>> items_to_follow(broker::ReadTxn& txn,
                                                       const ServiceContext& context);

}  // namespace xianjie::node
