#include "node/office/reports.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "node/office/typed_text.h"
#include "routing/calendar.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using broker::EnvelopeKey;
using broker::Table;
using nlohmann::json;

constexpr std::array kChildStates{
    Word{static_cast<std::uint8_t>(ChildState::kReceived), "received", "已报"},
    Word{static_cast<std::uint8_t>(ChildState::kLate), "late", "迟报"},
    Word{static_cast<std::uint8_t>(ChildState::kMissing), "missing", "未报"},
    Word{static_cast<std::uint8_t>(ChildState::kNotOnTheBus), "not_on_the_bus", "未上线"},
};
constexpr std::size_t kPersonsAPart = 400;
constexpr std::uint32_t kOwnRow = 1, kChildrenRow = 2, kFirstPersonRow = 3;

struct Arrived {
  EnvelopeKey key;
  Header header;
  WallTime taken;
};

// All reports of the period in the inbox, settled or not.
Result<std::vector<Arrived>> arrived_reports(broker::ReadTxn& txn, Period period) {
  std::vector<EnvelopeKey> keys;
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && !inbox->copy && is_report(inbox->kind) && inbox->period == period)
      keys.push_back(inbox->key);
    return true;
  }));
  std::vector<Arrived> out;
  for (const EnvelopeKey& key : keys) {
    XJ_TRY(const Item item, load_item(txn, key));
    out.push_back({key, item.header, item.state.taken});
  }
  return out;
}

Result<std::uint64_t> count_of(const FormCell& cell) {
  if (!all_digits(cell.value) || cell.value.size() > 15)
    return corrupt("report: a figure is no number");
  return static_cast<std::uint64_t>(std::stoull(cell.value));
}

// Row 1: own figures, row 2: the children's sum; both add up.
Result<> add_figures(const FormPayload& report, Figures& sum) {
  for (const FormCell& cell : report.cells)
    if (cell.row == kOwnRow || cell.row == kChildrenRow) {
      XJ_TRY(const std::uint64_t value, count_of(cell));
      sum[cell.name] += value;
    }
  return {};
}

void add_persons(const FormPayload& report, std::vector<std::vector<FormCell>>& persons) {
  std::uint32_t row = 0;
  for (const FormCell& cell : report.cells) {
    if (cell.row < kFirstPersonRow) continue;
    if (cell.row != row) persons.emplace_back();
    row = cell.row;
    persons.back().push_back(cell);
  }
}

std::uint32_t number_field(const FormPayload& payload, std::string_view name) {
  const std::string_view text = payload.field(name);
  return all_digits(text) && text.size() < 6
             ? static_cast<std::uint32_t>(std::stoul(std::string(text)))
             : 1;
}

// The reports of one child: the newest submission's parts; older ones count as corrected.
Result<> read_child(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                    const std::vector<Arrived>& arrived, ChildReport& child, Completeness& out,
                    const OpenedId& opened) {
  std::map<EnvelopeId, std::vector<std::pair<std::uint32_t, const Arrived*>>> reports;
  std::map<EnvelopeId, std::map<EnvelopeKey, FormPayload>> payloads;
  for (const Arrived& one : arrived) {
    if (one.key.origin != child.office) continue;
    XJ_TRY(const Item item, load_item(txn, one.key));
    XJ_TRY(const Payload payload, open_item(item, keys));
    opened(one.key.id);
    const auto* form = std::get_if<FormPayload>(&payload);
    if (form == nullptr || find_report_form(form->form, form->version) == nullptr)
      return refused("form: " + to_text(child.office) +
                     " reported on a form that this office does not know; install a newer version");
    // The parts of one report name the same predecessor and the same number of parts.
    const EnvelopeId group = one.header.replaces;
    reports[group].emplace_back(number_field(*form, "part"), &one);
    payloads[group].emplace(one.key, *form);
  }
  if (reports.empty()) return {};
  child.corrections = reports.size() - 1;
  // The newest is the one of which nobody replaces a part.
  const auto newest = std::ranges::find_if(reports, [&](const auto& group) {
    return std::ranges::none_of(
        group.second, [&](const auto& part) { return reports.contains(part.second->key.id); });
  });
  if (newest == reports.end())
    return corrupt("report: those of " + to_text(child.office) + " replace each other");
  auto parts = newest->second;
  std::ranges::sort(parts, {}, [](const auto& part) { return part.first; });
  const auto& texts = payloads[newest->first];
  child.parts_wanted = number_field(texts.at(parts.front().second->key), "parts");
  child.kind = parts.front().second->header.kind;
  for (const auto& [number, part] : parts) {
    child.parts.push_back(part->key);
    child.received = std::max(child.received, part->taken);
  }
  if (child.parts.size() < child.parts_wanted) return {};
  child.state = child.received <= child.deadline ? ChildState::kReceived : ChildState::kLate;
  for (const EnvelopeKey& key : child.parts) {
    XJ_TRY_VOID(add_figures(texts.at(key), out.sum));
    add_persons(texts.at(key), out.persons);
  }
  return {};
}

bool reports_up(OfficeType type) {
  return routing::may_send(Kind::kStatisticalReport, type) ||
         routing::may_send(Kind::kDetailedReport, type);
}

const ReportItem* find_item(std::string_view name) {
  for (const ReportItem& item : report_form().items)
    if (item.word == name || item.zh == name) return &item;
  return nullptr;
}

Result<Figures> read_figures(const std::vector<RawRow>& rows) {
  Figures out;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::string where = "row " + std::to_string(i) + ": ";
    if (rows[i].broken || rows[i].fields.size() != 2)
      return refused(where + "broken_line: two cells expected, item and value");
    const ReportItem* item = find_item(trim(rows[i].fields[0]));
    if (item == nullptr)
      return refused(where + "item: not in the form; `xianjie report form` lists them");
    const FormField field{item->word, item->zh, FieldType::kCount, true};
    const auto value = read_field(field, rows[i].fields[1], {});
    if (!value) return refused(where + std::string(item->word) + ": " + value.error());
    if (!out.emplace(item->word, std::stoull(*value)).second)
      return refused(where + std::string(item->word) + ": stands twice");
  }
  if (out.empty()) return refused("file: empty: no figure; write 0 where there is none");
  for (const ReportItem& item : report_form().items)
    if (!out.contains(item.word))
      return refused("file: missing: " + std::string(item.zh) + " (" + std::string(item.word) +
                     "); write 0 where there is none");
  return out;
}

Result<std::vector<std::vector<FormCell>>> read_persons(const std::vector<RawRow>& rows,
                                                        const Date& today) {
  std::vector<std::vector<FormCell>> out;
  if (rows.empty()) return out;
  const auto columns = report_form().person;
  std::vector<const FormField*> order;
  for (const std::string& name : rows.front().fields) {
    const auto at = std::ranges::find_if(columns, [&](const FormField& field) {
      return trim(name) == field.word || trim(name) == field.zh;
    });
    if (at == columns.end())
      return refused("persons: header: column " + std::to_string(order.size() + 1) +
                     " has no name of the form");
    order.push_back(&*at);
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::string where = "persons: row " + std::to_string(i) + ": ";
    if (rows[i].broken || rows[i].fields.size() != order.size())
      return refused(where + "broken_line: not as many cells as the header");
    std::vector<FormCell> cells;
    for (const FormField& field : columns) {
      const auto at = std::ranges::find(order, &field);
      const std::string_view cell =
          at == order.end()
              ? std::string_view()
              : std::string_view(rows[i].fields[static_cast<std::size_t>(at - order.begin())]);
      auto value = read_field(field, cell, today);
      if (!value) return refused(where + std::string(field.word) + ": " + value.error());
      if (!value->empty()) cells.push_back({0, std::string(field.word), std::move(*value)});
    }
    out.push_back(std::move(cells));
  }
  return out;
}

Result<> check_period(const ReportRequest& request, WallTime now) {
  const Period after = request.period.next();
  if (now < local_time(*Date::make(after.year(), after.month(), 1)))
    return refused("period: " + report_period_text(request.period) + " has not ended");
  if (request.period < last_report_period(now))
    return refused("period: " + report_period_text(request.period) + " is over; the newest is " +
                   report_period_text(last_report_period(now)));
  return {};
}

// Once per period, in one form; a correction names what it replaces.
Result<EnvelopeId> predecessor(const ReportRequest& request, const std::vector<SentReport>& sent) {
  if (sent.empty()) {
    if (!request.correction.empty())
      return refused("correct: nothing was sent for " + report_period_text(request.period));
    return EnvelopeId{};
  }
  const auto newest = std::ranges::max_element(sent, {}, &SentReport::id);
  if (request.correction.empty())
    return refused("duplicate: " + report_period_text(request.period) +
                   " was reported already, as " + to_text(newest->id) +
                   "; a correction replaces it (--correct REASON)");
  if (newest->kind != request.kind)
    return refused("form: " + report_period_text(request.period) + " was reported as " +
                   std::string(to_word(newest->kind)) + "; one form a period");
  return newest->id;
}

void add_cells(FormPayload& to, std::uint32_t row, const Figures& figures) {
  for (const auto& [name, value] : figures) to.cells.push_back({row, name, std::to_string(value)});
}

}  // namespace

std::span<const Word> words_of(ChildState) {
  return kChildStates;
}

bool is_report(Kind kind) {
  return kind == Kind::kStatisticalReport || kind == Kind::kDetailedReport;
}

Result<Period> parse_report_period(std::string_view text) {
  const bool half = text.ends_with("-H1");
  const std::string_view year = half ? text.substr(0, text.size() - 3) : text;
  if (year.size() == 4 && all_digits(year))
    if (const auto period = Period::make(std::stoi(std::string(year)), half ? 6 : 12))
      return *period;
  return refused("period: 2026-H1 (half-year) or 2026 (the year) expected");
}

std::string report_period_text(Period period) {
  return std::to_string(period.year()) + (period.month() == 6 ? "-H1" : "");
}

Period last_report_period(WallTime now) {
  const Date today = local_date(now);
  return today.month > 6 ? *Period::make(today.year, 6) : *Period::make(today.year - 1, 12);
}

Result<Completeness> completeness(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                  const routing::Directory& directory, Period period, WallTime now,
                                  const OpenedId& opened) {
  Completeness out;
  XJ_TRY(const auto arrived, arrived_reports(txn, period));
  for (const OfficeId office : directory.children(keys.office())) {
    if (!reports_up(office.type())) continue;
    ChildReport child;
    child.office = office;
    child.deadline = *routing::report_deadline(period, office.type());
    if (!directory.newest_key(office, now)) child.state = ChildState::kNotOnTheBus;
    XJ_TRY_VOID(read_child(txn, keys, arrived, child, out, opened));
    const bool in = child.state == ChildState::kReceived || child.state == ChildState::kLate;
    out.missing += in ? 0U : 1U;
    out.children.push_back(std::move(child));
  }
  return out;
}

json completeness_view(const Completeness& all, Period period, OfficeId self) {
  json children = json::array();
  std::map<std::string, std::size_t> counts;
  for (const Word& word : kChildStates) counts[std::string(word.word)] = 0;
  for (const ChildReport& child : all.children) {
    const std::string state(schemas::to_word(child.state));
    ++counts[state];
    json parts = json::array();
    for (const EnvelopeKey& key : child.parts) parts.push_back(to_text(key.id));
    children.push_back(
        {{"office", to_text(child.office)},
         {"state", state},
         {"state_zh", schemas::to_zh(child.state)},
         {"kind", child.kind == Kind::kNone ? json(nullptr) : json(to_word(child.kind))},
         {"received", child.received.is_set() ? json(to_text(child.received)) : json(nullptr)},
         {"deadline", to_text(child.deadline)},
         {"corrections", child.corrections},
         {"parts", parts}});
  }
  json sum = json::object();
  for (const auto& [name, value] : all.sum) sum[name] = value;
  return {{"office", to_text(self)},
          {"period", report_period_text(period)},
          {"expected", all.children.size()},
          {"counts", counts},
          {"complete", all.missing == 0},
          {"children", children},
          {"sum", sum}};
}

Result<std::vector<SentReport>> sent_reports(broker::ReadTxn& txn, Period period) {
  std::vector<SentReport> out;
  XJ_TRY_VOID(txn.scan(Table::kLedger, {}, {}, [&](const broker::Row& row) {
    const auto ledger = broker::decode_ledger_row(row.value);
    if (!ledger || !is_report(ledger->kind) || ledger->period != period) return true;
    SentReport sent{{}, ledger->kind};
    std::ranges::copy(row.key, sent.id.bytes.begin());
    out.push_back(sent);
    return true;
  }));
  return out;
}

Result<std::vector<broker::Order>> report_orders(const ReportRequest& request,
                                                 const Completeness& below,
                                                 const std::vector<SentReport>& sent, OfficeId self,
                                                 const routing::Directory& directory,
                                                 WallTime now) {
  if (!is_report(request.kind)) return refused("kind: statistical_report or detailed_report");
  if (!routing::may_send(request.kind, self.type()))
    return refused("kind: " + std::string(to_word(request.kind)) + " is sent by " +
                   routing::senders_text(request.kind));
  const OfficeId parent = directory.parent(self);
  if (!parent.is_set()) return refused("to: there is no office above " + to_text(self));
  XJ_TRY_VOID(check_period(request, now));
  XJ_TRY(const EnvelopeId before, predecessor(request, sent));
  XJ_TRY(const Figures own, read_figures(request.figures));
  if (const auto broken = broken_formula(report_form(), own)) return refused("formula: " + *broken);
  XJ_TRY(auto persons, read_persons(request.persons, local_date(now)));
  if (request.kind != Kind::kDetailedReport && !persons.empty())
    return refused("persons: a statistical report holds no persons");
  if (below.missing > 0 && request.override_reason.empty()) {
    std::string who;
    for (const ChildReport& child : below.children)
      if (child.state == ChildState::kMissing || child.state == ChildState::kNotOnTheBus)
        who += (who.empty() ? "" : ", ") + to_text(child.office);
    return refused("missing: " + std::to_string(below.missing) + " of " +
                   std::to_string(below.children.size()) + " have not reported: " + who +
                   "; urge them, or send what is in with --override REASON");
  }
  if (request.kind == Kind::kDetailedReport)
    persons.insert(persons.end(), below.persons.begin(), below.persons.end());
  const std::size_t parts =
      std::max<std::size_t>(1, (persons.size() + kPersonsAPart - 1) / kPersonsAPart);
  std::vector<broker::Order> out;
  for (std::size_t part = 0; part < parts; ++part) {
    FormPayload payload;
    payload.form = report_form().name;
    payload.version = report_form().version;
    const auto field = [&](const char* name, const std::string& value) {
      if (!value.empty()) payload.cells.push_back({0, name, value});
    };
    field("part", std::to_string(part + 1));
    field("parts", std::to_string(parts));
    field("correction", request.correction);
    if (below.missing > 0) {
      field("override", request.override_reason);
      for (const ChildReport& child : below.children)
        if (child.state == ChildState::kMissing || child.state == ChildState::kNotOnTheBus)
          field("missing", to_text(child.office));
    }
    if (part == 0) {
      add_cells(payload, kOwnRow, own);
      add_cells(payload, kChildrenRow, below.sum);
    }
    const std::size_t end = std::min(persons.size(), (part + 1) * kPersonsAPart);
    for (std::size_t i = part * kPersonsAPart; i < end; ++i)
      for (FormCell& cell : persons[i]) {
        cell.row = kFirstPersonRow + static_cast<std::uint32_t>(i - part * kPersonsAPart);
        payload.cells.push_back(std::move(cell));
      }
    broker::Order order;
    order.kind = request.kind;
    order.destination = parent;
    order.period = request.period;
    order.due = *routing::report_deadline(request.period, self.type());
    order.replaces = before;
    order.payload = encode(Payload(std::move(payload)));
    out.push_back(std::move(order));
  }
  return out;
}

}  // namespace xianjie::node
