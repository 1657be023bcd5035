// The cross-province exchange test (flow D): its rounds with their windows. The default is the one
// of December 2011. Read next: exchange_test.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/payload.h"
#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::node {

struct Window {
  WallTime from, until;  // [from, until)
  [[nodiscard]] bool holds(WallTime at) const { return at >= from && at < until; }
  friend bool operator==(const Window&, const Window&) = default;
};

struct ExchangeRound {
  std::string name;  // trial, formal
  Window notices;    // collaboration notices are sent
  Window requests;   // assistance requests are sent
  Window answers;    // what comes back counts
  Window freeze;     // townships send no requests and notices of their own
};
struct ExchangePlan {
  std::string name;
  std::size_t requests = 10, notices = 10;  // to each province, each round
  std::vector<ExchangeRound> rounds;
};

// Trial on the 14th, formal round on the 16th of the month, as in 2011.
ExchangePlan default_exchange_plan(Period month);

// A round's windows by name: a plan file has requests_from, requests_until and so on.
struct NamedWindow {
  std::string_view name;
  Window ExchangeRound::*window;
};
std::span<const NamedWindow> exchange_windows();

std::string exchange_plan_text(const ExchangePlan& plan);  // as daemon/exchange_file.h reads it
// Each window begins before it ends; answers are taken while requests are sent and until later; the
// freeze covers a round; rounds come one after the other.
Result<> check_exchange_plan(const ExchangePlan& plan);

// What every office is told beforehand: the rounds' freezes.
FormPayload exchange_announcement(const ExchangePlan& plan);
std::vector<Window> announced_freezes(const FormPayload& announcement);

}  // namespace xianjie::node
