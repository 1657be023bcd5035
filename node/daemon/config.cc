#include "node/daemon/config.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>

#include "adapters/channel_proof.h"
#include "adapters/files.h"
#include "adapters/toml_text.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

// Reads one table, remembering what was asked for, so that a key nobody knows is refused.
class Section {
 public:
  Section(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  template <class T>
  Result<std::optional<T>> get(const char* key) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::optional<T>{};
    if (const auto value = node->value<T>()) return std::optional<T>(*value);
    return refused(where(key) + ": has the wrong type, line " +
                   std::to_string(node->source().begin.line));
  }
  template <class T>
  Result<> set(const char* key, T& into) {
    XJ_TRY(auto value, get<T>(key));
    if (value) into = std::move(*value);
    return {};
  }
  Result<std::string> need(const char* key) {
    XJ_TRY(auto value, get<std::string>(key));
    if (!value || value->empty()) return refused(where(key) + ": missing");
    return std::move(*value);
  }
  Result<Section> table(const char* key) {
    known_.insert(key);
    static const toml::table kEmpty;
    const toml::node* node = table_.get(key);
    if (node != nullptr && !node->is_table()) return refused(where(key) + ": is not a table");
    return Section(node == nullptr ? kEmpty : *node->as_table(), key);
  }
  bool has(const char* key) const { return table_.contains(key); }
  const toml::array* array(const char* key) {
    known_.insert(key);
    return table_.get_as<toml::array>(key);
  }
  Result<> finish() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        return refused(where(std::string(key.str()).c_str()) + ": unknown key, line " +
                       std::to_string(node.source().begin.line));
    return {};
  }
  std::string where(const char* key) const { return where_.empty() ? key : where_ + "." + key; }

 private:
  const toml::table& table_;
  std::string where_;
  std::set<std::string> known_;
};

Result<Hash> need_fingerprint(Section& section, const char* key) {
  XJ_TRY(const auto text, section.need(key));
  const auto bytes = from_hex(text);
  Hash out{};
  if (!bytes || bytes->size() != out.size())
    return refused(section.where(key) +
                   ": the root's fingerprint, 64 hex digits, as its holders publish it and "
                   "`xianjie directory show` prints it");
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

Result<WallTime> need_time(Section& section, const char* key) {
  XJ_TRY(const auto text, section.need(key));
  const auto time = parse_wall_time(text);
  if (!time)
    return refused(section.where(key) + ": a time with offset expected, 2026-12-09T12:00:00+08:00");
  return *time;
}

constexpr double kRateMax = 10'000'000;

Result<> check_rate(Section& section, double rate) {
  if (rate > 0 && rate <= kRateMax) return {};
  return refused(section.where("rate") + ": virtual seconds a real second, above 0");
}

Result<> read_slow(const toml::array& list, RehearsalTime& into) {
  for (const toml::node& node : list) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return refused("rehearsal.slow: tables with from, until and rate");
    Section section(*table, "rehearsal.slow");
    adapters::SlowStretch slow;
    XJ_TRY(slow.from, need_time(section, "from"));
    XJ_TRY(slow.until, need_time(section, "until"));
    XJ_TRY_VOID(section.set("rate", slow.rate));
    XJ_TRY_VOID(check_rate(section, slow.rate));
    if (slow.from >= slow.until ||
        slow.from < (into.slow.empty() ? into.start : into.slow.back().until))
      return refused("rehearsal.slow: each begins after the one before it, and ends later");
    into.slow.push_back(slow);
    XJ_TRY_VOID(section.finish());
  }
  return {};
}

Result<> read_rehearsal(Section section, Config& config) {
  RehearsalTime rehearsal;
  XJ_TRY(rehearsal.start, need_time(section, "start"));
  XJ_TRY(rehearsal.real_epoch, need_time(section, "real_epoch"));
  XJ_TRY_VOID(section.set("rate", rehearsal.rate));
  XJ_TRY_VOID(check_rate(section, rehearsal.rate));
  if (const toml::array* slow = section.array("slow")) XJ_TRY_VOID(read_slow(*slow, rehearsal));
  config.rehearsal = std::move(rehearsal);
  return section.finish();
}

Result<> read_ferry(Section section, const std::filesystem::path& folder, Config& config) {
  XJ_TRY(const auto office, section.need("neighbour"));
  const auto neighbour = OfficeId::parse(office);
  if (!neighbour || *neighbour == config.office)
    return refused("ferry.neighbour: \"" + office + "\" is no other office's id");
  std::string out, in;
  XJ_TRY_VOID(section.set("out", out));
  XJ_TRY_VOID(section.set("in", in));
  if (out.empty() && in.empty()) return refused("ferry: a folder out, in, or both");
  FerryFolders ferry;
  ferry.neighbour = *neighbour;
  if (!out.empty()) ferry.out = folder / out;
  if (!in.empty()) ferry.in = folder / in;
  for (const FerryFolders& other : config.ferries) {
    if (other.neighbour == ferry.neighbour)
      return refused("ferry.neighbour: " + office + " stands there twice");
    if (!ferry.in.empty() && other.in == ferry.in)
      return refused("ferry.in: " + in + " is another neighbour's");
  }
  if (!ferry.in.empty() && ferry.in == ferry.out)
    return refused("ferry: out and in are the same folder");
  config.ferries.push_back(std::move(ferry));
  return section.finish();
}

Result<> read_ferries(const toml::array* tables, const std::filesystem::path& folder,
                      Config& config) {
  if (tables == nullptr) return {};
  for (const toml::node& node : *tables) {
    if (!node.is_table()) return refused("ferry: tables expected, [[ferry]]");
    XJ_TRY_VOID(read_ferry(Section(*node.as_table(), "ferry"), folder, config));
  }
  return {};
}

// "127.0.0.1:8686", "[::1]:8686". Anything but loopback needs a certificate: passwords pass.
Result<adapters::IpAddress> read_listen(const std::string& listen, WebConfig& web) {
  const std::size_t colon = listen.rfind(':');
  web.address = listen.substr(0, colon);
  if (web.address.starts_with('[') && web.address.ends_with(']'))
    web.address = web.address.substr(1, web.address.size() - 2);
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const auto address = adapters::IpAddress::parse(web.address);
  if (!address || !is_ascii_digits(port) || port.size() > 5 || std::stoi(port) > 65535)
    return refused("web.listen: an IP address and a port, such as 127.0.0.1:8686");
  web.port = std::stoi(port);
  return *address;
}

Result<> read_web(Section section, const std::filesystem::path& folder, Config& config) {
  WebConfig web;
  XJ_TRY(const auto listen, section.need("listen"));
  XJ_TRY(const auto address, read_listen(listen, web));
  std::string accounts = "accounts.json", certificate, key;
  XJ_TRY_VOID(section.set("accounts", accounts));
  XJ_TRY_VOID(section.set("certificate", certificate));
  XJ_TRY_VOID(section.set("key", key));
  web.accounts = folder / accounts;
  if (certificate.empty() != key.empty()) return refused("web: certificate and key stand together");
  if (certificate.empty() && !address.is_loopback())
    return refused("web.listen: " + web.address +
                   " is no loopback address: passwords would cross the network in the clear; "
                   "set web.certificate and web.key (PEM files), or listen on 127.0.0.1");
  if (!certificate.empty()) {
    web.certificate = folder / certificate;
    web.key = folder / key;
  }
  config.web = std::move(web);
  return section.finish();
}

Result<> read_reminder(Section section, Config& config) {
  ReminderConfig reminder;
  if (const toml::array* words = section.array("command"))
    for (const toml::node& word : *words) {
      const auto text = word.value<std::string>();
      if (!text) return refused("reminder.command: a program and its arguments, as texts");
      reminder.command.push_back(*text);
    }
  if (reminder.command.empty() || !std::filesystem::path(reminder.command.front()).is_absolute())
    return refused("reminder.command: [\"/whole/path/of/a/program\", \"argument\", …]");
  if (const toml::array* hours = section.array("hours"))
    for (const toml::node& node : *hours) {
      const auto hour = node.value<std::int64_t>();
      if (!hour || *hour < 0 || *hour > 23) return refused("reminder.hours: numbers from 0 to 23");
      reminder.hours.push_back(static_cast<int>(*hour));
    }
  config.reminder = std::move(reminder);
  return section.finish();
}

// `keys`: one file, or an array of them, while keys change.
Result<> read_key_files(Section& top, const std::filesystem::path& folder, Config& config) {
  if (const toml::array* list = top.array("keys")) {
    for (const toml::node& node : *list) {
      const auto file = node.value<std::string>();
      if (!file || file->empty()) return refused("keys: key files, as text");
      config.keys.push_back(folder / *file);
    }
    if (config.keys.empty()) return refused("keys: missing");
  } else {
    XJ_TRY(const auto file, top.need("keys"));
    config.keys.push_back(folder / file);
  }
  std::string passphrase;
  XJ_TRY_VOID(top.set("keys_passphrase_file", passphrase));
  if (!passphrase.empty()) config.keys_passphrase_file = folder / passphrase;
  return {};
}

Result<Config> read_config(const toml::table& root, const std::filesystem::path& file) {
  Config config;
  config.file = file;
  Section top(root, "");
  XJ_TRY(const auto office, top.need("office"));
  const auto id = OfficeId::parse(office);
  if (!id) return refused("office: \"" + office + "\" is no office id, such as township:610802001");
  config.office = *id;
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  XJ_TRY_VOID(read_key_files(top, folder, config));
  const std::array<std::pair<const char*, std::filesystem::path*>, 4> paths{
      {{"directory", &config.directory},
       {"store", &config.store},
       {"archive", &config.archive},
       {"api", &config.api}}};
  for (const auto& [key, path] : paths) {
    XJ_TRY(const auto text, top.need(key));
    *path = folder / text;
    if (!path->has_filename()) *path = path->parent_path();  // "store/": files stand beside it
  }
  XJ_TRY(config.root, need_fingerprint(top, "root"));
  XJ_TRY(const auto timestamp_key, top.get<std::string>("timestamp_key"));
  if (timestamp_key) config.timestamp_key = folder / *timestamp_key;
  config.epoch = config.store;
  config.epoch += ".epoch";
  std::string beside;
  XJ_TRY_VOID(top.set("epoch", beside));
  if (!beside.empty()) config.epoch = folder / beside;
  XJ_TRY(auto limits, top.table("limits"));
  XJ_TRY(const auto bytes, limits.get<std::int64_t>("store_bytes"));
  if (bytes) {
    if (*bytes < 1024 * 1024) return refused("limits.store_bytes: at least 1048576");
    config.store_bytes = static_cast<std::uint64_t>(*bytes);
  }
  XJ_TRY_VOID(limits.finish());
  XJ_TRY(auto calendar, top.table("calendar"));
  XJ_TRY(const auto hour, calendar.get<std::int64_t>("gate_hour"));
  if (hour) {
    if (*hour < 0 || *hour > 23) return refused("calendar.gate_hour: 0 to 23");
    config.calendar.gate_hour = static_cast<int>(*hour);
  }
  XJ_TRY_VOID(calendar.finish());
  XJ_TRY(auto clock, top.table("clock"));
  XJ_TRY_VOID(clock.set("vouched", config.clock_vouched));
  XJ_TRY_VOID(clock.finish());
  if (top.has("rehearsal")) {
    XJ_TRY(const auto rehearsal, top.table("rehearsal"));
    XJ_TRY_VOID(read_rehearsal(rehearsal, config));
  }
  if (top.has("ferry") && top.array("ferry") == nullptr)
    return refused("ferry: tables expected, [[ferry]]");
  XJ_TRY_VOID(read_ferries(top.array("ferry"), folder, config));
  if (top.has("web")) {
    XJ_TRY(const auto web, top.table("web"));
    XJ_TRY_VOID(read_web(web, folder, config));
  }
  if (top.has("reminder")) {
    XJ_TRY(const auto reminder, top.table("reminder"));
    XJ_TRY_VOID(read_reminder(reminder, config));
  }
  XJ_TRY(auto log, top.table("log"));
  std::string format = "text";
  XJ_TRY_VOID(log.set("level", config.log_level));
  XJ_TRY_VOID(log.set("format", format));
  static const std::set<std::string> kLevels{"debug", "info", "warn", "error"};
  if (!kLevels.contains(config.log_level)) return refused("log.level: debug, info, warn or error");
  const auto form = from_word<LogFormat>(format);
  if (!form) return refused("log.format: text, json or syslog");
  config.log_format = *form;
  XJ_TRY_VOID(log.finish());
  XJ_TRY_VOID(top.finish());
  return config;
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kConfigBytesMax));
  return parse_config(as_text(bytes), file);
}

Result<Config> parse_config(std::string_view text, const std::filesystem::path& file) {
  const auto root = adapters::parse_toml(text);
  if (!root) return fail(root.error().code, file.string() + ": " + root.error().text);
  auto config = read_config(*root, file);
  if (!config)
    return fail(config.error().code,
                file.string() + ": " + adapters::one_line(std::move(config.error().text)));
  return config;
}

std::unique_ptr<adapters::Clock> make_clock(const Config& config) {
  if (!config.rehearsal) return std::make_unique<adapters::SystemClock>(config.clock_vouched);
  const RehearsalTime& time = *config.rehearsal;
  return std::make_unique<adapters::RehearsalClock>(time.start, time.real_epoch, time.rate,
                                                    time.slow);
}

Result<std::filesystem::path> default_config_path() {
  if (const char* path = std::getenv("XIANJIE_CONFIG"); path != nullptr && *path != '\0')
    return path;
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/etc/xianjie", error)) {
    const auto file = entry.is_directory() ? entry.path() / "office.toml" : entry.path();
    if (file.filename() == "office.toml" && std::filesystem::exists(file, error))
      found.push_back(file);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return fail(ErrorCode::kNotFound, "no configuration: give --config FILE or set XIANJIE_CONFIG");
  return refused("several offices under /etc/xianjie: say which with --config FILE");
}

}  // namespace xianjie::node
