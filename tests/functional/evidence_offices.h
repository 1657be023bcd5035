// Offices that hand out evidence, and the program that checks it where nothing else is.
#pragma once

#include <unistd.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {

class EvidenceOffices : public HandMadeOffices {
 protected:
  using HandMadeOffices::HandMadeOffices;

  void run_office(const std::string& office) {
    daemons_[office] = std::make_unique<DaemonProcess>(start(office));
    EXPECT_TRUE(daemons_[office]->ready()) << log(office);
  }

  nlohmann::json export_at(const std::string& office, std::vector<std::string> arguments,
                           const std::string& file) {
    arguments.insert(arguments.begin(), {"evidence", "export"});
    arguments.insert(arguments.end(), {"--output", at(file).string()});
    return answer(ask(office, std::move(arguments)));
  }
  // By the program on its own, in a root that holds the file and the program, without a network;
  // where that is not allowed, as it is.
  Ended verify_alone(const std::string& file, std::vector<std::string> options = {}) {
    std::vector<std::string> command{XIANJIE_VERIFY_BINARY, at(file).string()};
    if (kStatic && ::geteuid() == 0) {
      const auto root = at("empty-root");
      std::filesystem::create_directories(root);
      using std::filesystem::copy_options;
      std::filesystem::copy_file(XIANJIE_VERIFY_BINARY, root / "verify",
                                 copy_options::overwrite_existing);
      std::filesystem::copy_file(at(file), root / "file", copy_options::overwrite_existing);
      std::vector<std::string> alone{"/usr/bin/env",     "-i",         "/usr/bin/unshare", "-n",
                                     "/usr/sbin/chroot", root.string()};
      const Ended allowed = run([&] {
        auto probe = alone;
        probe.insert(probe.end(), {"/verify", "--help"});
        return probe;
      }());
      if (allowed.status == 0) {
        ++alone_;
        command = std::move(alone);
        command.insert(command.end(), {"/verify", "/file"});
      }
    }
    command.insert(command.end(), options.begin(), options.end());
    return run(command);
  }
  nlohmann::json verdict_on(const std::string& file) {
    const Ended ended = verify_alone(file, {"--json"});
    const auto lines = json_lines(ended.out);
    EXPECT_EQ(lines.size(), 1U) << ended.err;
    nlohmann::json out = lines.empty() ? nlohmann::json::object() : lines.front();
    EXPECT_EQ(ended.status, out.value("verdict", "") == "proved" ? 0 : 1);
    return out;
  }
  static std::string words(const nlohmann::json& verdict, const char* list, const char* what) {
    std::string out;
    for (const nlohmann::json& each : verdict[list])
      if (each["what"] == what) out += each["en"].get<std::string>() + "\n";
    return out;
  }

#ifdef XIANJIE_VERIFY_STATIC
  static constexpr bool kStatic = true;
#else
  static constexpr bool kStatic = false;
#endif
  std::map<std::string, std::unique_ptr<DaemonProcess>> daemons_;
  int alone_ = 0;
};

}  // namespace xianjie::tests
