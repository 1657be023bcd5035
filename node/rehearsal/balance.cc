#include "node/rehearsal/balance.h"

#include <algorithm>
#include <charconv>

#include "adapters/archive_files.h"
#include "routing/route.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;
using Key = std::pair<std::string, std::string>;  // origin, id

struct Held {
  std::string time;
  OfficeId office;
};

// What all offices hold, by envelope.
struct Holdings {
  std::map<Key, std::vector<Held>> custody;
  std::map<Key, std::map<OfficeId, std::size_t>> insertions;
  std::map<Key, std::string> held;  // reasons, with the office
};

Result<Holdings> ask_holdings(Fleet& fleet) {
  Holdings out;
  for (const OfficeSite& site : fleet.sites()) {
    XJ_TRY(const json custody, fleet.call_patiently(site.id, "custody"));
    for (const json& row : custody.at("rows"))
      out.custody[{row.at("origin"), row.at("id")}].push_back({row.at("taken"), site.id});
    for (const json& row : custody.at("insertions"))
      ++out.insertions[{row.at("origin"), row.at("id")}][site.id];
    XJ_TRY(const json queue, fleet.call_patiently(site.id, "queue.list"));
    for (const json& row : queue.at("held"))
      out.held[{row.at("origin"), row.at("id")}] =
          row.at("reason").get<std::string>() + " (at " + to_text(site.id) + ")";
  }
  return out;
}

// By the time each took it; where two are equal, in the order of the way there.
void sort_by_way(std::vector<Held>& holders, const routing::Directory& directory, OfficeId origin,
                 OfficeId destination) {
  const auto way = routing::path(directory, origin, destination);
  const auto place = [&](OfficeId office) {
    return way ? std::ranges::find(*way, office) - way->begin() : 0;
  };
  std::ranges::stable_sort(holders, [&](const Held& a, const Held& b) {
    return a.time != b.time ? a.time < b.time : place(a.office) < place(b.office);
  });
}

bool is_receipt_of_delivery(const std::string& word) {
  return word == "delivered" || word == "collected" || word == "processed";
}

// The account while it is drawn up.
struct Draft {
  const Inputs& inputs;
  const routing::Directory& directory;
  Holdings holdings;
  std::map<std::size_t, json> delivered, held;  // by row
  std::uint64_t returned = 0, strays = 0;

  void add(const NoticePart& part, const json& entry);
};

void Draft::add(const NoticePart& part, const json& entry) {
  const std::string id = entry.at("id"), receipt = entry.at("receipt");
  const Key key{to_text(part.origin), id};
  const std::size_t row = row_in_whole(part, entry.at("row"));
  const auto destination = OfficeId::parse(entry.at("destination").get<std::string>());
  if (receipt == "returned") {
    ++returned;
    return;
  }
  const auto inserted = holdings.insertions.find(key);
  const bool arrived = inserted != holdings.insertions.end() && destination &&
                       inserted->second.contains(*destination);
  if (!is_receipt_of_delivery(receipt) || !arrived) {
    const auto reason = holdings.held.find(key);
    const std::string word = arrived                           ? "no_receipt"
                             : is_receipt_of_delivery(receipt) ? "not_there"
                                                               : receipt;
    held[row] = {{"row", row}, {"reason", reason != holdings.held.end() ? reason->second : word}};
    if (is_receipt_of_delivery(receipt)) ++strays;
    return;
  }
  auto& holders = holdings.custody[key];
  sort_by_way(holders, directory, part.origin, *destination);
  json path = json::array(), times = json::array();
  for (const Held& holder : holders) {
    path.push_back(to_text(holder.office));
    times.push_back(holder.time);
  }
  if (delivered.contains(row)) ++strays;  // one row, two envelopes
  delivered[row] = {
      {"row", row},
      {"id", id},
      {"id_number", row <= inputs.id_numbers.size() && row > 0 ? inputs.id_numbers[row - 1] : ""},
      {"office", to_text(*destination)},
      {"confidence", entry.at("confidence")},
      {"assigned", entry.at("assigned")},
      {"path", std::move(path)},
      {"times", std::move(times)}};
}

json values_of(std::map<std::size_t, json>& rows) {
  json out = json::array();
  for (auto& [row, value] : rows) out.push_back(std::move(value));
  return out;
}

}  // namespace

Result<Standing> standing(Fleet& fleet, const Inputs& inputs, Period month) {
  Standing out;
  for (const NoticePart& part : inputs.notices.parts) {
    XJ_TRY(const json status,
           fleet.call(part.origin, "month.status",
                      {{"period", to_text(month)}, {"kind", "pre_release_notice"}}));
    for (const json& one : status.at("origins")) {
      const auto add = [](std::uint64_t& into, const json& from, const char* name) {
        into += from.at(name).get<std::uint64_t>();
      };
      add(out.accepted, one, "accepted");
      add(out.delivered, one, "delivered");
      add(out.returned, one, "returned");
      add(out.held, one, "held");
      add(out.in_transit, one, "in_transit");
      add(out.own_area, one, "own_area");
      add(out.unlinked, one, "unlinked");
      add(out.no_copy, one, "no_copy");
      add(out.copies_accepted, one.at("copies"), "accepted");
      add(out.copies_delivered, one.at("copies"), "delivered");
      add(out.copies_in_transit, one.at("copies"), "in_transit");
    }
  }
  return out;
}

json empty_account(const Inputs& inputs, Period month, const std::vector<NoticeRefusal>& refusals) {
  json refused = json::array();
  for (const NoticeRefusal& one : refusals)
    refused.push_back({{"row", one.row}, {"field", one.field}, {"reason", one.reason}});
  json account{{"month", to_text(month)},
               {"offices", inputs.nation.offices.size()},
               {"submitted", inputs.notices.rows_read},
               {"refused", std::move(refused)},
               {"delivered", json::array()},
               {"held", json::array()},
               {"closed", true}};
  for (const char* const number : {"accepted", "copies", "settled", "unlinked", "no_copy",
                                   "returned", "repeats", "duplicates", "kills", "accidents"})
    account[number] = 0;
  return account;
}

Result<Balance> draw_balance(Fleet& fleet, const Inputs& inputs,
                             const routing::Directory& directory, const Clerks& clerks,
                             Period month) {
  Balance balance;
  XJ_TRY(auto holdings, ask_holdings(fleet));
  Draft draft{inputs, directory, std::move(holdings), {}, {}, 0, 0};
  for (const NoticePart& part : inputs.notices.parts) {
    XJ_TRY(const json ledger,
           fleet.call_patiently(part.origin, "ledger", {{"period", to_text(month)}}));
    for (const json& entry : ledger.at("rows"))
      if (entry.at("kind") == "pre_release_notice" && entry.at("copy_of").is_null())
        draft.add(part, entry);
  }
  XJ_TRY(balance.standing, standing(fleet, inputs, month));
  const Standing& now = balance.standing;
  std::uint64_t duplicates = 0;
  for (const auto& [key, offices] : draft.holdings.insertions) {
    std::size_t times = 0;
    for (const auto& [office, count] : offices) times += count;
    duplicates += times - 1;
  }
  json& account = balance.account;
  account = empty_account(inputs, month, clerks.refusals());
  account["accepted"] = now.accepted;
  account["copies"] = now.copies_delivered;
  account["settled"] = now.own_area + now.unlinked;
  account["unlinked"] = now.unlinked;
  account["no_copy"] = now.no_copy;
  account["returned"] = draft.returned;
  account["duplicates"] = duplicates;
  account["closed"] = now.accepted == draft.delivered.size() + draft.returned && now.held == 0 &&
                      now.in_transit == 0 && draft.held.empty() && draft.strays == 0 &&
                      duplicates == 0;
  account["delivered"] = values_of(draft.delivered);
  account["held"] = values_of(draft.held);
  return balance;
}

namespace {

// A line is "TIME word details": one `repeat` an envelope, one `repeat_batch` with its count.
std::uint64_t repeats_in_line(std::string_view line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  line.remove_prefix(space);
  if (line.starts_with(" repeat ")) return 1;
  constexpr std::string_view kCount = " count=";
  const std::size_t at = line.rfind(kCount);
  if (!line.starts_with(" repeat_batch ") || at == std::string_view::npos) return 0;
  std::uint64_t count = 0;
  line.remove_prefix(at + kCount.size());
  std::from_chars(line.begin(), line.end(), count);
  return count;
}

}  // namespace

Result<std::uint64_t> count_repeats(const std::vector<OfficeSite>& sites) {
  std::uint64_t repeats = 0;
  for (const OfficeSite& site : sites) {
    XJ_TRY(const auto archive,
           adapters::ArchiveFiles::open({site.folder / "audit", "audit", 64ULL << 20}));
    XJ_TRY_VOID(archive->scan(1, [&](const broker::ArchiveRecord& record) {
      std::string_view text = as_text(record.bytes);
      if (text.starts_with('B')) return true;  // a batch's evidence, not lines
      while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        repeats += repeats_in_line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
      }
      return true;
    }));
  }
  return repeats;
}

}  // namespace xianjie::node::rehearsal
