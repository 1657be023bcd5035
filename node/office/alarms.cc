#include "node/office/alarms.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "schemas/result.h"

namespace xianjie::node {
namespace {

using nlohmann::json;
using enum AlarmLevel;

constexpr std::array kLevelWords{
    Word{static_cast<std::uint8_t>(kCritical), "critical", "严重"},
    Word{static_cast<std::uint8_t>(kWarning), "warning", "警告"},
    Word{static_cast<std::uint8_t>(kNotice), "notice", "提示"},
};

constexpr double kRoomWarning = 0.8, kRoomCritical = 0.9;  // as custody is refused (DESIGN 4)
constexpr std::int64_t kUrgentLateSeconds = 600, kLateSeconds = 24 * 3600;

constexpr std::array kAlarms{
    AlarmRow{"clone", kCritical, "Two machines run as one office", "有两台机器以同一单位身份运行",
             "Stop the second machine; its mail is refused until then",
             "停掉第二台机器；在此之前其报文会被拒收", "/links"},
    AlarmRow{"directory_frozen", kCritical, "Two directories of one version were seen",
             "出现两份同版本而内容不同的机构目录",
             "Ask the directory's holders for a new root; nothing newer is believed until then",
             "请机构目录保管人发布新的根；在此之前不接受更新的目录", "/directory"},
    AlarmRow{"gates_shut", kCritical, "Gates stay shut: the directory's timestamp is over",
             "机构目录时间戳已过期，放行时点不开放",
             "Look at the links to the office above; the root office's daemon signs one every hour",
             "检查与上级单位的链路；根单位每小时签发一次时间戳", "/directory"},
    AlarmRow{
        "forwarding_stopped", kCritical, "Nothing is forwarded: the list of offices is over",
        "机构目录已过期，停止转发",
        "The directory's holders sign and publish a new list; import it here if links are down",
        "请保管人签发新目录；链路不通时在此导入", "/directory"},
    AlarmRow{"clock", kCritical, "This office does not trust its clock; gates stay shut",
             "本机时钟不可信，放行时点不开放",
             "Set the clock right (chronyc tracking), or vouch for it with clock.vouched",
             "校准时钟（chronyc tracking），或在配置中声明 clock.vouched", "/"},
    AlarmRow{"corrupt", kCritical, "Envelopes failed their checksum and are set aside",
             "报文校验失败，已隔离",
             "Check the disk (smartctl, dmesg); their origins send them again",
             "检查磁盘（smartctl、dmesg）；原上报单位会重发", "/queues?state=corrupt"},
    AlarmRow{"room_full", kCritical, "A quota of the store is over 90 %: custody is refused",
             "存储配额超过 90%，停止接收",
             "See which queue grows and mend its link, or raise limits.store_bytes",
             "查看哪个队列在增长并修复其链路，或调大 limits.store_bytes", "/queues"},
    AlarmRow{"urgent_late", kCritical, "Urgent mail waits for more than ten minutes",
             "加急报文等待超过十分钟", "Look at the link to that neighbour", "检查通往该单位的链路",
             "/queues"},
    AlarmRow{"restored", kWarning, "This store is a restored backup; items are kept back",
             "本存储由备份恢复，部分待办暂缓发放",
             "Wait for their origins to answer, or hand them out: xianjie inbox release",
             "等待原上报单位答复，或执行 xianjie inbox release 发放", "/"},
    AlarmRow{"room", kWarning, "A quota of the store is over 80 %: new submissions are refused",
             "存储配额超过 80%，不再受理新提交",
             "See which queue grows and mend its link, or raise limits.store_bytes",
             "查看哪个队列在增长并修复其链路，或调大 limits.store_bytes", "/queues"},
    AlarmRow{"link_down", kWarning, "No channel to a neighbour works", "与相邻单位的通道全部不通",
             "xianjie doctor says how far it gets: connect, handshake, policy",
             "执行 xianjie doctor 查看卡在连接、握手还是策略", "/links"},
    AlarmRow{"held", kWarning, "Envelopes are held", "有报文被挂起",
             "Read the reason; when what holds them is mended they leave by themselves",
             "查看原因；原因消除后自动发送", "/queues?state=held"},
    AlarmRow{"dead", kWarning, "Envelopes could not be delivered", "有报文无法投递",
             "Read why; requeue seals them anew, or hand the person in again",
             "查看原因；可重新排队（重新封装），或重新上报", "/queues?state=dead"},
    AlarmRow{"late", kWarning, "Mail waits for more than a day", "报文等待超过一天",
             "Look at the link to that neighbour", "检查通往该单位的链路", "/queues"},
    AlarmRow{"manifests_differ", kWarning, "Two neighbours do not agree on what passed",
             "相邻两单位的交接清单不一致",
             "month manifests names the envelopes; ask that neighbour",
             "执行 month manifests 查看具体报文，与对方核对", "/month"},
    AlarmRow{"missing", kWarning, "Offices have not reported for this month", "有单位本月未报",
             "Telephone them; they are named under month status", "电话催报；名单见月度核对",
             "/month"},
    AlarmRow{"overdue", kWarning, "Something is overdue at this office", "本单位有逾期事项",
             "Work through the list, oldest first", "按逾期先后办理", "/due?overdue=1"},
    AlarmRow{"expires", kWarning, "A part of the directory's trust ends soon",
             "机构目录的某项信任即将到期", "Its row says who must act and how",
             "该行写明由谁办理、如何办理", "/directory"},
    AlarmRow{"digest_differs", kNotice, "A neighbour believes another directory",
             "相邻单位的机构目录与本单位不一致",
             "Usually over in minutes; if not, import the newest directory there",
             "一般几分钟内自行消除；否则请对方导入最新目录", "/links"},
};

class Raised {
 public:
  void add(std::string_view id, std::string subject = {}, std::uint64_t count = 1) {
    const auto row = std::ranges::find(kAlarms, id, &AlarmRow::id);
    XJ_CHECK(row != kAlarms.end());
    json alarm = alarm_row_view(*row);
    const std::string number = count > 1 ? " (" + std::to_string(count) + ")" : "";
    alarm["text_en"] = std::string(row->en) + (subject.empty() ? "" : ": " + subject) + number;
    alarm["text_zh"] = std::string(row->zh) + (subject.empty() ? "" : "：" + subject) + number;
    alarm["subject"] = std::move(subject);
    alarm["count"] = count;
    rows_.emplace_back(row - kAlarms.begin(), std::move(alarm));
  }
  [[nodiscard]] json take() {  // the table stands in order of weight
    std::ranges::stable_sort(rows_, {}, [](const auto& row) { return row.first; });
    json out = json::array();
    for (auto& [weight, alarm] : rows_) out.push_back(std::move(alarm));
    return out;
  }

 private:
  std::vector<std::pair<std::ptrdiff_t, json>> rows_;
};

std::uint64_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::uint64_t>() : 0;
}

void look_at_status(const json& status, Raised& raised) {
  for (const json& clone : status.at("clones")) raised.add("clone", clone.value("neighbour", ""));
  const json& directory = status.at("directory");
  if (const std::string why = directory.value("frozen", ""); !why.empty())
    raised.add("directory_frozen", why);
  if (!directory.value("forwards", true)) raised.add("forwarding_stopped");
  if (!status.value("time_trusted", true))
    raised.add("clock", status.at("clock").value("text", ""));
  else if (!directory.value("gates_may_open", true))
    raised.add("gates_shut");
  const json& restored = status.at("restored");
  if (restored.is_object() && number(restored, "kept_back") > 0)
    raised.add("restored", {}, number(restored, "kept_back"));
  for (const json& expiry : directory.at("expiries"))
    if (expiry.value("warning", false)) raised.add("expires", expiry.value("what", ""));
  for (const auto& [quota, room] : status.at("room").items()) {
    const auto limit = static_cast<double>(number(room, "limit_bytes"));
    const double used = limit > 0 ? static_cast<double>(number(room, "used_bytes")) / limit : 0;
    if (used >= kRoomWarning) raised.add(used >= kRoomCritical ? "room_full" : "room", quota);
  }
}

void look_at_links(const json& links, Raised& raised) {
  for (const json& link : links.at("links"))
    if (link.value("digest_differs", false))
      raised.add("digest_differs", link.value("neighbour", ""));
  for (const auto& [neighbour, reached] : neighbours_reached(links))
    if (!reached) raised.add("link_down", neighbour);
}

void look_at_census(const json& census, Raised& raised) {
  const json& totals = census.at("totals");
  for (const char* const state : {"corrupt", "held", "dead"})
    if (const auto count = number(totals, state); count > 0) raised.add(state, {}, count);
  std::map<std::string, std::int64_t> urgent, oldest;
  for (const json& row : census.at("rows")) {
    if (!row.at("oldest_s").is_number()) continue;
    const auto age = row["oldest_s"].get<std::int64_t>();
    auto& into = row.at("lane") == to_word(Lane::kUrgent) ? urgent : oldest;
    auto& most = into[row.value("neighbour", "")];
    most = std::max(most, age);
  }
  for (const auto& [neighbour, age] : urgent)
    if (age > kUrgentLateSeconds) raised.add("urgent_late", neighbour);
  for (const auto& [neighbour, age] : oldest)
    if (age > kLateSeconds) raised.add("late", neighbour);
}

}  // namespace

std::span<const Word> words_of(AlarmLevel) {
  return kLevelWords;
}

std::span<const AlarmRow> alarm_rows() {
  return kAlarms;
}

json alarm_row_view(const AlarmRow& row) {
  return {{"id", row.id},       {"level", to_word(row.level)}, {"en", row.en},    {"zh", row.zh},
          {"do_en", row.do_en}, {"do_zh", row.do_zh},          {"page", row.page}};
}

bool link_works(const json& link) {
  const std::string state = link.value("state", "");
  return link.at("class").is_string() || state == "courier" || state == "folder";
}

std::map<std::string, bool> neighbours_reached(const json& links) {
  struct Seen {
    bool wire = false, up = false;
  };
  std::map<std::string, Seen> seen;
  for (const json& link : links.at("links")) {
    Seen& one = seen[link.value("neighbour", "")];
    one.up = one.up || link.at("class").is_string();
    one.wire = one.wire || link.at("class").is_string() || !link_works(link);
  }
  std::map<std::string, bool> out;
  for (const auto& [neighbour, one] : seen) out[neighbour] = one.up || !one.wire;
  return out;
}

std::vector<std::string> not_ready_for(const json& status) {
  Raised raised;
  look_at_status(status, raised);
  std::vector<std::string> out;
  for (const json& alarm : raised.take())
    if (alarm.at("level") == xianjie::to_word(kCritical)) out.push_back(alarm.at("id"));
  return out;
}

json alarms_view(const json& status, const json& links, const json& census, const json& month,
                 const json& due) {
  Raised raised;
  look_at_status(status, raised);
  look_at_links(links, raised);
  look_at_census(census, raised);
  const json& totals = month.at("totals");
  if (const auto count = number(totals, "manifests_differ"); count > 0)
    raised.add("manifests_differ", {}, count);
  if (const auto count = number(totals, "missing"); count > 0) raised.add("missing", {}, count);
  if (const auto count = number(due, "overdue"); count > 0) raised.add("overdue", {}, count);
  return raised.take();
}

std::uint64_t count_alarms(const json& alarms, AlarmLevel level) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      alarms, [&](const json& alarm) { return alarm.at("level") == xianjie::to_word(level); }));
}

}  // namespace xianjie::node
