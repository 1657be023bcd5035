// The local API's commands (README.md beside this file lists them): one function a command, each
// reading a snapshot or posting one event. What takes many turns is a job.
#pragma once

#include "adapters/api_socket.h"
#include "node/daemon/engine.h"
#include "node/daemon/jobs.h"

namespace xianjie::node {

class Api {
 public:
  Api(adapters::ApiServer& server, Engine& engine, Jobs& jobs)
      : server_(server), engine_(engine), jobs_(jobs) {}
  void serve(std::size_t max);  // what has come in

 private:
  struct Call {
    Bytes client;
    ApiRequest request;
    [[nodiscard]] std::string option(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
  };
  using Handler = Result<std::optional<nlohmann::json>> (Api::*)(const Call&);
  static const std::map<std::string, Handler>& handlers();

  void answer(const Call& call, Result<nlohmann::json> result, bool final);
  Answer answerer(const Call& call);

  Result<std::optional<nlohmann::json>> status(const Call& call);
  Result<std::optional<nlohmann::json>> submit(const Call& call);
  Result<std::optional<nlohmann::json>> inbox_list(const Call& call);
  Result<std::optional<nlohmann::json>> inbox_show(const Call& call);
  Result<std::optional<nlohmann::json>> inbox_export(const Call& call);
  Result<std::optional<nlohmann::json>> inbox_collect(const Call& call);
  Result<std::optional<nlohmann::json>> inbox_settle(const Call& call);
  Result<std::optional<nlohmann::json>> queue_list(const Call& call);
  Result<std::optional<nlohmann::json>> queue_show(const Call& call);
  Result<std::optional<nlohmann::json>> links(const Call& call);
  Result<std::optional<nlohmann::json>> trace(const Call& call);
  Result<std::optional<nlohmann::json>> month_status(const Call& call);
  Result<std::optional<nlohmann::json>> ledger(const Call& call);
  Result<std::optional<nlohmann::json>> custody(const Call& call);
  Result<std::optional<nlohmann::json>> bench_submit(const Call& call);
  void settle_now(const Call& call, const broker::EnvelopeKey& key,
                  std::optional<broker::Order> order);

  adapters::ApiServer& server_;
  Engine& engine_;
  Jobs& jobs_;
};

}  // namespace xianjie::node
