#include "node/office/key_retirement.h"

#include <algorithm>
#include <map>

#include "broker/tables.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

std::string why_kept(const broker::OwnKey& one, std::size_t envelopes, const Now& now) {
  const WallTime last = one.until + routing::longest_way();
  switch (one.state) {
    case broker::KeyState::kCurrent:
      return "it is the current one";
    case broker::KeyState::kNext:
      return "it counts from " + to_text(one.from) + " on";
    case broker::KeyState::kUnknown:
      return "the directory does not hold it, yet";
    default:
      break;
  }
  if (!one.until.is_set()) return "the directory gives it no end: senders still seal to it";
  if (!now.wall_trusted) return "the clock is not trusted";
  if (now.wall <= last) return "mail sealed to it may arrive until " + to_text(last);
  if (envelopes > 0)
    return std::to_string(envelopes) + " envelopes that are kept here are opened with it";
  return "";
}

}  // namespace

Result<std::vector<Retirement>> retirements(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                            const routing::Directory& directory, const Now& now) {
  std::map<KeyId, std::size_t> sealed_to;
  XJ_TRY_VOID(txn.scan(broker::Table::kEnvelopes, {}, {}, [&](const broker::Row& row) {
    const auto envelope = broker::decode_envelope_row(row.value, {});
    const auto header = envelope ? decode_header(envelope->header) : corrupt("");
    if (!header) return true;
    if (const Reader* own = header->reader(keys.office())) ++sealed_to[own->key];
    return true;
  }));
  std::vector<Retirement> out;
  for (const broker::OwnKey& one : broker::own_keys(keys, directory, now.wall).sets) {
    if (one.state == broker::KeyState::kMissing) continue;
    Retirement& row = out.emplace_back();
    row.id = one.id;
    row.envelopes = sealed_to[one.id];
    row.reason = why_kept(one, row.envelopes, now);
    row.may_delete = row.reason.empty();
    if (row.may_delete) row.reason = "nothing sealed to it is kept here or can arrive";
  }
  return out;
}

}  // namespace xianjie::node
