// The local API's commands of the audit log: what was when, newest first, and a line from the
// dashboard's accounts.
#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "node/daemon/api.h"
#include "schemas/text.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kRecordsPerPage = 500, kNoteBytesMax = 400;
constexpr std::uint64_t kFirstStretch = 1000;  // records

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

// The lines of the records from `from` on and below `until` that match, newest first, in front of
// what is in `found`.
class AuditPage {
 public:
  AuditPage(const AuditFilter& filter, std::size_t limit) : filter_(filter), limit_(limit) {}

  void begin(std::uint64_t from, std::uint64_t until) {
    from_ = from;
    until_ = until;
    lines_.clear();
  }
  void take(std::uint64_t number, ByteView bytes) {
    // Rows that hold evidence, not lines, begin with these (broker/kept.h).
    if (number < from_ || number >= until_ || bytes.empty() || bytes[0] == 'R' ||
        bytes[0] == 'E' || bytes[0] == 'B')
      return;
    std::string_view text = as_text(bytes);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const AuditLine line = parse_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!matches(filter_, line)) continue;
      lines_.push_back({number, std::string(line.time), std::string(line.event),
                        std::string(line.detail)});
      if (lines_.size() > limit_ + 1) lines_.pop_front();
    }
  }
  void end() {
    for (auto line = lines_.rbegin(); line != lines_.rend() && found_.size() <= limit_; ++line)
      found_.push_back(std::move(*line));
  }
  [[nodiscard]] bool full() const { return found_.size() > limit_; }

  [[nodiscard]] json view() const {
    json records = json::array();
    for (std::size_t i = 0; i < std::min(found_.size(), limit_); ++i)
      records.push_back({{"number", found_[i].number},
                         {"time", found_[i].time},
                         {"event", found_[i].event},
                         {"detail", found_[i].detail}});
    json more = full() ? json(found_[limit_ - 1].number) : json(nullptr);
    return {{"records", std::move(records)}, {"more", std::move(more)}};
  }

 private:
  struct Line {
    std::uint64_t number;
    std::string time, event, detail;
  };
  const AuditFilter& filter_;
  std::size_t limit_;
  std::uint64_t from_ = 0, until_ = 0;
  std::deque<Line> lines_;    // of this stretch, oldest first: the newest that fit
  std::vector<Line> found_;  // newest first; one more than the page, where there is more
};

// What is not archived yet first, then the archive backwards, in growing stretches.
Result<json> audit_view(broker::ReadTxn& txn, const adapters::ArchiveView& archive,
                        const AuditFilter& filter, std::size_t limit) {
  AuditPage page(filter, limit);
  std::uint64_t until = std::min(filter.before, archive.last_number() + 1);
  page.begin(archive.last_number() + 1, filter.before);
  XJ_TRY_VOID(txn.scan(broker::Table::kAudit, broker::seq_key(archive.last_number() + 1), {},
                       [&](const broker::Row& row) {
                         page.take(Decoder(row.key).u64(), row.value);
                         return true;
                       }));
  page.end();
  for (std::uint64_t stretch = kFirstStretch; until > 1 && !page.full(); stretch *= 4) {
    const std::uint64_t from = until > stretch ? until - stretch : 1;
    page.begin(from, until);
    XJ_TRY_VOID(archive.scan(from, [&](const broker::ArchiveRecord& record) {
      page.take(record.number, record.bytes);
      return record.number + 1 < until;
    }));
    page.end();
    until = from;
  }
  return page.view();
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
  return look(call, [filter, limit, archive = engine_.archive().view()](broker::ReadTxn& txn) {
    return audit_view(txn, archive, filter, limit);
  });
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
