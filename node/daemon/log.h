// The daemon's log: one line an event, each event with an id that stays the same for ever (the
// table in log.cc; `xianjied --events` prints it). Details hold ids, offices, kinds and codes only,
// never names, ID numbers or anything made from them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/vocabulary.h"

namespace xianjie::node {

enum class LogFormat : std::uint8_t { kText = 1, kJson, kSyslog };
std::span<const Word> words_of(LogFormat);

enum class LogEvent : std::uint8_t {
  kReady,
  kNotStarted,
  kStopped,
  kFailed,
  kAlarm,
  kLinkUp,
  kLinkDown,
  kLinkNote,
  kLinks,
  kAuditCut,
  kFrameRefused,
  kDirectory,
  kDirectoryRefused,
  kSubmission,
  kConsigned,
  kNotConsigned,
  kConsignmentTaken,
  kConsignmentRefused,
  kFerryStranger,
  kFerryNotCleared,
  kNotServed,
  kNotReplaced,
  kNotFollowed,
  kNotCounted,
  kCustodyNotTold,
  kAuditLost,
  kWitnessNotKept,
  kViewFailed,
  kReminded,
  kReminderFailed,
  kAccount,
  kWebListens,
  kWebFailed,
  kWebEnded,
  kWebPortNotTold,
  kCount,
};

// Once, before any thread. To standard error, or to the machine's syslog under the name xianjied
// and `office` before each line.
void start_log(std::string_view level, LogFormat format, const std::string& office);
void log(LogEvent event, std::string_view detail);

// A Markdown table of all events: id, level, meaning.
std::string events_table();

}  // namespace xianjie::node
