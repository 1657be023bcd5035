#include "node/office/exchange_test.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/office/forms.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using nlohmann::json;
using routing::Directory;

// Rows of the submission: 1 the roll-call; round r from 1: its notices at r * 10,000, its requests
// at r * 10,000 + 5,000. The part is the office.
constexpr std::uint32_t kRollCallRow = 1, kRoundRows = 10'000, kRequestRows = 5'000;

std::vector<OfficeId> all_below(const Directory& directory, OfficeId root) {
  std::vector<OfficeId> out = directory.children(root);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const OfficeId child : directory.children(out[i])) out.push_back(child);
  return out;
}

// The townships of a province; where it has none yet, its lowest offices.
std::vector<OfficeId> askable(const Directory& directory, OfficeId province, WallTime now) {
  std::vector<OfficeId> all = all_below(directory, province);
  std::erase_if(all, [&](OfficeId office) {
    return !office_type_row(office.type()).owns_code || !directory.newest_key(office, now);
  });
  for (const OfficeType type :
       {OfficeType::kTownship, OfficeType::kCounty, OfficeType::kPrefecture}) {
    std::vector<OfficeId> out;
    std::ranges::copy_if(all, std::back_inserter(out),
                         [&](OfficeId office) { return office.type() == type; });
    std::ranges::sort(out);
    if (!out.empty()) return out;
  }
  return {province};
}

FormPayload test_form(const char* form, const std::string& round, std::size_t number) {
  FormPayload out;
  out.form = form;
  out.cells = {{0, "name", "测试人员" + std::to_string(number + 1)},
               {0, "content", "跨省信息交换测试 " + round}};
  return out;
}

class ExchangeSubmission final : public Submission {
 public:
  ExchangeSubmission(Basis basis, const ExchangePlan& plan, const Directory& directory)
      : Submission(std::move(basis)) {
    add_roll_call(plan, directory);
    for (std::size_t round = 0; round < plan.rounds.size(); ++round)
      for (const OfficeId province : directory.children(keys_->office()))
        if (province.type() == OfficeType::kProvince) add_round(plan, round, province, directory);
  }
  [[nodiscard]] FileOf file_of() const override { return FileOf::kForms; }
  void set_rows(std::vector<RawRow>) override {}
  [[nodiscard]] bool done() const override { return at_ >= orders_.size(); }
  [[nodiscard]] std::size_t file_rows() const override { return orders_.size(); }
  Slice next_slice(const Directory&, std::size_t orders_max) override {
    Slice slice;
    for (; at_ < orders_.size() && slice.orders.size() < orders_max; ++at_) {
      note_order(items_[at_], orders_[at_].destination);
      slice.orders.push_back(std::move(orders_[at_]));
      slice.items.push_back(std::move(items_[at_]));
    }
    return slice;
  }

 private:
  void add(std::uint32_t row, OfficeId office, broker::Order order, const FormPayload& payload) {
    order.destination = office;
    order.payload = encode(Payload(payload));
    broker::SubmitItem item;
    item.row = row;
    item.part = office.value();
    orders_.push_back(std::move(order));
    items_.push_back(std::move(item));
  }
  void add_roll_call(const ExchangePlan& plan, const Directory& directory) {
    for (const OfficeId office : all_below(directory, keys_->office())) {
      if (!office_type_row(office.type()).owns_code || !directory.newest_key(office, now_))
        continue;
      broker::Order order;
      order.kind = Kind::kExchangeTest;
      add(kRollCallRow, office, std::move(order), exchange_announcement(plan));
    }
  }
  void add_round(const ExchangePlan& plan, std::size_t index, OfficeId province,
                 const Directory& directory) {
    const ExchangeRound& round = plan.rounds[index];
    const std::vector<OfficeId> offices = askable(directory, province, now_);
    const auto base = static_cast<std::uint32_t>((index + 1) * kRoundRows);
    for (std::size_t i = 0; i < plan.notices; ++i) {
      broker::Order order;
      order.kind = Kind::kCollaborationNotice;
      order.not_before = round.notices.from;
      order.due = round.answers.until;
      add(base + static_cast<std::uint32_t>(i), offices[i * offices.size() / plan.notices],
          std::move(order), test_form("collaboration_notice", round.name, i));
    }
    for (std::size_t i = 0; i < plan.requests; ++i) {
      broker::Order order;
      order.kind = Kind::kAssistanceRequest;
      order.not_before = round.requests.from;
      order.due = round.answers.until;
      add(base + kRequestRows + static_cast<std::uint32_t>(i),
          offices[i * offices.size() / plan.requests], std::move(order),
          test_form("assistance_request.verify", round.name, i));
    }
  }

  std::vector<broker::Order> orders_;
  std::vector<broker::SubmitItem> items_;
};

struct Score {
  std::uint64_t notices = 0, confirmed = 0, requests = 0, delivered = 0, answered = 0, late = 0;
  std::uint64_t faked = 0;
  std::int64_t minutes = 0;  // of those answered in time
  std::uint64_t roll_called = 0, reached = 0, on_duty = 0;
};

json score_json(const std::string& round, OfficeId office, const Directory& directory,
                const Score& score) {
  const std::uint64_t asked = score.notices + score.requests;
  const std::uint64_t good = score.confirmed + score.answered;
  std::string why;
  const auto say = [&](bool is, const std::string& what) {
    if (is) why += (why.empty() ? "" : "; ") + what;
  };
  say(score.faked > 0, std::to_string(score.faked) + " answered by another office in its place");
  say(score.delivered < asked, std::to_string(asked - score.delivered) + " never delivered");
  say(score.late > 0, std::to_string(score.late) + " answered outside the window");
  say(score.answered + score.late < score.requests,
      std::to_string(score.requests - score.answered - score.late) + " not answered");
  say(score.confirmed < score.notices,
      std::to_string(score.notices - score.confirmed) + " not confirmed in time");
  const auto record = directory.find(office);
  return {{"round", round},
          {"office", to_text(office)},
          {"name", record ? record->name : ""},
          {"level", office_type_row(office.type()).word},
          {"notices", score.notices},
          {"confirmed", score.confirmed},
          {"requests", score.requests},
          {"delivered", score.delivered},
          {"answered", score.answered},
          {"late", score.late},
          {"faked", score.faked},
          {"rate_percent", asked == 0 ? json(nullptr) : json(good * 100 / asked)},
          {"minutes_mean", score.answered == 0
                               ? json(nullptr)
                               : json(score.minutes / static_cast<std::int64_t>(score.answered))},
          {"why", why}};
}

class Scores {
 public:
  Scores(const ExchangePlan& plan, const Directory& directory)
      : plan_(plan), directory_(directory) {}

  void read(const broker::LedgerRow& row) {
    if (row.row == kRollCallRow) return read_roll_call(row);
    const std::size_t index = row.row / kRoundRows;
    if (index < 1 || index > plan_.rounds.size()) return;
    const ExchangeRound& round = plan_.rounds[index - 1];
    Score one;
    one.delivered = row.delivered.is_set() ? 1 : 0;
    if (row.row % kRoundRows < kRequestRows) {
      one.notices = 1;
      one.confirmed = row.collected.is_set() && row.collected < round.answers.until ? 1 : 0;
    } else {
      one.requests = 1;
      if (!row.answers.empty()) {
        const WallTime came = row.answers.front().time;
        ++(round.answers.holds(came) ? one.answered : one.late);
        if (one.answered > 0) one.minutes = (came - round.requests.from).ms / 60'000;
      }
    }
    one.faked = row.faked_by.is_set() ? 1 : 0;
    for (OfficeId at = row.destination; at.is_set() && at.type() != OfficeType::kMinistry;
         at = directory_.parent(at))
      add(rounds_[index - 1][at], one);
  }

  [[nodiscard]] json table() const {
    json out = json::array();
    for (const auto& [index, offices] : rounds_)
      for (const auto& [office, score] : offices)
        out.push_back(score_json(plan_.rounds[index].name, office, directory_, score));
    return out;
  }
  [[nodiscard]] json roll_call() const {
    json absent = json::array();
    for (const auto& [office, state] : absent_)
      absent.push_back({{"office", to_text(office)}, {"why", state}});
    return {{"called", roll_.roll_called},
            {"reached", roll_.reached},
            {"on_duty", roll_.on_duty},
            {"absent", absent}};
  }

 private:
  static void add(Score& to, const Score& one) {
    to.notices += one.notices;
    to.confirmed += one.confirmed;
    to.requests += one.requests;
    to.delivered += one.delivered;
    to.answered += one.answered;
    to.late += one.late;
    to.faked += one.faked;
    to.minutes += one.minutes;
  }
  void read_roll_call(const broker::LedgerRow& row) {
    ++roll_.roll_called;
    roll_.reached += row.delivered.is_set() ? 1U : 0U;
    const bool on_duty = row.collected.is_set();
    roll_.on_duty += on_duty ? 1U : 0U;
    if (!on_duty)
      absent_[row.destination] =
          row.delivered.is_set() ? "no operator signed" : "its machine was not reached";
  }

  const ExchangePlan& plan_;
  const Directory& directory_;
  std::map<std::size_t, std::map<OfficeId, Score>> rounds_;
  std::map<OfficeId, std::string> absent_;
  Score roll_;
};

}  // namespace

Hash exchange_id(const ExchangePlan& plan, const crypto::KeyRing& keys) {
  return crypto::keyed_hash(keys.local_key(),
                            {as_bytes("XJ1/exchange"), as_bytes(exchange_plan_text(plan))});
}

Result<std::unique_ptr<Submission>> exchange_submission(const ExchangePlan& plan,
                                                        const crypto::KeyRing& keys,
                                                        const Directory& directory, WallTime now) {
  XJ_TRY_VOID(check_exchange_plan(plan));
  const OfficeId self = keys.office();
  if (directory.parent(self).is_set() || self.type() != OfficeType::kMinistry)
    return refused("office: the national office runs the exchange test, not " + to_text(self));
  if (plan.rounds.front().freeze.from <= now)
    return refused("plan: its first freeze began at " + to_text(plan.rounds.front().freeze.from) +
                   ", before it could be announced");
  Submission::Basis basis;
  basis.id = exchange_id(plan, keys);
  basis.name = to_hex(ByteView(basis.id).first(16));
  basis.kind = Kind::kExchangeTest;
  basis.keys = std::make_shared<const crypto::KeyRing>(keys);
  basis.now = now;
  return std::unique_ptr<Submission>(
      std::make_unique<ExchangeSubmission>(std::move(basis), plan, directory));
}

Result<json> exchange_score(broker::ReadTxn& txn, const ExchangePlan& plan,
                            const crypto::KeyRing& keys, const Directory& directory, WallTime now) {
  const Hash id = exchange_id(plan, keys);
  Scores scores(plan, directory);
  std::size_t rows = 0;
  XJ_TRY_VOID(txn.scan(broker::Table::kLedger, {}, {}, [&](const broker::Row& row) {
    const auto ledger = broker::decode_ledger_row(row.value);
    if (!ledger || ledger->submission != id) return true;
    ++rows;
    scores.read(*ledger);
    return true;
  }));
  if (rows == 0)
    return fail(ErrorCode::kNotFound,
                "not_found: this plan was never run here; `exchange-test run`");
  json rounds = json::array();
  for (const ExchangeRound& round : plan.rounds)
    rounds.push_back({{"round", round.name}, {"over", now >= round.answers.until}});
  return json{{"plan", plan.name},
              {"rounds", rounds},
              {"roll_call", scores.roll_call()},
              {"scores", scores.table()}};
}

}  // namespace xianjie::node
