#include "node/office/consignments_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "broker/tables.h"

namespace xianjie::node {

using broker::Table;
using nlohmann::json;

namespace {

std::string_view consignment_word(broker::ConsignmentState state) {
  switch (state) {
    case broker::ConsignmentState::kPrepared:
      return "prepared";
    case broker::ConsignmentState::kOnTheWay:
      return "on_the_way";
    case broker::ConsignmentState::kAcknowledged:
      return "acknowledged";
    case broker::ConsignmentState::kOverdue:
      return "overdue";
  }
  return "unknown";
}

std::string office_in_key(Decoder& in) {
  const auto office = OfficeId::from_value(in.u64());
  return office ? to_text(*office) : "";
}

json custody_row(bool taken, std::uint64_t neighbour, const broker::BatchRow& row) {
  const auto office = OfficeId::from_value(neighbour);
  const auto frame = row.ack.empty() ? corrupt("") : decode_frame(row.ack);
  const auto* ack = frame ? std::get_if<Ack>(&*frame) : nullptr;
  return {{"direction", taken ? "taken" : "given"},
          {"neighbour", office ? json(to_text(*office)) : json(nullptr)},
          {"channel", to_word(row.channel)},
          {"consignment", row.consignment == 0 ? json(nullptr) : json(row.consignment)},
          {"time", ack ? json(to_text(ack->time)) : json(nullptr)}};
}

bool holds_key(ByteView bytes, ByteView key) {
  return std::search(bytes.begin(), bytes.end(), key.begin(), key.end()) != bytes.end();
}

}  // namespace

Result<json> consignments_view(broker::ReadTxn& txn, const Now& now) {
  json given = json::array(), taken = json::array();
  XJ_TRY_VOID(txn.scan(Table::kConsignments, {}, {}, [&](const broker::Row& row) {
    const auto one = broker::decode_consignment_row(row.value);
    Decoder key(row.key);
    const std::string to = office_in_key(key);
    if (!one) return true;
    const bool overdue = one->state == broker::ConsignmentState::kOnTheWay && now.wall_trusted &&
                         now.wall > one->expires;
    given.push_back(
        {{"to", to},
         {"number", key.u64()},
         {"channel", to_word(one->channel)},
         {"state", overdue ? consignment_word(broker::ConsignmentState::kOverdue)
                           : consignment_word(one->state)},
         {"created", to_text(one->created)},
         {"expires", to_text(one->expires)},
         {"envelopes", one->envelopes},
         {"open", one->state == broker::ConsignmentState::kOverdue ? 0 : one->batches_open},
         {"seal", one->seal},
         {"courier", one->courier}});
    return true;
  }));
  XJ_TRY_VOID(txn.scan(Table::kImports, {}, {}, [&](const broker::Row& row) {
    const auto one = broker::decode_import_row(row.value);
    Decoder key(row.key);
    const std::string from = office_in_key(key);
    key.u64();
    if (one)
      taken.push_back({{"from", from},
                       {"number", key.u64()},
                       {"channel", to_word(one->channel)},
                       {"taken", to_text(one->taken)},
                       {"expires", to_text(one->expires)},
                       {"envelopes", one->envelopes}});
    return true;
  }));
  return json{{"given", given}, {"taken", taken}};
}

Result<json> custody_hops(broker::ReadTxn& txn, ByteView seen_key) {
  json out = json::array();
  XJ_TRY_VOID(txn.scan(Table::kBatches, {}, {}, [&](const broker::Row& row) {
    if (!holds_key(row.value, seen_key)) return true;
    Decoder key(row.key);
    const bool taken = key.u8() == 1;
    const auto batch = broker::decode_batch_row(row.value);
    if (batch) out.push_back(custody_row(taken, key.u64(), *batch));
    return true;
  }));
  return out;
}

json custody_hop(ByteView record, ByteView seen_key) {
  if (record.empty() || record[0] != 'B' || !holds_key(record, seen_key)) return nullptr;
  Decoder in(record.subspan(1));
  const std::uint64_t neighbour = in.u64();
  const bool taken = in.u8() == 1;
  const auto batch = broker::decode_batch_row(in.rest());
  return batch ? custody_row(taken, neighbour, *batch) : json(nullptr);
}

}  // namespace xianjie::node
