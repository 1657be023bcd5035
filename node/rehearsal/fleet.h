// The daemons of a rehearsal: started, asked through their local API, started again when they die.
// Single-threaded; tick() must be called often, for it is what sees a death and deals one out.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/api_socket.h"
#include "node/rehearsal/daemon_process.h"
#include "node/rehearsal/nation_setup.h"
#include "node/rehearsal/stop_signals.h"

namespace xianjie::node::rehearsal {

class Fleet {
 public:
  using Say = std::function<void(const std::string& line)>;  // what an operator should know

  Fleet(std::filesystem::path program, const std::vector<OfficeSite>& sites, StopSignals& signals,
        Say say);
  ~Fleet();  // kills what still runs

  // All of them, until each answers. An error names the one that does not, with its last log lines.
  Result<> start();
  // Deals out the deaths that are due, sees who died otherwise, and starts both again. An error:
  // one that cannot stay alive.
  Result<> tick();
  struct Death {
    Instant due;
    OfficeId office;
  };
  void plan_deaths(std::vector<Death> deaths);  // SIGKILL
  // SIGTERM to all, and waits; who does not end in time is killed.
  void stop();

  // One command of a daemon's local API. kRetry or kNotFound: it is not there now.
  Result<nlohmann::json> call(OfficeId office, const std::string& command,
                              const std::map<std::string, std::string>& options = {},
                              Bytes body = {}, const adapters::ApiClient::Progress& progress = {});
  // The same, again until the daemon is back; calls tick() between.
  Result<nlohmann::json> call_patiently(OfficeId office, const std::string& command,
                                        const std::map<std::string, std::string>& options = {},
                                        const Bytes& body = {});

  // Sleeps; kRefused where the operator asked to stop.
  Result<> rest(Duration duration);
  [[nodiscard]] const std::vector<OfficeSite>& sites() const { return sites_; }
  [[nodiscard]] std::size_t kills() const { return kills_; }
  [[nodiscard]] std::size_t accidents() const { return accidents_; }  // deaths that nobody planned

 private:
  struct Member {
    const OfficeSite* site = nullptr;
    DaemonProcess process;
    std::unique_ptr<adapters::ApiClient> client;
    Instant started;
    std::uint64_t lives = 0;
    int short_lives = 0;  // deaths soon after the start, in a row
  };
  Result<> launch(Member& member);
  Result<> deal_out_deaths();
  [[nodiscard]] std::string last_lines(const Member& member) const;
  bool answers(Member& member);

  std::filesystem::path program_;
  const std::vector<OfficeSite>& sites_;
  StopSignals& signals_;
  Say say_;
  std::map<OfficeId, Member> members_;
  std::uint64_t last_request_ = 0;
  std::vector<Death> deaths_;  // by time, latest first
  std::size_t kills_ = 0, accidents_ = 0;
};

}  // namespace xianjie::node::rehearsal
