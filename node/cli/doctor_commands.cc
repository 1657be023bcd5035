// `doctor`: what stands in the way of this office, a line each with what to do; `config check`:
// whether its configuration can be used at all. Both look at the machine too, where the daemon
// does not run.
#include <sys/statvfs.h>

#include <iostream>

#include "adapters/tcp_probe.h"
#include "node/cli/commands.h"
#include "node/cli/passphrase.h"
#include "node/cli/text_table.h"
#include "node/daemon/config.h"
#include "node/daemon/key_files.h"

namespace xianjie::node::cli {
namespace {

constexpr Duration kProbePatience = seconds(3);
constexpr std::uint64_t kFreeBytesMin = 1ULL << 30;

class Findings {
 public:
  void good(const std::string& what, const std::string& text) { add(what, "ok", text, ""); }
  void warn(const std::string& what, const std::string& text, const std::string& act) {
    add(what, "warning", text, act);
  }
  void bad(const std::string& what, const std::string& text, const std::string& act) {
    add(what, "fault", text, act);
    ++faults_;
  }
  [[nodiscard]] json view() const { return {{"findings", rows_}, {"faults", faults_}}; }
  [[nodiscard]] std::size_t faults() const { return faults_; }

 private:
  void add(const std::string& what, const char* state, const std::string& text,
           const std::string& act) {
    rows_.push_back({{"what", what}, {"state", state}, {"text", text}, {"do", act}});
  }
  json rows_ = json::array();
  std::size_t faults_ = 0;
};

std::string at(const json& value, const char* name) {
  return value.contains(name) ? cell(value[name]) : "";
}

void look_at_keys(const Config& config, Findings& out) {
  for (const auto& file : config.keys) {
    const auto keys = load_keys(file, ask_for(config.keys_passphrase_file.string(), file.string()));
    if (keys)
      out.good("keys", file.string() + ": key " + std::to_string(keys->id().number) + " of " +
                           to_text(keys->office()));
    else
      out.bad("keys", keys.error().text, "put the key file back, 0600, owned by the daemon's user");
  }
}

void look_at_disk(const Config& config, Findings& out) {
  struct statvfs disk {};
  auto folder = config.store;
  std::error_code none;  // what may not be looked into is not there for us
  while (!std::filesystem::exists(folder, none) && folder.has_parent_path() &&
         folder != folder.parent_path())
    folder = folder.parent_path();
  if (::statvfs(folder.c_str(), &disk) != 0)
    return out.bad("disk", "cannot look at " + folder.string(), "is the disk mounted?");
  const std::uint64_t available = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::string text = std::to_string(available >> 20) + " MiB free beside " + folder.string();
  if (available < kFreeBytesMin)
    out.warn("disk", text, "make room: the audit log grows without end; old segments may be moved");
  else
    out.good("disk", text);
}

void look_at_clock(const json& status, Findings& out) {
  const json& clock = status["clock"];
  if (clock.value("trusted", true))
    out.good("clock", "trusted, " + at(status, "time"));
  else
    out.bad("clock", at(clock, "text"),
            "timedatectl; chronyc tracking; or clock.vouched where a person sets it");
}

void look_at_directory(const json& status, Findings& out) {
  const json& directory = status["directory"];
  if (const std::string why = directory.value("frozen", ""); !why.empty())
    out.bad("directory", "frozen: " + why, "tell its holders; a new root ends it");
  for (const json& expiry : directory["expiries"]) {
    const std::string text = at(expiry, "what") + ", " + at(expiry, "detail") + ": " +
                             at(expiry, "left") + (expiry["over"] == true ? "" : " left");
    if (expiry["over"] == true)
      out.bad("directory", text + ", " + at(expiry, "means"), at(expiry, "who_acts"));
    else if (expiry["warning"] == true)
      out.warn("directory", text + ", then " + at(expiry, "means"), at(expiry, "who_acts"));
    else
      out.good("directory", text);
  }
}

void look_at_room(const json& status, Findings& out) {
  for (const auto& [quota, room] : status["room"].items()) {
    const auto limit = room.value("limit_bytes", std::uint64_t{1});
    const auto share = room.value("used_bytes", std::uint64_t{0}) * 100 / limit;
    const std::string text = quota + " " + std::to_string(share) + " % used";
    if (share >= 90)
      out.bad("room", text, "xianjie queue census says what fills it; mend that link");
    else if (share >= 80)
      out.warn("room", text, "xianjie queue census says what fills it; mend that link");
    else
      out.good("room", text);
  }
}

// How far it gets with one neighbour: connect, handshake, policy.
void look_at_link(const json& link, Findings& out) {
  const std::string name = at(link, "neighbour") + " by " + at(link, "channel");
  const std::string state = at(link, "state"), endpoint = link.value("endpoint", "");
  if (state == "courier" || state == "folder") return out.good("link", name + ": " + state);
  if (link["class"].is_string())
    return out.good("link", name + ": " + state + ", " + at(link, "class") + " " +
                                at(link, "class_proof") +
                                (link["carries"] == true ? ", carries mail" : ""));
  if (state == "refused_as_clone")
    return out.bad("link", name + ": refuses this machine, another one runs as this office",
                   "stop one of the two");
  if (link["dialled"] != true)
    return out.warn("link", name + ": has not dialled in",
                    "ask there; is this office's port open? (" + endpoint + ")");
  if (const auto reached = adapters::can_connect(endpoint, kProbePatience); !reached)
    return out.bad("link", name + ": connect to " + endpoint + ": " + reached.error().text,
                   "network, firewall, or its daemon does not run");
  out.bad("link", name + ": " + endpoint + " answers, the handshake does not end",
          "its key or directory is another one than here: compare `directory status` at both ends");
}

Result<> doctor(const Context& context) {
  Findings out;
  std::filesystem::path file = context.config_file;
  if (file.empty()) {
    XJ_TRY(file, default_config_path());
  }
  XJ_TRY(const Config config, load_config(file));
  out.good("configuration", file.string() + ": " + to_text(config.office));
  look_at_keys(config, out);
  look_at_disk(config, out);
  const auto status = context.call("status", {});
  if (!status) {
    out.bad("daemon", status.error().text,
            "systemctl status, journalctl -u: its last line says why");
  } else {
    out.good("daemon", "answers");
    look_at_clock(*status, out);
    look_at_directory(*status, out);
    look_at_room(*status, out);
    XJ_TRY(const json links, context.call("links", {}));
    for (const json& link : links["links"]) look_at_link(link, out);
  }
  context.print(out.view(), [](std::ostream& to, const json& value) {
    for (const json& row : value["findings"]) {
      to << (row["state"] == "ok"        ? "ok       "
             : row["state"] == "warning" ? "warning  "
                                         : "FAULT    ")
         << cell(row["what"]) << ": " << printable(cell(row["text"])) << "\n";
      if (!cell(row["do"]).empty()) to << "         → " << printable(cell(row["do"])) << "\n";
    }
  });
  if (out.faults() > 0) return refused("doctor: " + std::to_string(out.faults()) + " faults");
  return {};
}

Result<> check_config(const Context& context) {
  std::filesystem::path file = context.config_file;
  if (file.empty()) {
    XJ_TRY(file, default_config_path());
  }
  XJ_TRY(const Config config, load_config(file));
  Findings out;
  out.good("configuration", file.string() + ": " + to_text(config.office));
  look_at_keys(config, out);
  std::error_code error;
  if (std::filesystem::exists(config.directory, error))
    out.good("directory", config.directory.string());
  else
    out.bad("directory",
            config.directory.string() + (error ? ": " + error.message() : " is not there"),
            error ? "run this as the daemon's user" : "copy the published directory there");
  context.print(out.view(), [](std::ostream& to, const json& value) {
    for (const json& row : value["findings"])
      to << (row["state"] == "ok" ? "ok     " : "FAULT  ") << cell(row["what"]) << ": "
         << printable(cell(row["text"])) << "\n";
  });
  if (out.faults() > 0) return refused("config: it cannot be used yet");
  return {};
}

}  // namespace

void add_doctor_commands(CLI::App& app, Context& context) {
  app.add_subcommand("doctor", "What stands in the way here, and what to do (自检)")
      ->callback([&context] { context.finish(doctor(context)); });
  CLI::App* config = app.add_subcommand("config", "This office's configuration");
  config->require_subcommand(1);
  config->add_subcommand("check", "Whether it, its keys and its directory can be used")
      ->callback([&context] { context.finish(check_config(context)); });
}

}  // namespace xianjie::node::cli
