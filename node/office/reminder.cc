#include "node/office/reminder.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "node/office/alarms.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

struct ReminderCount {
  const char *name, *en, *zh;
};
constexpr std::array kReminderCounts{ReminderCount{"inbox", "to do", "待办"},
                                     ReminderCount{"due", "due", "待答复"},
                                     ReminderCount{"overdue", "overdue", "逾期"},
                                     ReminderCount{"held", "held", "挂起"},
                                     ReminderCount{"dead", "undelivered", "无法投递"},
                                     ReminderCount{"missing", "not reported", "未报"},
                                     ReminderCount{"critical", "critical", "严重告警"},
                                     ReminderCount{"warning", "warnings", "警告"}};
constexpr int kDaysAhead = 30;  // longer than any holiday

}  // namespace

json reminder_view(const json& overview, std::string_view why) {
  const json& queues = overview.at("queues");
  json out{{"office", overview.at("office")},
           {"name", overview.at("name")},
           {"time", overview.at("time")},
           {"why", why},
           {"inbox", queues.at("inbox")},
           {"due", overview.at("due").at("due")},
           {"overdue", overview.at("due").at("overdue")},
           {"held", queues.at("held")},
           {"dead", queues.at("dead")},
           {"missing", overview.at("month").at("missing")},
           {"critical", count_alarms(overview.at("alarms"), AlarmLevel::kCritical)},
           {"warning", count_alarms(overview.at("alarms"), AlarmLevel::kWarning)}};
  std::string en = "Xianjie:", zh = "衔接：";
  for (const ReminderCount& column : kReminderCounts) {
    const auto count = out.at(column.name).get<std::uint64_t>();
    if (count == 0) continue;
    en += (en.back() == ':' ? " " : ", ") + std::to_string(count) + " " + column.en;
    zh += (zh.ends_with("：") ? "" : "，") + std::string(column.zh) + std::to_string(count);
  }
  out["text_en"] = en;
  out["text_zh"] = zh;
  return out;
}

ReminderRule::ReminderRule(std::vector<int> hours, WallTime now, const routing::WorkingDays& days)
    : hours_(std::move(hours)) {
  std::ranges::sort(hours_);
  next_ = after(now, days);
}

WallTime ReminderRule::after(WallTime now, const routing::WorkingDays& days) const {
  const std::int64_t today = local_date(now).days_since_epoch();
  for (int ahead = 0; ahead < kDaysAhead; ++ahead) {
    const Date date = Date::from_days(today + ahead);
    if (!days.is_working(date)) continue;
    for (const int hour : hours_)
      if (const WallTime at = local_time(date, hour); at > now) return at;
  }
  return {};
}

std::string_view ReminderRule::due(const json& counts, const Now& now,
                                   const routing::WorkingDays& days) {
  const bool hour = now.wall_trusted && next_.is_set() && now.wall >= next_;
  if (now.wall_trusted) next_ = after(now.wall, days);  // also where the clock or the days changed
  const auto critical = counts.at("critical").get<std::uint64_t>();
  const bool alarm = critical > told_critical_ && now.instant >= quiet_until_;
  if (alarm) quiet_until_ = now.instant + kAlarmReminderEvery;
  if (alarm || critical < told_critical_) told_critical_ = critical;
  if (alarm) return "alarm";
  const bool open = std::ranges::any_of(kReminderCounts, [&](const ReminderCount& column) {
    return counts.at(column.name).get<std::uint64_t>() > 0;
  });
  return hour && open ? "hour" : "";
}

}  // namespace xianjie::node
