#include "node/office/answers.h"

#include <algorithm>
#include <set>

#include "node/office/typed_text.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

Error error_of(const FormFault& fault) {
  return {ErrorCode::kRefused, fault.field + ": " + fault.reason};
}

Result<FormPayload> filled(const Form& form, const Fields& fields, WallTime now) {
  for (const auto& [name, value] : fields)
    if (std::ranges::none_of(form.fields, [&](const FormField& field) {
          return name == field.word || name == field.zh;
        })) {
      std::string known;
      for (const FormField& field : form.fields)
        known += (known.empty() ? "" : ", ") + std::string(field.word) + " (" +
                 std::string(field.zh) + ")";
      return refused("field: the form " + std::string(form.name) + " has " + known);
    }
  auto payload = fill_form(
      form,
      [&](const FormField& field) -> std::string_view {
        for (const std::string_view name : {field.word, field.zh})
          if (const auto at = fields.find(std::string(name)); at != fields.end()) return at->second;
        return {};
      },
      local_date(now));
  if (!payload) return std::unexpected(error_of(payload.error()));
  return std::move(*payload);
}

broker::Order reply_to(const Item& item, Kind kind) {
  broker::Order order;
  order.kind = kind;
  order.destination = item.key.origin;
  order.period = item.header.period;
  order.in_reply_to = item.key.id;
  return order;
}

// Of a move's states, which may answer which (flow E): one place registers, the other confirms or
// returns the file.
bool move_follows(std::string_view asked, std::string_view answer) {
  if (asked == "outflow_registered")
    return answer == "inflow_registered" || answer == "inflow_returned";
  return answer == "outflow_confirmed" || answer == "outflow_returned";
}

}  // namespace

Result<broker::Order> answer_order(const Item& item, const OpenedItem& opened, const Fields& fields,
                                   WallTime now) {
  const routing::KindRow& rule = routing::kind_row(item.header.kind);
  const auto* asked = std::get_if<FormPayload>(&opened.payload);
  const Form* form = asked == nullptr ? nullptr : find_form(asked->form);
  const Form* answer = form == nullptr ? nullptr : find_form(form->answer);
  if (answer == nullptr || rule.answer_kind != answer->kind)
    return refused("kind: a " + std::string(to_word(item.header.kind)) + " asks for no answer");
  if (item.header.due.is_set() && now > item.header.due)
    return refused("late: the answer was due at " + to_text(item.header.due) +
                   "; whoever asked must ask again");
  XJ_TRY(const FormPayload payload, filled(*answer, fields, now));
  if (form->subject == "move" && !move_follows(asked->field("state"), payload.field("state")))
    return refused("state: does not answer " + std::string(asked->field("state")));
  broker::Order order = reply_to(item, answer->kind);
  order.payload = encode(Payload(payload));
  return order;
}

Result<broker::Order> arrival_order(const Item& item, const broker::InboxRow& row,
                                    const OpenedNotice& opened, const Fields& fields,
                                    WallTime now) {
  if (!row.settled || row.outcome != static_cast<std::uint8_t>(CheckOutcome::kOwnArea))
    return refused("check: settle the notice as own area (属本辖区) first");
  XJ_TRY(const FormPayload payload, filled(*find_form("arrival_report"), fields, now));
  if (*parse_iso_date(payload.field("date")) > local_date(now))
    return refused("date: lies in the future");
  broker::Order order = reply_to(item, Kind::kArrivalReport);
  order.destination = opened.first_header.origin;
  order.in_reply_to = opened.first_header.id;
  order.payload = encode(Payload(payload));
  order.keep = true;
  return order;
}

Result<broker::Order> correction_order(const Item& item, const OpenedNotice& opened,
                                       const Fields& fields, WallTime now) {
  if (item.header.destination.type() != OfficeType::kTownship)
    return refused("desk: only the township that checks a person corrects a record (A9)");
  XJ_TRY(const FormPayload payload, filled(*find_form("check_result.correction"), fields, now));
  if (payload.cells.size() < 2) return refused("field: name what is corrected beside the reason");
  broker::Order order = reply_to(item, Kind::kCheckResult);
  order.destination = opened.first_header.origin;
  order.in_reply_to = opened.first_header.id;
  order.payload = encode(Payload(payload));
  order.keep = true;
  return order;
}

Result<broker::Order> addition_order(const Fields& fields, OfficeId self,
                                     const routing::Directory& directory, WallTime now) {
  if (self.type() != OfficeType::kTownship)
    return refused("desk: only a township adds a missing person (A9)");
  XJ_TRY(const FormPayload payload, filled(*find_form("check_result.addition"), fields, now));
  broker::Order order;
  order.kind = Kind::kCheckResult;
  order.destination = directory.parent(self);
  const Date today = local_date(now);
  order.period = *Period::make(today.year, today.month);
  order.payload = encode(Payload(payload));
  order.keep = true;
  return order;
}

bool is_high_risk(const NoticePayload& notice) {
  const std::string risk = narrow(notice.risk);
  return risk.find("高") != std::string::npos || risk == "high" || risk == "High" || risk == "HIGH";
}

Hash act_of(std::string_view act, const EnvelopeId& item, const crypto::KeyRing& keys) {
  return crypto::keyed_hash(keys.local_key(), {as_bytes("XJ1/act"), as_bytes(act), item.bytes});
}

Result<RecordsChecked> check_records(const Item& item, const FormPayload& batch,
                                     const crypto::KeyRing& keys, const IsKnown& is_known,
                                     WallTime now) {
  const Form& form = *find_form(Kind::kRecordBatch, "");
  RecordsChecked out;
  FormPayload answer;
  answer.form = form.answer;
  std::uint32_t rows = 0, taken = 0;
  std::vector<FormCell> refusals;
  std::set<Hash> here;
  for (const FormCell& cell : batch.cells) rows = std::max(rows, cell.row);
  if (batch.form != form.name || rows > batch.cells.size())
    return corrupt("records: not a batch of records");
  auto at = batch.cells.begin();
  std::uint32_t refused_rows = 0;
  for (std::uint32_t row = 1; row <= rows; ++row) {
    std::map<std::string_view, std::string_view> cells;
    for (; at != batch.cells.end() && at->row <= row; ++at)
      if (at->row == row) cells[at->name] = at->value;
    std::string field, reason;
    for (const FormField& column : form.table) {
      const auto value = read_field(column, cells[column.word], local_date(now));
      if (value) continue;
      field = column.word;
      reason = value.error();
      break;
    }
    const Hash record = crypto::keyed_hash(
        keys.local_key(),
        {as_bytes("XJ1/record"),
         Encoder().u64(item.key.origin.value()).u32(item.header.period.yyyymm).bytes(),
         as_bytes(cells["record"])});
    if (field.empty()) {
      XJ_TRY(const bool known, is_known(record));
      if (known || here.contains(record)) {
        field = "record";
        reason = "duplicate: this record was taken before";
      }
    }
    if (field.empty()) {
      ++taken;
      here.insert(record);
      out.remembered.push_back(record);
      continue;
    }
    ++refused_rows;
    refusals.push_back({refused_rows, "record", std::string(cells["record"])});
    refusals.push_back({refused_rows, "field", std::move(field)});
    refusals.push_back({refused_rows, "refused", std::move(reason)});
  }
  answer.cells.push_back({0, "taken", std::to_string(taken)});
  std::ranges::move(refusals, std::back_inserter(answer.cells));
  out.answer = reply_to(item, Kind::kCheckResult);
  out.answer.payload = encode(Payload(std::move(answer)));
  return out;
}

broker::Order forwarded_answer(const Item& asked, const Header& answer, const Payload& payload) {
  broker::Order order = reply_to(asked, answer.kind);
  order.payload = encode(payload);
  return order;
}

}  // namespace xianjie::node
