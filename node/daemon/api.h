// The local API's commands (README.md beside this file lists them): one function a command, each
// reading a snapshot or posting one event. What takes many turns is a job.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "adapters/api_socket.h"
#include "node/daemon/engine.h"
#include "node/daemon/jobs.h"
#include "node/daemon/log.h"
#include "node/daemon/watch.h"
#include "node/office/answers.h"
#include "node/office/envelope_list.h"
#include "node/office/views.h"

namespace xianjie::node {

class Api {
 public:
  // `exports`: a queue of its own for what waits for other offices (evidence_jobs.h).
  Api(adapters::ApiServer& server, Engine& engine, Jobs& jobs, Jobs& exports, Watch& watch,
      Looks& looks)
      : server_(server),
        engine_(engine),
        jobs_(jobs),
        exports_(exports),
        watch_(watch),
        looks_(looks) {}
  void serve(std::size_t max);  // what has come in
  // The overview of the month that people work on, when a census has been taken; not at all where
  // none can be.
  using WithOverview = std::function<void(const nlohmann::json& overview, const Health& health)>;
  void with_overview(WithOverview then);

 private:
  struct Call {
    Bytes client;
    ApiRequest request;
    [[nodiscard]] std::string option(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
    [[nodiscard]] Result<std::optional<Period>> period() const;
    [[nodiscard]] Result<std::optional<Kind>> kind() const;
    [[nodiscard]] Result<InboxFilter> inbox_filter() const;
    // `known` and `recent`: what will do; else `otherwise`.
    [[nodiscard]] Age age(Age otherwise) const {
      return flag("known") ? Age::kKnown : flag("recent") ? Age::kRecent : otherwise;
    }
    [[nodiscard]] Fields fields() const;  // options "field.NAME"
    [[nodiscard]] Result<EnvelopeFilter> envelope_filter() const;
    // 1 to `most`; `otherwise` where it is not there.
    [[nodiscard]] Result<std::size_t> number(const std::string& name, std::size_t otherwise,
                                             std::size_t most) const;
  };
  // Empty: the answer comes later, through an Answer.
  using Outcome = Result<std::optional<nlohmann::json>>;
  static Outcome later() { return std::optional<nlohmann::json>{}; }
  using Handler = Outcome (Api::*)(const Call&);
  static const std::map<std::string, Handler>& handlers();

  void answer(const Call& call, Result<nlohmann::json> result, bool final);
  void answer_text(const Call& call, Result<std::string> json, bool final);
  // Drawn beside the loop; the answer goes out when it is there, after `seen` on the loop.
  Outcome look(const Call& call, Looks::Draw draw, std::function<void()> seen = {});
  Answer answerer(const Call& call);

  Outcome status(const Call& call);
  Outcome submit(const Call& call);
  Outcome inbox_list(const Call& call);
  Outcome inbox_show(const Call& call);
  Outcome inbox_export(const Call& call);
  Outcome inbox_collect(const Call& call);
  Outcome inbox_release(const Call& call);
  Outcome inbox_settle(const Call& call);
  Outcome inbox_assign(const Call& call);
  Outcome inbox_return(const Call& call);
  // api_forms.cc
  Outcome inbox_answer(const Call& call);
  Outcome inbox_arrived(const Call& call);
  Outcome inbox_correct(const Call& call);
  Outcome inbox_add(const Call& call);
  Outcome due(const Call& call);
  Outcome urge(const Call& call);
  Outcome submission(const Call& call);
  // api_attachments.cc
  Outcome attach(const Call& call);
  Outcome inbox_attachment(const Call& call);
  // api_reports.cc
  Outcome report_status(const Call& call);
  Outcome report_send(const Call& call);
  // api_exchange.cc
  Outcome exchange_run(const Call& call);
  Outcome exchange_score_of(const Call& call);
  // api_keys.cc
  Outcome keys_retire(const Call& call);
  // api_media.cc
  Outcome media_export(const Call& call);
  Outcome media_import(const Call& call);
  Outcome media_list(const Call& call);
  // api_directory.cc
  Outcome directory_status(const Call& call);
  Outcome directory_import(const Call& call);
  // api_evidence.cc
  Outcome evidence_export(const Call& call);
  Outcome audit_verify(const Call& call);
  // api_audit.cc
  Outcome audit_list(const Call& call);
  Outcome audit_note(const Call& call);
  // api_watch.cc
  Outcome overview(const Call& call);
  Outcome queue_census(const Call& call);
  Outcome queue_envelopes(const Call& call);
  Outcome queue_peek(const Call& call);
  Outcome rates(const Call& call);
  Outcome network(const Call& call);
  Outcome offices(const Call& call);
  // What an overview shows, as drawn from now on.
  std::function<Result<nlohmann::json>(broker::ReadTxn&)> overview_draw(
      Period period, Age age, nlohmann::json status) const;
  // api_queue.cc
  Outcome queue_hold(const Call& call) { return operate(call, broker::Act::kHold); }
  Outcome queue_release(const Call& call) { return operate(call, broker::Act::kRelease); }
  Outcome queue_requeue(const Call& call) { return operate(call, broker::Act::kRequeue); }
  Outcome queue_expire(const Call& call) { return operate(call, broker::Act::kExpire); }
  Outcome operate(const Call& call, broker::Act act);
  Result<nlohmann::json> status_json();
  Outcome queue_list(const Call& call);
  Outcome queue_show(const Call& call);
  Outcome links(const Call& call);
  Outcome trace(const Call& call);
  Outcome month_status(const Call& call);
  Outcome month_manifests(const Call& call);
  Outcome month_bulletin(const Call& call);
  Outcome month_close(const Call& call);
  Outcome ledger(const Call& call);
  Outcome custody(const Call& call);
  Outcome bench_submit(const Call& call);

  // An act on an inbox item that may need sealing: its orders are sealed and posted, `answer` told
  // when the turn has it.
  struct Finish {
    broker::EnvelopeKey key;
    nlohmann::json answer;
    std::vector<broker::Order> orders{};  // none where nothing travels
    std::uint8_t outcome = 0;             // of a settled notice
    Hash act{};                           // of what is submitted beside an item
    std::uint32_t code = 0;               // where its subject is registered; 0: not said
  };
  using Finisher = void (Api::*)(const Call&, Finish);
  using OrderOf = std::function<Result<broker::Order>(const Item&, const OpenedItem&)>;
  // Every opening stands in the audit log, `by` which act, and under whose account.
  void note_opened(const Call& call, const EnvelopeId& id, std::string_view by);
  static std::string under_account(const Call& call);  // " operator=li.ming"; "" where none is told
  // Opened corrections of a notice, oldest first.
  Result<nlohmann::json> corrections_of(broker::ReadTxn& txn, const EnvelopeId& notice);
  Outcome pass_on(const Call& call, const OrderOf& order_of);
  Outcome with_batch_number(const Call& call, Finish finish, Finisher finisher);
  void settle_now(const Call& call, Finish finish);
  void continue_now(const Call& call, Finish finish);
  void submit_now(const Call& call, Finish finish);
  Engine::OnReply tell_when_done(const Call& call, nlohmann::json done);

  adapters::ApiServer& server_;
  Engine& engine_;
  Jobs& jobs_;
  Jobs& exports_;
  Watch& watch_;
  Looks& looks_;
};

}  // namespace xianjie::node
