#include "node/daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>
#include <syslog.h>

#include <array>
#include <nlohmann/json.hpp>
#include <span>

namespace xianjie::node {
namespace {

using nlohmann::json;
using spdlog::level::level_enum;

constexpr std::array kFormatWords{
    Word{static_cast<std::uint8_t>(LogFormat::kText), "text", "文本"},
    Word{static_cast<std::uint8_t>(LogFormat::kJson), "json", "JSON 行"},
    Word{static_cast<std::uint8_t>(LogFormat::kSyslog), "syslog", "系统日志"},
};

struct EventRow {
  LogEvent event;
  std::string_view id;
  level_enum level;
  std::string_view meaning;
};
constexpr level_enum kInfo = spdlog::level::info, kWarn = spdlog::level::warn,
                     kError = spdlog::level::err;

constexpr std::array kEvents{
    EventRow{LogEvent::kReady, "ready", kInfo, "the office serves"},
    EventRow{LogEvent::kNotStarted, "not_started", kError, "it could not start; the line says why"},
    EventRow{LogEvent::kStopped, "stopped", kInfo, "it ended, because it was asked to"},
    EventRow{LogEvent::kFailed, "stopped_by_fault", kError, "it ended, because it could not go on"},
    EventRow{LogEvent::kAlarm, "alarm", kWarn,
             "something happened that asks for a person: TOKEN: text"},
    EventRow{LogEvent::kLinkUp, "link_up", kInfo,
             "a channel to a neighbour is up, with its class and proof"},
    EventRow{LogEvent::kLinkDown, "link_down", kInfo, "a channel is down"},
    EventRow{LogEvent::kLinkNote, "link_note", kWarn,
             "a handshake or a frame on the wire was refused, or a stranger knocked"},
    EventRow{LogEvent::kLinks, "links", kInfo,
             "the links begin anew, with another key or other neighbours"},
    EventRow{LogEvent::kAuditCut, "audit_cut", kWarn,
             "the audit log ended in the middle of a record, as after a power cut; it was cut off"},
    EventRow{LogEvent::kFrameRefused, "frame_refused", kWarn,
             "a neighbour sent what nobody may send"},
    EventRow{LogEvent::kDirectory, "directory", kInfo, "another directory is believed"},
    EventRow{LogEvent::kDirectoryRefused, "directory_refused", kWarn,
             "news of the directory were not believed"},
    EventRow{LogEvent::kSubmission, "submission", kInfo, "a file was handed in"},
    EventRow{LogEvent::kConsigned, "consigned", kInfo,
             "a consignment was written for a disk or a ferry"},
    EventRow{LogEvent::kNotConsigned, "not_consigned", kError,
             "a consignment could not be written"},
    EventRow{LogEvent::kConsignmentTaken, "consignment_taken", kInfo, "a consignment was taken"},
    EventRow{LogEvent::kConsignmentRefused, "consignment_refused", kWarn,
             "nothing of a consignment was taken"},
    EventRow{LogEvent::kFerryStranger, "ferry_stranger", kWarn,
             "a ferry's office is no neighbour in the directory"},
    EventRow{LogEvent::kFerryNotCleared, "ferry_not_cleared", kWarn,
             "what an earlier run left unfinished could not be removed"},
    EventRow{LogEvent::kNotServed, "not_served", kError,
             "an item could not be worked on; it is tried again at the next start"},
    EventRow{LogEvent::kNotReplaced, "not_replaced", kError,
             "an own envelope could not be sealed anew"},
    EventRow{LogEvent::kNotFollowed, "not_followed", kError,
             "an attachment could not follow its notice"},
    EventRow{LogEvent::kNotCounted, "not_counted", kError, "a submission's rows could not be read"},
    EventRow{LogEvent::kCustodyNotTold, "custody_not_told", kError,
             "the archive could not be read for who asks about custody"},
    EventRow{LogEvent::kAuditLost, "audit_lost", kError,
             "lines of the audit log are missing; they were in damaged rows"},
    EventRow{LogEvent::kWitnessNotKept, "witness_not_kept", kError,
             "how far the store has been could not be written beside it"},
    EventRow{LogEvent::kViewFailed, "view_failed", kError,
             "a page or command could not be answered: a fault of this program"},
    EventRow{LogEvent::kReminded, "reminded", kInfo, "the reminder command was run"},
    EventRow{LogEvent::kReminderFailed, "reminder_failed", kError,
             "the reminder command failed, or took too long"},
    EventRow{LogEvent::kAccount, "account", kInfo,
             "a sign-in, or a change of the dashboard's accounts"},
    EventRow{LogEvent::kWebListens, "web_listens", kInfo, "the dashboard serves"},
    EventRow{LogEvent::kWebFailed, "web_failed", kError, "the dashboard could not start"},
    EventRow{LogEvent::kWebEnded, "web_ended", kError,
             "the dashboard's process has ended; it starts again"},
    EventRow{LogEvent::kWebPortNotTold, "web_port_not_told", kWarn,
             "the file that names the dashboard's port could not be written"},
};
static_assert(kEvents.size() == static_cast<std::size_t>(LogEvent::kCount));
static_assert([] {
  for (std::size_t i = 0; i < kEvents.size(); ++i)
    if (kEvents[i].event != static_cast<LogEvent>(i)) return false;
  return true;
}());

// Set once by start_log before any thread exists; the pattern decides the form.
bool& as_json() {
  static bool json_lines = false;
  return json_lines;
}

}  // namespace

std::span<const Word> words_of(LogFormat) {
  return kFormatWords;
}

void start_log(std::string_view level, LogFormat format, const std::string& office) {
  as_json() = format == LogFormat::kJson;
  spdlog::sink_ptr sink;
  std::string pattern = "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v";
  if (format == LogFormat::kSyslog) {
    sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("xianjied", LOG_PID, LOG_DAEMON, true);
    pattern = office + " %v";  // syslog tells the time and the level
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    if (as_json()) pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";
  }
  auto logger = std::make_shared<spdlog::logger>("xianjied", std::move(sink));
  logger->set_pattern(pattern);
  logger->set_level(spdlog::level::from_str(std::string(level)));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log(LogEvent event, std::string_view detail) {
  const EventRow& row = kEvents[static_cast<std::size_t>(event)];
  if (!spdlog::should_log(row.level)) return;
  if (as_json())
    spdlog::log(row.level, "\"event\":{},\"detail\":{}", json(row.id).dump(),
                json(detail).dump(-1, ' ', false, json::error_handler_t::replace));
  else
    spdlog::log(row.level, "{} {}", row.id, detail);
}

std::string events_table() {
  std::string out = "| event | level | meaning |\n|---|---|---|\n";
  for (const EventRow& row : kEvents) {
    const auto level = spdlog::level::to_string_view(row.level);
    out += "| `" + std::string(row.id) + "` | " + std::string(level.data(), level.size()) + " | " +
           std::string(row.meaning) + " |\n";
  }
  return out;
}

}  // namespace xianjie::node
