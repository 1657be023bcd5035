// The local API's commands (README.md beside this file lists them): one function a command, each
// reading a snapshot or posting one event. What takes many turns is a job.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "adapters/api_socket.h"
#include "node/daemon/engine.h"
#include "node/daemon/jobs.h"
#include "node/office/continuation.h"
#include "node/office/views.h"

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
    [[nodiscard]] Result<std::optional<Period>> period() const;
    [[nodiscard]] Result<std::optional<Kind>> kind() const;
    [[nodiscard]] Result<InboxFilter> inbox_filter() const;
  };
  // Empty: the answer comes later, through an Answer.
  using Outcome = Result<std::optional<nlohmann::json>>;
  static Outcome later() { return std::optional<nlohmann::json>{}; }
  using Handler = Outcome (Api::*)(const Call&);
  static const std::map<std::string, Handler>& handlers();

  void answer(const Call& call, Result<nlohmann::json> result, bool final);
  Answer answerer(const Call& call);

  Outcome status(const Call& call);
  Outcome submit(const Call& call);
  Outcome inbox_list(const Call& call);
  Outcome inbox_show(const Call& call);
  Outcome inbox_export(const Call& call);
  Outcome inbox_collect(const Call& call);
  Outcome inbox_settle(const Call& call);
  Outcome inbox_assign(const Call& call);
  Outcome inbox_return(const Call& call);
  Outcome queue_list(const Call& call);
  Outcome queue_show(const Call& call);
  Outcome links(const Call& call);
  Outcome trace(const Call& call);
  Outcome month_status(const Call& call);
  Outcome month_manifests(const Call& call);
  Outcome month_close(const Call& call);
  Outcome ledger(const Call& call);
  Outcome custody(const Call& call);
  Outcome bench_submit(const Call& call);

  // An act on an inbox item that may need sealing: `order` is sealed and posted, `answer` told when
  // the turn has it.
  struct Finish {
    broker::EnvelopeKey key;
    nlohmann::json answer;
    std::optional<broker::Order> order;
  };
  using Finisher = void (Api::*)(const Call&, Finish);
  using OrderOf = std::function<Result<broker::Order>(const Item&, const OpenedNotice&)>;
  Outcome pass_on(const Call& call, const OrderOf& order_of);
  Outcome with_batch_number(const Call& call, Finish finish, Finisher finisher);
  void settle_now(const Call& call, Finish finish);
  void continue_now(const Call& call, Finish finish);
  Engine::OnReply tell_when_done(const Call& call, nlohmann::json done);

  adapters::ApiServer& server_;
  Engine& engine_;
  Jobs& jobs_;
};

}  // namespace xianjie::node
