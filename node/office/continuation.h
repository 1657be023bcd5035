// A notice on its way through several desks (flows A8 and C): assigned downward by a person,
// returned with a reason, distributed again by the code that a return named. Each act makes a new
// envelope that holds the first one as its origin signed it, the key that opens it, and the steps
// so far; the old one stays in custody until the new one is processed. Pure. Read next: desk.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/key_ring.h"
#include "node/office/desk.h"
#include "routing/directory.h"

namespace xianjie::node {

struct OpenedItem {
  Payload payload;  // of the first envelope
  Envelope first;   // as its origin signed it
  Header first_header;
  Hash key{};               // opens `first`
  std::vector<Step> steps;  // oldest first; empty where the item is the first envelope itself
};
struct OpenedNotice : OpenedItem {
  NoticePayload notice;
};

// Whether `above` is one of the offices over `office` in the tree.
bool stands_below(const routing::Directory& directory, OfficeId office, OfficeId above);

// What an inbox item holds, first or continued. The first envelope inside a continuation is checked
// as every hop checks one.
Result<OpenedItem> open_first(const Item& item, const crypto::KeyRing& keys,
                              const broker::DirectorySnapshot& snapshot);
// The same; kRefused "kind: …" for items without a notice.
Result<OpenedNotice> open_notice(const Item& item, const crypto::KeyRing& keys,
                                 const broker::DirectorySnapshot& snapshot);

// `reason` is for the next desk and travels sealed. Refuses whoever is not below this desk. A work
// order may also go to the contractor of its own desk.
Result<broker::Order> assign_order(const Item& item, const OpenedItem& opened, OfficeId to,
                                   const std::string& reason, const routing::Directory& directory,
                                   WallTime now);

struct Return {
  ReturnReason reason = ReturnReason::kNotOurs;
  std::string code;  // six, nine or twelve digits; "": not known
  std::string remarks;
};
// Where it goes (flow C): to the lowest office above this one that covers the code, at most to the
// province; without a code one level up; from the province on to population-police, or with a code
// elsewhere to the office there. Population-police answers to its province.
Result<broker::Order> return_order(const Item& item, const OpenedItem& opened, const Return& wanted,
                                   const routing::Directory& directory, WallTime now);

// What came back with a code and goes on without anybody's help; empty: a person decides, because
// no code is known, this desk is where it leads, or the office there has returned it already.
Result<std::optional<broker::Order>> distribute_order(const Item& item, const OpenedNotice& opened,
                                                      const routing::Directory& directory,
                                                      WallTime now);

// An item that reached `self` in the place of an office that moved or has ended, or that stands in
// the inbox of an office that has ended: where it goes on to. Empty: it is for `self` after all, or
// its answer is for nobody else.
std::optional<OfficeId> follows_to(const Item& item, const routing::Directory& directory,
                                   OfficeId self);
Result<broker::Order> follow_order(const Item& item, const OpenedItem& opened, OfficeId self,
                                   OfficeId to, WallTime now);

}  // namespace xianjie::node
