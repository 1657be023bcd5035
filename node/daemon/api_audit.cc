// The local API's commands of the audit log: what was when, newest first, and a line from the
// dashboard's accounts.
#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "node/daemon/api.h"
#include "node/daemon/audit_log.h"
#include "schemas/text.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kRecordsPerPage = 500, kNoteBytesMax = 400;
constexpr std::uint64_t kFirstStretch = 16;  // records; one is a turn, of up to a thousand lines

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

// A page of the log, newest first, of whole records: at least `limit` lines where there are so
// many.
class AuditPage {
 public:
  AuditPage(const AuditFilter& filter, std::size_t limit) : filter_(filter), limit_(limit) {}

  // Records in rising order, of a stretch that lies before all others so far.
  void take(std::uint64_t number, ByteView bytes) {
    if (number >= filter_.before || !holds_lines(bytes)) return;
    Record record{number, {}};
    for_each_line(bytes, [&](std::string_view text) {
      const AuditLine line = parse_line(text);
      if (matches(filter_, line))
        record.lines.push_back({{"number", number},
                                {"time", line.time},
                                {"event", line.event},
                                {"detail", line.detail}});
    });
    if (record.lines.empty()) return;
    lines_ += record.lines.size();
    stretch_.push_back(std::move(record));
    // What the page surely has no place for, but for one record that says that there is more.
    while (stretch_.size() > 2 &&
           lines_ - stretch_[0].lines.size() - stretch_[1].lines.size() >= limit_) {
      lines_ -= stretch_.front().lines.size();
      stretch_.pop_front();
    }
  }
  void end_stretch() {
    for (auto record = stretch_.rbegin(); record != stretch_.rend() && !more_; ++record) {
      if (shown_.size() >= limit_) {
        more_ = true;
      } else {
        last_ = record->number;
        std::move(record->lines.rbegin(), record->lines.rend(), std::back_inserter(shown_));
      }
    }
    stretch_.clear();
    lines_ = 0;
  }
  [[nodiscard]] bool has_more() const { return more_; }
  [[nodiscard]] json view() && {
    return {{"records", std::move(shown_)}, {"more", more_ ? json(last_) : json(nullptr)}};
  }

 private:
  struct Record {
    std::uint64_t number;
    std::vector<json> lines;
  };
  const AuditFilter& filter_;
  std::size_t limit_;
  std::deque<Record> stretch_;  // oldest first
  std::size_t lines_ = 0;       // in it
  std::vector<json> shown_;     // newest first
  std::uint64_t last_ = 0;      // the oldest record shown
  bool more_ = false;
};

// What is not archived yet first, then the archive backwards, in growing stretches.
Result<json> audit_view(broker::ReadTxn& txn, const adapters::ArchiveFiles& files,
                        const AuditFilter& filter, std::size_t limit, const Looks& looks) {
  AuditPage page(filter, limit);
  XJ_TRY(const auto waiting, not_archived(txn));
  const adapters::ArchiveView archive = files.view();
  for (const auto& [number, bytes] : waiting)
    if (number > archive.last_number()) page.take(number, bytes);
  page.end_stretch();
  std::uint64_t until = std::min(filter.before, archive.last_number() + 1);
  for (std::uint64_t stretch = kFirstStretch; until > 1 && !page.has_more() && !looks.ending();
       stretch *= 4) {
    const std::uint64_t from = until > stretch ? until - stretch : 1;
    XJ_TRY_VOID(archive.scan(from, [&](const broker::ArchiveRecord& record) {
      if (record.number < until) page.take(record.number, record.bytes);
      return record.number + 1 < until && !looks.ending();
    }));
    page.end_stretch();
    until = from;
  }
  return std::move(page).view();
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
  return look(call,
              [filter, limit, &archive = engine_.archive(), &looks = looks_](broker::ReadTxn& txn) {
                return audit_view(txn, archive, filter, limit, looks);
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
