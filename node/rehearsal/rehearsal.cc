#include "node/rehearsal/rehearsal.h"

#include <algorithm>
#include <cmath>

#include "adapters/clock.h"
#include "adapters/zmq_guard.h"
#include "adapters/zmq_socket.h"
#include "node/rehearsal/balance.h"
#include "node/rehearsal/flow_account.h"
#include "node/rehearsal/limits.h"

namespace xianjie::node::rehearsal {
namespace {

using adapters::steady_now;

constexpr Duration kRound = milliseconds(150);
constexpr Duration kLate = seconds(60);
constexpr int kAttempts = 3;
constexpr Duration kSoonAfterGate = milliseconds(400);

struct Run {
  const RehearsalOptions& options;
  const Inputs& inputs;
  const Teller& teller;
  StopSignals& signals;
  Timeline timeline;
};

// Time for the daemons to start and for the notices to be handed in, before the clock begins to
// run.
Duration lead_time(const Inputs& inputs, int attempt) {
  const auto offices = static_cast<std::int64_t>(inputs.nation.offices.size());
  const auto rows = static_cast<std::int64_t>(inputs.notices.rows_read);
  return milliseconds(1000 + 40 * offices + rows / 2) * (1LL << (2 * attempt));
}

// Who dies when, from the seed alone: every other one at any time, the rest soon after a gate has
// opened, when there is mail on the way to be lost.
std::vector<Fleet::Death> planned_deaths(const Run& run, const std::vector<OfficeSite>& sites,
                                         Instant begin) {
  std::uint64_t state = run.options.seed;
  const auto next = [&state](std::int64_t bound) {  // splitmix64
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::int64_t>((z ^ (z >> 31)) %
                                     static_cast<std::uint64_t>(std::max<std::int64_t>(bound, 1)));
  };
  const Timeline& time = run.timeline;
  const Duration day = time.real_until(time.start + days(1));
  std::vector<Fleet::Death> deaths;
  for (std::size_t i = 0; i < run.options.kills; ++i) {
    const OfficeId office =
        sites[static_cast<std::size_t>(next(static_cast<std::int64_t>(sites.size())))].id;
    Duration after{next(time.real_until(time.end).ms)};
    if (i % 2 == 1) {
      const auto gate =
          static_cast<std::size_t>(next(static_cast<std::int64_t>(time.gates.size())));
      after = time.real_until(time.gates[gate]) + Duration{next(std::min(kSoonAfterGate, day).ms)};
    }
    deaths.push_back({begin + after, office});
  }
  return deaths;
}

// What is still to come, as a line; "" when the month is over: nothing in transit, every check
// result home.
std::string still_missing(const Standing& now, const Clerks& clerks) {
  if (now.in_transit > 0) return std::to_string(now.in_transit) + " in transit";
  if (now.copies_in_transit > 0)
    return std::to_string(now.copies_in_transit) + " copies in transit";
  const std::uint64_t home = now.own_area + now.unlinked;
  if (home < clerks.notices_checked())
    return std::to_string(clerks.notices_checked() - home) + " check results on their way";
  return "";
}

std::string progress_line(WallTime at, const Standing& now) {
  return to_text(at).substr(0, 16) + "  accepted " + std::to_string(now.accepted) +
         ", in transit " + std::to_string(now.in_transit) + ", delivered " +
         std::to_string(now.delivered) + ", checked " +
         std::to_string(now.own_area + now.unlinked) + ", held " + std::to_string(now.held);
}

// Whether the month is late: 60 s over with mail in transit, or so long without any progress of
// those who settle.
class Lateness {
 public:
  bool is_late(const Standing* now, std::uint64_t settled) {
    const Instant at = steady_now();
    if (!ended_) ended_ = moved_ = at;
    const std::uint64_t home = now == nullptr ? home_ : now->own_area + now->unlinked;
    if (home != home_ || settled != settled_) moved_ = at;
    home_ = home;
    settled_ = settled;
    const bool arrived = now != nullptr && now->in_transit == 0 && now->copies_in_transit == 0;
    return at - (arrived ? moved_ : *ended_) > kLate;
  }

 private:
  std::optional<Instant> ended_;
  Instant moved_;
  std::uint64_t home_ = 0, settled_ = 0;
};

// Where all flows are played: everything everybody sent has arrived, and every check is home.
Result<std::string> flows_missing(Fleet& fleet, const Clerks& clerks) {
  XJ_TRY(const FlowStanding now, flow_standing(fleet));
  if (now.in_transit > 0) return std::to_string(now.in_transit) + " of all kinds in transit";
  if (now.outcomes < clerks.notices_checked())
    return std::to_string(clerks.notices_checked() - now.outcomes) + " check results on their way";
  return std::string();
}

// Rounds of all desks until it is over. False: it was not in time.
Result<bool> run_play(const Run& run, Fleet& fleet, Clerks& clerks,
                      const adapters::RehearsalClock& clock) {
  const bool month_alone = run.options.play == Play::kMonth;
  Lateness lateness;
  while (true) {
    XJ_TRY_VOID(fleet.tick());
    const WallTime wall = clock.now().wall;
    // First how it stands, then a round of the desks: what is delivered by then, they find.
    const auto now = standing(fleet, run.inputs, run.options.month);
    if (now)
      run.teller.progress(progress_line(wall, *now) + ", items dealt with " +
                          std::to_string(clerks.acts()));
    const bool over = wall >= run.timeline.end;
    Result<std::string> flows = std::string();
    if (over && !month_alone) flows = flows_missing(fleet, clerks);
    XJ_TRY(const bool quiet, clerks.round(wall));
    if (over) {
      const std::string missing = !now          ? now.error().text
                                  : !flows      ? flows.error().text
                                  : month_alone ? still_missing(*now, clerks)
                                                : *flows;
      if (missing.empty() && quiet) return true;
      if (lateness.is_late(now ? &*now : nullptr, clerks.notices_checked())) {
        run.teller.note("not over " + std::to_string(kLate.ms / 1000) + " s after its end: " +
                        (missing.empty() ? "clerks still have something to do" : missing));
        return false;
      }
    }
    XJ_TRY_VOID(fleet.rest(kRound));
  }
}

// Empty: this machine took longer to begin than `lead`.
Result<std::optional<Outcome>> attempt(const Run& run, WorkFolder& folder, Duration lead) {
  SetupOptions setup;
  setup.store_bytes = run.inputs.store_bytes();
  setup.dashboards = run.options.dashboards;
  setup.time = run.timeline.time(adapters::real_wall_time() + lead);
  const Instant begin = steady_now() + lead;
  XJ_TRY(const auto nation, set_up_nation(run.inputs.nation.offices, setup, folder));
  const auto clock = run.timeline.clock(setup.time.real_epoch);
  XJ_TRY(const auto program, daemon_program());
  Fleet fleet(program, nation.sites, run.signals, run.teller.note);
  run.teller.progress("starting " + std::to_string(nation.sites.size()) + " daemons");
  XJ_TRY_VOID(fleet.start());
  if (setup.dashboards)
    run.teller.note("dashboards on loopback: under " +
                    nation.sites.front().folder.parent_path().string() +
                    " each office's accounts.json.port and accounts.json.first-password; the "
                    "account is admin");
  fleet.plan_deaths(planned_deaths(run, nation.sites, begin));
  const Scene scene(nation.directory, run.options.month, run.options.seed);
  Clerks clerks(fleet, run.inputs, scene, run.options.play);
  XJ_TRY(const bool in_time, clerks.hand_in([&](std::size_t rows) {
    run.teller.progress("handing in: " + std::to_string(rows) + " of " +
                        std::to_string(run.inputs.notices.rows_read) + " rows");
  }));
  if (!in_time) return std::optional<Outcome>{};
  Outcome outcome;
  XJ_TRY(outcome.in_time, run_play(run, fleet, clerks, clock));
  XJ_TRY(auto balance,
         draw_balance(fleet, run.inputs, nation.directory, clerks, run.options.month));
  outcome.account = std::move(balance.account);
  outcome.account["play"] = word_of(run.options.play);
  if (run.options.play != Play::kMonth)
    XJ_TRY_VOID(add_flow_account(outcome.account, fleet, scene, run.options.play, run.timeline.end,
                                 clerks));
  if (run.options.dashboards) {
    run.teller.note("the month is over; the dashboards stay until Ctrl-C");
    while (fleet.tick() && fleet.rest(kRound)) continue;
  }
  fleet.stop();
  XJ_TRY(const std::uint64_t repeats, count_repeats(nation.sites));
  outcome.account["repeats"] = repeats;
  outcome.account["kills"] = fleet.kills();
  outcome.account["accidents"] = fleet.accidents();
  for (const std::string& complaint : clerks.complaints()) {
    run.teller.note(complaint);
    outcome.account["closed"] = false;
  }
  return std::optional(std::move(outcome));
}

}  // namespace

bool Outcome::good() const {
  std::uint64_t refused_rows = 0;
  for (const auto& one : account.at("refused")) refused_rows += one.at("row") > 0 ? 1U : 0U;
  return in_time && account.at("closed").get<bool>() &&
         account.at("accepted").get<std::uint64_t>() + refused_rows == account.at("submitted");
}

Result<Outcome> rehearse(const RehearsalOptions& options, const Teller& teller) {
  StopSignals signals;
  XJ_TRY(const Inputs inputs, read_inputs(options));
  for (const std::string& warning : inputs.nation.warnings) teller.note("nation file, " + warning);
  if (options.play != Play::kMonth &&
      std::ranges::none_of(inputs.nation.offices, [](const OfficeRecord& office) {
        return office.id.type() == OfficeType::kMinistry;
      }))
    return refused("nation: no national office (ministry:000000), which runs the exchange test");
  if (inputs.notices.parts.empty() && options.play != Play::kExchangeTest) {
    teller.note("no row can be handed in, so no daemon is started");
    return Outcome{empty_account(inputs, options.month, inputs.notices.refusals), true};
  }
  XJ_TRY_VOID(check_limits(inputs.nation.offices.size()));
  XJ_TRY(auto folder, WorkFolder::make(options.keep, inputs.disk_bytes()));
  const Run run{options, inputs, teller, signals,
                make_timeline(options.play, options.month, options.seconds_per_day,
                              inputs.nation.offices.size())};
  for (int i = 0; i < kAttempts; ++i) {
    XJ_TRY(auto outcome, attempt(run, folder, lead_time(inputs, i)));
    if (outcome) return std::move(*outcome);
    teller.note(
        "not all was handed in before the 11th; begun again with more time before the month");
    XJ_TRY_VOID(folder.clear());
  }
  return refused("this machine is too slow for that: give more --seconds-per-day");
}

}  // namespace xianjie::node::rehearsal
