// The local API's commands of the audit log: what was when, newest first, and a line from the
// dashboard's accounts.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "node/daemon/api.h"
#include "schemas/text.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kRecordsPerPage = 500, kNoteBytesMax = 400;

struct AuditFilter {
  std::string event, text;
  std::string from, to;      // ISO 8601; "": open. Compared as text: all lines have one offset
  std::uint64_t before = 0;  // records below this number
  std::set<std::string, std::less<>> words{};  // the detail begins with one of them; empty: any
};

// A line of the log: time, event, detail.
struct AuditLine {
  std::string_view time, event, detail;
};
AuditLine parse_line(std::string_view line) {
  AuditLine out;
  const auto word = [&] {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view first = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return first;
  };
  out.time = word();
  out.event = word();
  out.detail = line;
  return out;
}

bool matches(const AuditFilter& filter, const AuditLine& line) {
  if (!filter.event.empty() && line.event != filter.event) return false;
  if (!filter.from.empty() && line.time < filter.from) return false;
  if (!filter.to.empty() && line.time > filter.to) return false;
  if (!filter.words.empty() && !filter.words.contains(line.detail.substr(0, line.detail.find(' '))))
    return false;
  return filter.text.empty() || line.detail.find(filter.text) != std::string_view::npos;
}

}  // namespace

Api::Outcome Api::audit_list(const Call& call) {
  AuditFilter filter{call.option("event"), call.option("text"), {}, {}, 0};
  for (std::istringstream words(call.option("words")); words;)
    if (std::string word; words >> word) filter.words.insert(std::move(word));
  for (const auto& [name, into] : {std::pair{"from", &filter.from}, {"to", &filter.to}}) {
    const std::string text = call.option(name);
    if (text.empty()) continue;
    const auto time = parse_wall_time(text);
    if (!time)
      return refused(std::string(name) + ": a time with offset, 2026-12-09T12:00:00+08:00");
    *into = to_text(*time);
  }
  XJ_TRY(filter.before, call.number("before", 999'999'999, 999'999'999));
  XJ_TRY(const auto limit, call.number("limit", 100, kRecordsPerPage));
  std::deque<json> found;  // the newest lines below `before`: whole records, at least `limit` lines
  bool more = false;
  std::deque<std::pair<std::uint64_t, std::size_t>> lines_of;  // the same, by record
  const auto drop_oldest = [&] {
    const std::size_t lines = lines_of.back().second;
    if (found.size() - lines < limit) return false;
    found.erase(found.end() - static_cast<std::ptrdiff_t>(lines), found.end());
    lines_of.pop_back();
    return true;
  };
  const auto collect = [&](std::uint64_t number, ByteView bytes) {
    if (number >= filter.before) return;
    // Rows that hold evidence, not lines, begin with these (broker/kept.h).
    if (!bytes.empty() && (bytes[0] == 'R' || bytes[0] == 'E' || bytes[0] == 'B')) return;
    std::string_view text = as_text(bytes);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const AuditLine line = parse_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!matches(filter, line)) continue;
      found.push_front({{"number", number},
                        {"time", line.time},
                        {"event", line.event},
                        {"detail", line.detail}});
      if (lines_of.empty() || lines_of.front().first != number) lines_of.emplace_front(number, 0);
      ++lines_of.front().second;
      while (found.size() > limit && drop_oldest()) more = true;
    }
  };
  std::uint64_t archived = 0;
  XJ_TRY_VOID(engine_.archive().scan(1, [&](const broker::ArchiveRecord& record) {
    collect(record.number, record.bytes);
    archived = record.number;
    return record.number < filter.before;
  }));
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY_VOID(txn->scan(broker::Table::kAudit, broker::seq_key(archived + 1), {},
                        [&](const broker::Row& row) {
                          collect(Decoder(row.key).u64(), row.value);
                          return true;
                        }));
  const std::uint64_t oldest = found.empty() ? 0 : found.back()["number"].get<std::uint64_t>();
  return std::optional<json>(
      {{"records", json(found)}, {"more", more ? json(oldest) : json(nullptr)}});
}

Api::Outcome Api::audit_note(const Call& call) {
  const std::string text = call.option("text");
  if (text.empty() || text.size() > kNoteBytesMax || !is_utf8(text) ||
      text.find_first_of("\r\n") != std::string::npos)
    return refused("text: one line of at most 400 bytes");
  engine_.post(broker::Audit{text});
  return std::optional<json>(json::object());
}

}  // namespace xianjie::node
