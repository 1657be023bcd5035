// The configuration of one office (README.md beside this file shows it whole). Read once at start;
// whatever is wrong is one line that says what and where.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/clock.h"
#include "node/daemon/log.h"
#include "routing/calendar.h"
#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/limits.h"
#include "schemas/result.h"

namespace xianjie::node {

struct RehearsalTime {
  WallTime start, real_epoch;
  double rate = 1;  // virtual seconds a real second
  std::vector<adapters::SlowStretch> slow;
};

// Folders of a ferry (ferry.h); one of the two may be empty.
struct FerryFolders {
  OfficeId neighbour;
  std::filesystem::path out, in;  // absolute
};

// The dashboard (node/web).
struct WebConfig {
  std::string address;  // an IP address; loopback where there is no certificate
  int port = 0;         // 0: any free one
  std::filesystem::path accounts, certificate, key;  // absolute; the last two empty: no TLS
};

// A command that is told what waits for this office (node/office/reminder.h).
struct ReminderConfig {
  std::vector<std::string> command;  // the program's whole path, then its arguments
  std::vector<int> hours;            // of Shanghai's working days, 0 to 23
};

struct Config {
  std::filesystem::path file;
  OfficeId office;
  std::vector<std::filesystem::path> keys;     // absolute; one, or more while keys change
  std::filesystem::path keys_passphrase_file;  // absolute; "": key files are not protected
  std::filesystem::path directory, store, archive, api, epoch;  // absolute
  Hash root{};  // fingerprint of a root in the directory's file, where trust begins
  std::filesystem::path timestamp_key;  // where this office signs the hourly timestamps; else empty
  std::uint64_t store_bytes = kStoreBytesDefault;
  routing::CalendarOptions calendar;
  bool clock_vouched = false;
  std::optional<RehearsalTime> rehearsal;
  std::string log_level = "info";
  LogFormat log_format = LogFormat::kText;
  std::vector<FerryFolders> ferries;
  std::optional<WebConfig> web;  // none: no dashboard
  std::optional<ReminderConfig> reminder;
};

inline constexpr std::size_t kConfigBytesMax = 1024 * 1024;

Result<Config> load_config(const std::filesystem::path& file);
// The same of a text that stands, or will stand, in `file`.
Result<Config> parse_config(std::string_view text, const std::filesystem::path& file);

// The time this office lives by: the rehearsal's where it has one, else the machine's.
std::unique_ptr<adapters::Clock> make_clock(const Config& config);

// Where a command without --config looks: $XIANJIE_CONFIG, then the only office.toml under
// /etc/xianjie.
Result<std::filesystem::path> default_config_path();

}  // namespace xianjie::node
