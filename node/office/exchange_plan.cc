#include "node/office/exchange_plan.h"

#include <array>

namespace xianjie::node {
namespace {

constexpr std::size_t kRoundsMax = 20;

constexpr std::array kWindows{NamedWindow{"notices", &ExchangeRound::notices},
                              NamedWindow{"requests", &ExchangeRound::requests},
                              NamedWindow{"answers", &ExchangeRound::answers},
                              NamedWindow{"freeze", &ExchangeRound::freeze}};

}  // namespace

std::span<const NamedWindow> exchange_windows() {
  return kWindows;
}

ExchangePlan default_exchange_plan(Period month) {
  ExchangePlan plan;
  plan.name = to_text(month) + " 跨省信息交换测试";
  const auto at = [&](int day, int hour) {
    return local_time(*Date::make(month.year(), month.month(), day), hour);
  };
  plan.rounds = {{"trial",
                  {at(13, 18), at(13, 19)},
                  {at(14, 9), at(14, 10)},
                  {at(14, 9), at(14, 12)},
                  {at(13, 18), at(14, 12)}},
                 {"formal",
                  {at(15, 18), at(15, 19)},
                  {at(16, 9), at(16, 10)},
                  {at(16, 9), at(16, 11)},
                  {at(15, 18), at(16, 11)}}};
  return plan;
}

Result<> check_exchange_plan(const ExchangePlan& plan) {
  if (plan.rounds.empty() || plan.rounds.size() > kRoundsMax)
    return refused("plan: 1 to " + std::to_string(kRoundsMax) + " rounds");
  WallTime before;
  for (const ExchangeRound& round : plan.rounds) {
    const auto bad = [&](const std::string& why) {
      return refused("plan: round " + round.name + ": " + why);
    };
    for (const NamedWindow& one : kWindows)
      if ((round.*one.window).from >= (round.*one.window).until)
        return bad(std::string(one.name) + " ends before it begins");
    if (round.answers.from > round.requests.from)
      return bad("answers open after the requests that they answer");
    if (round.answers.until < round.requests.until)
      return bad("answers close before the last request is sent");
    if (round.freeze.from > std::min(round.notices.from, round.requests.from) ||
        round.freeze.until < round.answers.until)
      return bad("the freeze does not cover the round");
    if (round.freeze.from < before) return bad("it begins before the one before it is over");
    before = round.freeze.until;
  }
  return {};
}

std::string exchange_plan_text(const ExchangePlan& plan) {
  std::string out = "name = \"" + plan.name + "\"\nrequests = " + std::to_string(plan.requests) +
                    "\nnotices = " + std::to_string(plan.notices) + "\n";
  for (const ExchangeRound& round : plan.rounds) {
    out += "\n[[round]]\nname = \"" + round.name + "\"\n";
    for (const NamedWindow& one : kWindows) {
      const std::string name(one.name);
      out += name + "_from = \"" + to_text((round.*one.window).from) + "\"\n";
      out += name + "_until = \"" + to_text((round.*one.window).until) + "\"\n";
    }
  }
  return out;
}

FormPayload exchange_announcement(const ExchangePlan& plan) {
  FormPayload out;
  out.form = "exchange_test";
  out.cells.push_back({0, "plan", plan.name});
  std::uint32_t row = 0;
  for (const ExchangeRound& round : plan.rounds) {
    out.cells.push_back({++row, "round", round.name});
    out.cells.push_back({row, "frozen_from", to_text(round.freeze.from)});
    out.cells.push_back({row, "frozen_until", to_text(round.freeze.until)});
  }
  return out;
}

std::vector<Window> announced_freezes(const FormPayload& announcement) {
  std::vector<Window> out;
  WallTime from;
  for (const FormCell& cell : announcement.cells) {
    if (cell.row == 0 || announcement.form != "exchange_test") continue;
    const auto time = parse_wall_time(cell.value);
    if (time && cell.name == "frozen_from") from = *time;
    if (time && cell.name == "frozen_until" && from.is_set()) out.push_back({from, *time});
  }
  return out;
}

}  // namespace xianjie::node
