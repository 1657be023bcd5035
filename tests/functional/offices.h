// An office set up by hand, the way node/cli/README.md tells it: keys, what `keys show` prints, a
// directory that its holder signs, a configuration.
#pragma once

#include <map>

#include "adapters/clock.h"
#include "tests/functional/cli.h"

namespace xianjie::tests {

// In `folder`: holder.key, holder.pub's content returned.
inline std::string make_holder(const std::filesystem::path& folder,
                               const std::string& name = "holder") {
  return answer(
      {"directory", "holder-key", "--output", (folder / (name + ".key")).string()})["public"];
}

// OFFICE.keys, and its public half appended to keys.json.
inline std::filesystem::path make_keys(const std::filesystem::path& folder,
                                       const std::string& office) {
  const std::filesystem::path file = folder / (office + ".keys");
  EXPECT_EQ(cli({"keys", "generate", "--office", office, "--output", file.string()}).status, 0);
  const Ended shown =
      cli({"keys", "show", file.string(), "--valid-from", "2026-01-01T00:00:00+08:00"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  std::ofstream(folder / "keys.json", std::ios::app) << shown.out;
  return file;
}

// Who signs a hand-made directory: holder.key in every role, and the root, whose fingerprint comes
// back.
inline std::string make_root(const std::filesystem::path& folder, bool rehearsal = true) {
  const std::string holder = make_holder(folder), root = (folder / "root.xjr").string();
  std::vector<std::string> init{"directory",   "init", "--root", holder, "--snapshot", holder,
                                "--timestamp", holder, "--deny", holder, "--output",   root};
  if (rehearsal) init.push_back("--rehearsal");
  const Ended drafted = cli(init);
  EXPECT_EQ(drafted.status, 0) << drafted.err;
  return answer(
      {"directory", "sign", root, "--holder-key", (folder / "holder.key").string()})["fingerprint"];
}

inline std::vector<std::string> draft_arguments(const std::filesystem::path& folder) {
  return {"directory",   "draft",
          "--offices",   (folder / "nation.toml").string(),
          "--keys-json", (folder / "keys.json").string(),
          "--version",   "1",
          "--output",    (folder / "list.xjs").string()};
}

// list.xjs signed and put together with the root, or with what was published before, under a
// timestamp that outlasts every test.
inline Ended publish(const std::filesystem::path& folder, const std::filesystem::path& output,
                     const std::filesystem::path& base = {}) {
  const std::string list = (folder / "list.xjs").string(), key = (folder / "holder.key").string();
  if (Ended ended = cli({"directory", "sign", list, "--holder-key", key}); ended.status != 0)
    return ended;
  std::vector<std::string> arguments{
      "directory", "publish", "--snapshot", list,       "--timestamp-key",
      key,         "--hours", "87600",      "--output", output.string()};
  if (base.empty())
    arguments.insert(arguments.end(), {"--root", (folder / "root.xjr").string()});
  else
    arguments.insert(arguments.end(), {"--base", base.string()});
  return cli(arguments);
}

// Offices with their own keys, configurations and daemons, all set up by the command line, on
// loopback.
class HandMadeOffices : public testing::Test {
 protected:
  using Line = std::pair<std::string, std::string>;  // office, parent ("": the root)

  // A clock that stands still: nothing waits for a gate, nothing expires.
  static std::string standing_at(const std::string& time) {
    return "start = \"" + time + "\"\nreal_epoch = \"2026-01-01T00:00:00+08:00\"\nrate = 1e-6\n";
  }
  static std::string still_clock() { return standing_at("2026-12-09T12:00:00+08:00"); }
  // One ahead of the holders, who plan on the real clock.
  static std::string standing_ahead(Duration ahead) {
    return standing_at(to_text(adapters::real_wall_time() + ahead));
  }
  // From the 9th, noon, on: so many virtual seconds a real second.
  static std::string clock_running_at(double rate) {
    return "start = \"2026-12-09T12:00:00+08:00\"\nreal_epoch = \"" +
           to_text(adapters::real_wall_time()) + "\"\nrate = " + std::to_string(rate) + "\n";
  }

  // Of an office: the class of its channel, "none" for no channel at all; vpn where not named.
  using Classes = std::map<std::string, std::string>;

  explicit HandMadeOffices(const std::vector<Line>& offices,
                           const std::string& clock = still_clock(), const Classes& classes = {}) {
    write_text(at("nation.toml"), nation_toml(offices));
    const std::string root = make_root(folder_.path());
    nlohmann::json channels;
    for (const auto& [office, parent] : offices) {
      make_keys(folder_.path(), office);
      write_config(office, root, clock);
      const auto named = classes.find(office);
      if (named != classes.end() && named->second == "none") continue;
      channels[office] = {{"class", named == classes.end() ? "vpn" : named->second},
                          {"networks", {"127.0.0.0/8"}},
                          {"endpoint", "tcp://127.0.0.1:" + std::to_string(free_loopback_port())}};
    }
    write_text(at("channels.json"), channels.dump());
    auto draft = draft_arguments(folder_.path());
    draft.insert(draft.end(),
                 {"--channels", at("channels.json").string(), "--rehearsal", "--valid-days", "0"});
    const Ended drafted = cli(draft);
    EXPECT_EQ(drafted.status, 0) << drafted.err;
    const Ended published = publish(folder_.path(), at("directory.xjd"));
    EXPECT_EQ(published.status, 0) << published.err;
    for (const auto& [office, parent] : offices)
      std::filesystem::copy_file(at("directory.xjd"), at(office + ".xjd"));
  }

  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return folder_.path() / name;
  }
  [[nodiscard]] std::filesystem::path config(const std::string& office) const {
    return at(office + ".toml");
  }
  [[nodiscard]] std::string log(const std::string& office) const {
    return read_text(at(office + ".log"));
  }
  [[nodiscard]] DaemonProcess start(const std::string& office) const {
    return {XIANJIED_BINARY, config(office), at(office + ".log")};
  }
  // The command line of an office.
  [[nodiscard]] std::vector<std::string> ask(const std::string& office,
                                             std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", config(office).string()});
    return arguments;
  }
  nlohmann::json act(const std::string& office, std::vector<std::string> arguments,
                     std::string_view input = {}) const {
    return answer(ask(office, std::move(arguments)), input);
  }
  // A file of one person from the first township.
  static std::string person(const std::string& origin, const std::string& name,
                            const std::string& number) {
    return "origin,name,id_number,registration_code\n" + origin + "," + name + "," + number +
           ",610802001\n";
  }
  // Hands one row in; its envelope's id.
  std::string hand_in(const std::string& office, const char* kind, const std::string& file) const {
    const nlohmann::json done = act(office, {"submit", kind, "-"}, file);
    EXPECT_EQ(done["accepted"], 1) << done.dump();
    return done["accepted"] == 1 ? done["envelopes"][0].value("id", "") : "";
  }
  // What `base` becomes by this edit, signed and published as `output`.
  void publish_edit(std::vector<std::string> edit, const std::string& base,
                    const std::string& output) const {
    std::filesystem::remove(at("list.xjs"));
    edit.insert(edit.begin(), "directory");
    edit.insert(edit.end(), {"--draft", at("list.xjs").string(), "--base", at(base).string()});
    const Ended edited = cli(edit);
    EXPECT_EQ(edited.status, 0) << edited.err;
    const Ended published = publish(folder_.path(), at(output), at(base));
    EXPECT_EQ(published.status, 0) << published.err;
  }

 private:
  void write_config(const std::string& name, const std::string& root,
                    const std::string& clock) const {
    write_text(config(name),
               "office = \"" + name + "\"\nkeys = \"" + name + ".keys\"\ndirectory = \"" + name +
                   ".xjd\"\nroot = \"" + root + "\"\nstore = \"" + name + ".store\"\narchive = \"" +
                   name + ".audit\"\napi = \"" + name +
                   ".sock\"\n[limits]\nstore_bytes = 67108864\n[rehearsal]\n" + clock);
  }

  TempDirectory folder_;
};

}  // namespace xianjie::tests
