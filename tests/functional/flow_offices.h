// A small province with real daemons, and what its clerks do by the command line: the ground of the
// tests named after the rows of FLOWS.
#pragma once

#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {

inline constexpr const char* kProvinceId = "province:610000";
inline constexpr const char* kCountyId = "county:610802";
inline constexpr const char* kTownshipId = "township:610802001";
inline constexpr const char* kSecondTownshipId = "township:610802100";
inline constexpr const char* kPrisonId = "prison:610000-03";
inline constexpr const char* kContractorId = "contractor:610802";

// Classes as in HandMadeOffices, and what is appended to an office's configuration.
struct FlowGround {
  std::map<std::string, std::string> classes;
  std::map<std::string, std::string> configs;
};

class FlowOffices : public HandMadeOffices {
 protected:
  explicit FlowOffices(const std::string& clock = still_clock())
      : FlowOffices(small_province(), clock) {}
  FlowOffices(const std::vector<Line>& offices, const std::string& clock,
              const FlowGround& ground = FlowGround())
      : HandMadeOffices(offices, clock, ground.classes) {
    for (const auto& [office, text] : ground.configs)
      std::ofstream(config(office), std::ios::app) << text;
    for (const auto& [office, parent] : offices) {
      daemons_.push_back(std::make_unique<DaemonProcess>(start(office)));
      EXPECT_TRUE(daemons_.back()->ready()) << log(office);
    }
  }
  static std::vector<Line> small_province() {
    return {{kProvinceId, ""},          {kCountyId, kProvinceId},
            {kTownshipId, kCountyId},   {kSecondTownshipId, kCountyId},
            {kContractorId, kCountyId}, {kPrisonId, kProvinceId}};
  }

  std::string refusal(const char* office, std::vector<std::string> arguments,
                      std::string_view input = {}) {
    const Ended ended = cli(ask(office, std::move(arguments)), input);
    EXPECT_EQ(ended.status, 1) << ended.out;
    return ended.err + ended.out;
  }
  // Waits until the office has an item of this kind that is open and has not gone on.
  nlohmann::json item_at(const char* office, const char* kind) {
    nlohmann::json item;
    EXPECT_TRUE(eventually([&] {
      const nlohmann::json list = act(office, {"inbox", "list", "--kind", kind});
      for (const nlohmann::json& each : list["items"])
        if (each["continued_by"].is_null()) item = each;
      return !item.is_null();
    })) << office
        << log(office);
    return item;
  }
  std::string id_at(const char* office, const char* kind) {
    return item_at(office, kind).value("id", "");
  }
  nlohmann::json ledger_of(const char* office, const std::string& id) {
    return act(office, {"trace", id})["ledger"];
  }
  bool ledger_becomes(const char* office, const std::string& id, const char* name,
                      const nlohmann::json& value) {
    return eventually([&] { return ledger_of(office, id)[name] == value; });
  }

  std::vector<std::unique_ptr<DaemonProcess>> daemons_;
};

}  // namespace xianjie::tests
