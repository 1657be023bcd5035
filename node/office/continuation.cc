#include "node/office/continuation.h"

#include <algorithm>

#include "crypto/seal.h"
#include "routing/resolve.h"
#include "routing/route.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

using routing::Directory;

OfficeId province_of(const Directory& directory, OfficeId office) {
  OfficeId at = office;
  while (at.is_set() && at.type() != OfficeType::kProvince) at = directory.parent(at);
  return at;
}

Result<broker::Order> order_for(const Item& item, const OpenedItem& opened, Kind kind, Step step) {
  if (opened.steps.size() >= kStepsMax)
    return refused("steps: passed on " + std::to_string(kStepsMax) +
                   " times already; settle it here");
  if (!is_utf8(step.remarks) || step.remarks.size() > kTextBytesMax)
    return refused("remarks: at most " + std::to_string(kTextBytesMax) + " bytes of UTF-8");
  broker::Order order;
  order.kind = kind;
  order.destination = step.to;
  order.period = item.header.period;
  order.continues = item.key.id;
  order.due = item.header.due;
  ContinuationPayload payload{opened.first, opened.key, opened.steps};
  payload.steps.push_back(std::move(step));
  order.payload = encode(Payload(std::move(payload)));
  return order;
}

Step step_of(const Item& item, StepAction action, WallTime now) {
  Step step;
  step.office = item.header.destination;
  step.id = item.key.id;
  step.action = action;
  step.time = now;
  return step;
}

Result<std::uint32_t> code_of(const std::string& text, const Directory& directory) {
  if (text.empty()) return std::uint32_t{0};
  const auto found =
      routing::resolve({.code = text, .address = "", .id_number = ""}, directory.code_changes());
  if (!found) return refused("code: " + found.error().reason);
  return found->code;
}

// The lowest office above `self` that `owner` stands below, at most the province.
OfficeId covering(const Directory& directory, OfficeId self, OfficeId owner) {
  OfficeId at = directory.parent(self);
  while (at.is_set() && at != owner && !stands_below(directory, owner, at))
    at = directory.parent(at);
  const OfficeId province = province_of(directory, self);
  return at.is_set() && at.type() != OfficeType::kMinistry ? at : province;
}

Result<OfficeId> police_of(const Directory& directory, OfficeId province) {
  const OfficeId police = routing::population_police_for(directory, province.code());
  if (!police.is_set())
    return refused("police: the directory has no population-police of " + to_text(province) +
                   "; settle it as unlinked");
  return police;
}

}  // namespace

bool stands_below(const Directory& directory, OfficeId office, OfficeId above) {
  return office != above && routing::is_in_subtree(directory, office, above);
}

Result<OpenedItem> open_first(const Item& item, const crypto::KeyRing& keys,
                              const broker::DirectorySnapshot& snapshot) {
  XJ_TRY(Payload payload, open_item(item, keys));
  OpenedItem out;
  auto* continued = std::get_if<ContinuationPayload>(&payload);
  if (continued == nullptr) {
    const Reader* slot = item.header.reader(keys.office());
    XJ_TRY(out.key, crypto::payload_key(item.envelope, item.header, keys.office(), slot->key,
                                        keys.find(slot->key)->sealing_secret()));
    out.payload = std::move(payload);
    out.first = item.envelope;
    out.first.hops = 0;
    out.first_header = item.header;
    return out;
  }
  broker::StatementCache once;
  broker::CheckedEnvelope checked =
      broker::check_envelope(std::move(continued->first), snapshot, once);
  if (checked.fault)
    return fail(checked.fault->code,
                "first: the notice inside is not proved: " + checked.fault->text);
  out.first_header = std::move(checked.header);
  XJ_TRY(const Bytes plain,
         crypto::open_with_key(checked.envelope, out.first_header, continued->key));
  XJ_TRY(out.payload, decode_payload(plain));
  if (std::holds_alternative<ContinuationPayload>(out.payload))
    return corrupt("first: is a continuation itself");
  out.first = std::move(checked.envelope);
  out.key = continued->key;
  out.steps = std::move(continued->steps);
  return out;
}

Result<OpenedNotice> open_notice(const Item& item, const crypto::KeyRing& keys,
                                 const broker::DirectorySnapshot& snapshot) {
  XJ_TRY(OpenedItem opened, open_first(item, keys, snapshot));
  if (!std::holds_alternative<NoticePayload>(opened.payload))
    return refused("kind: there is no notice in this item");
  OpenedNotice out{std::move(opened), {}};
  out.notice = std::get<NoticePayload>(out.payload);
  return out;
}

Result<broker::Order> assign_order(const Item& item, const OpenedItem& opened, OfficeId to,
                                   const std::string& reason, const Directory& directory,
                                   WallTime now) {
  const OfficeId self = item.header.destination;
  if (!directory.contains(to)) return refused("to: " + to_text(to) + " is not in the directory");
  const bool contractor = opened.first_header.kind == Kind::kWorkOrder &&
                          to.type() == OfficeType::kContractor && directory.parent(to) == self;
  if (!contractor && (!stands_below(directory, to, self) || !office_type_row(to.type()).owns_code))
    return refused("to: " + to_text(to) + " is no office below " + to_text(self) +
                   "; a desk assigns inside its own area only");
  if (reason.empty()) return refused("reason: missing; the next desk reads it");
  Step step = step_of(item, StepAction::kAssigned, now);
  step.to = to;
  step.remarks = reason;
  return order_for(item, opened, opened.first_header.kind, std::move(step));
}

Result<broker::Order> return_order(const Item& item, const OpenedItem& opened, const Return& wanted,
                                   const Directory& directory, WallTime now) {
  const OfficeId self = item.header.destination;
  XJ_TRY(const std::uint32_t code, code_of(wanted.code, directory));
  Step step = step_of(item, StepAction::kReturned, now);
  step.reason = wanted.reason;
  step.code = code;
  step.remarks = wanted.remarks;
  const OfficeId owner = code == 0 ? OfficeId{} : routing::office_for_code(directory, code);
  if (owner == self)
    return refused("code: " + wanted.code + " is this office's own; settle or assign it");
  Kind kind = Kind::kUnlinkedReturn;
  if (self.type() == OfficeType::kPopulationPolice) {
    if (code == 0)
      return refused(
          "code: population-police returns with the code it found; else it settles "
          "as unlinked");
    step.to = directory.parent(self);
  } else if (self.type() != OfficeType::kProvince) {
    step.to = owner.is_set() ? covering(directory, self, owner) : directory.parent(self);
  } else if (!owner.is_set()) {
    XJ_TRY(step.to, police_of(directory, self));
  } else if (stands_below(directory, owner, self)) {
    return refused("code: " + wanted.code + " lies in this office's own area; assign it to " +
                   to_text(owner));
  } else {
    step.to = owner;
    step.action = StepAction::kDistributed;
    kind = opened.first_header.kind;
  }
  if (!step.to.is_set()) return refused("to: there is no office above " + to_text(self));
  return order_for(item, opened, kind, std::move(step));
}

Result<std::optional<broker::Order>> distribute_order(const Item& item, const OpenedNotice& opened,
                                                      const Directory& directory, WallTime now) {
  const OfficeId self = item.header.destination;
  std::optional<broker::Order> nobody;
  if (item.header.kind != Kind::kUnlinkedReturn || opened.steps.empty() ||
      self.type() == OfficeType::kPopulationPolice)
    return nobody;
  const std::uint32_t code = opened.steps.back().code;
  if (code == 0 || opened.steps.size() >= kStepsMax) return nobody;
  const OfficeId owner = routing::office_for_code(directory, code);
  const bool returned_there = std::ranges::any_of(opened.steps, [&](const Step& step) {
    return step.action == StepAction::kReturned && step.office == owner;
  });
  const bool reachable =
      owner.is_set() &&
      (stands_below(directory, owner, self) ||
       (self.type() == OfficeType::kProvince && owner.type() != OfficeType::kMinistry));
  if (returned_there || owner == self || !reachable) return nobody;
  Step step = step_of(item, StepAction::kDistributed, now);
  step.to = owner;
  step.code = code;
  XJ_TRY(broker::Order order, order_for(item, opened, opened.first_header.kind, std::move(step)));
  return std::optional<broker::Order>(std::move(order));
}

std::optional<OfficeId> follows_to(const Item& item, const Directory& directory, OfficeId self) {
  if (item.header.in_reply_to.is_set()) return std::nullopt;
  const OfficeId to = directory.successor(item.header.destination);
  if (to == self) return std::nullopt;
  return to;
}

Result<broker::Order> follow_order(const Item& item, const OpenedItem& opened, OfficeId self,
                                   OfficeId to, WallTime now) {
  Step step = step_of(item, StepAction::kMoved, now);
  step.office = self;
  step.to = to;
  return order_for(item, opened, opened.first_header.kind, std::move(step));
}

}  // namespace xianjie::node
