#include "tests/simulation/simulation.h"

#include <algorithm>

#include "tests/simulation/clone.h"
#include "tests/simulation/country.h"
#include "tests/simulation/courier.h"
#include "tests/simulation/holders_room.h"
#include "tests/simulation/key_changes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kDiskReplacedMax = hours(12);
constexpr Duration kPublicMax = hours(36);
constexpr Duration kUntrustedMax = hours(36);
constexpr Duration kCloneMax = hours(12);
constexpr Duration kBooksEvery = hours(12);
constexpr std::uint64_t kQuietTurnsMax = 12;  // an office and day, when nothing is to do
constexpr std::size_t kRowsMax = 6;           // of a submission
constexpr std::size_t kNoticesARequest = 5;

class Month {
 public:
  explicit Month(const SimOptions& options)
      : random_(options.seed),
        world_(options, nation_of(options.offices).snapshot(), draw_faults(random_),
               local_time(Date{2026, 12, 1})),
        watcher_(world_),
        courier_(world_, random_.u64()),
        keys_(world_, random_.u64()),
        holders_(world_, random_.u64()) {
    world_.courier = &courier_;
    world_.holders = &holders_;
  }

  RunReport run() {
    plan_routes();
    build();
    plan_notices();
    plan_requests();
    if (random_.below(2) == 0) plan_reports();
    plan_moves();
    plan_merges();
    plan_faults();
    holders_.plan(kHealing, kEnd);
    keys_.plan(kHealing);
    watch_books();
    run_until(kHealing);
    world_.faulty = false;
    world_.network.heal();
    for (const auto& [id, office] : world_.offices) {
      office->set_trusted(true);
      world_.timeline.in(up_to(random_, minutes(1)), [host = office.get()] { host->start(); });
    }
    tell_standings_daily();
    world_.timeline.at(kHealing + days(1), [this] {
      for (const auto& [id, office] : world_.offices) office->hand_out();
    });
    run_until(kOver);
    watcher_.check_finished();
    holders_.check_finished();
    const std::uint64_t turns = world_.turns;
    run_until(kEnd);
    watcher_.check_finished();
    const auto days_quiet = static_cast<std::uint64_t>((kEnd - kOver).ms / days(1).ms);
    if (world_.turns - turns > days_quiet * kQuietTurnsMax * world_.offices.size())
      throw Violation("no quiet at the end: " + std::to_string(world_.turns - turns) + " turns");
    return report();
  }

 private:
  // As each daemon does every day: where disks go, one that was lost may have held the last word.
  void tell_standings_daily() {
    if (world_.faults.routes_by_hand == 0) return;
    for (int day = 1; day <= 3; ++day)
      world_.timeline.at(kHealing + days(day), [this] {
        for (const auto& [id, office] : world_.offices) office->plan_standing();
      });
  }

  void run_until(WallTime end) { world_.timeline.run_until(end); }

  void build() {
    const auto& directory = world_.snapshot->directory;
    for (const OfficeId id : directory.all()) {
      for (const OfficeId neighbour : directory.neighbours(id))
        if (id < neighbour && !courier_.only_by_hand(id, neighbour)) add_lines(id, neighbour);
      auto& office = world_.offices[id];
      office = std::make_unique<SimOffice>(id, world_, random_.u64());
      world_.timeline.in(up_to(random_, minutes(10)), [host = office.get()] { host->start(); });
      if (id.type() == OfficeType::kPrison || id.type() == OfficeType::kDetentionHouse)
        origins_.push_back(id);
      else if (id.type() == OfficeType::kTownship)
        townships_.push_back(id);
      if (id.type() == OfficeType::kProvince || id.type() == OfficeType::kPrefecture ||
          id.type() == OfficeType::kPrisonBureau)
        hubs_.push_back(id);
      // A person there decides who the township is.
      if (id.type() == OfficeType::kProvince || id.type() == OfficeType::kPrefecture)
        desks_.push_back(id);
      if (id.type() != OfficeType::kPrison && id.type() != OfficeType::kDetentionHouse)
        losable_.push_back(id);
    }
  }

  // Where disks go: the border of public security is crossed by ferry, a few counties and townships
  // have no wire, a few have one and a disk beside it.
  void plan_routes() {
    const auto& directory = world_.snapshot->directory;
    const auto all = directory.all();
    for (int k = 0; k < world_.faults.routes_by_hand; ++k) {
      const OfficeId child = all[static_cast<std::size_t>(random_.below(all.size()))];
      const OfficeId parent = directory.parent(child);
      const bool border = child.type() == OfficeType::kPopulationPolice;
      if (parent.is_set())
        courier_.add_route(parent, child, border ? ChannelClass::kFerry : ChannelClass::kMedia,
                           !border && random_.below(3) == 0);
    }
  }

  // Every pair has a vpn; one in three a dedicated line beside it, one in three a public one.
  void add_lines(OfficeId a, OfficeId b) {
    world_.network.add_link(a, b, ChannelClass::kVpn);
    const std::uint64_t lot = random_.below(3);
    if (lot == 0) world_.network.add_link(a, b, ChannelClass::kDedicated);
    if (lot == 1) world_.network.add_link(a, b, ChannelClass::kPublic);
  }

  OfficeId pick(const std::vector<OfficeId>& from) {
    return from[static_cast<std::size_t>(random_.below(from.size()))];
  }

  // Pre-release notices are handed in until the end of the 10th, ad hoc reports until the 17th.
  void plan_notices() {
    std::uint32_t number = 0;
    while (number < world_.options.notices) {
      const OfficeId origin = pick(origins_);
      const bool urgent = random_.below(3) == 0;
      std::vector<Notice> rows(1 + static_cast<std::size_t>(random_.below(kRowsMax)));
      for (Notice& notice : rows) {
        notice = {++number,
                  origin,
                  pick(townships_),
                  urgent ? Kind::kAdHocReport : Kind::kPreReleaseNotice,
                  random_.below(20) == 0,
                  false,
                  {},
                  random_.below(2) == 0};
        notice.truth = notice.destination;
        if (random_.below(12) == 0) notice.destination = pick(desks_);
        if (random_.below(6) == 0) notice.truth = elsewhere(notice.truth);
        world_.notices.emplace(number, notice);
      }
      if (random_.below(4) == 0) {
        Notice again = rows.back();
        again.number = ++number;
        again.duplicate = true;
        rows.push_back(again);
      }
      const WallTime when = world_.timeline.start() + hours(1) +
                            up_to(random_, urgent ? days(16) : days(9) + hours(20));
      world_.offices.at(origin)->application().plan(when, std::move(rows));
    }
  }

  // Asked until the 17th; a work order may be passed on, one in ten is never answered.
  void plan_requests() {
    const auto count = static_cast<std::uint32_t>(world_.options.notices / kNoticesARequest);
    const auto& directory = world_.snapshot->directory;
    for (std::uint32_t number = 1; number <= count; ++number) {
      Request one;
      one.number = number;
      const std::uint64_t lot = random_.below(4);
      one.kind = lot == 0   ? Kind::kCollaborationNotice
                 : lot == 1 ? Kind::kWorkOrder
                            : Kind::kAssistanceRequest;
      one.from = pick(lot == 2 ? origins_ : lot == 3 ? townships_ : desks_);
      const OfficeId township = pick(townships_);
      one.to = one.kind == Kind::kWorkOrder && random_.below(2) == 0 ? directory.parent(township)
                                                                     : township;
      one.handler = one.to != township && random_.below(3) > 0 ? township : one.to;
      if (one.to == one.from) continue;
      one.when = world_.timeline.start() + hours(1) + up_to(random_, days(16));
      one.answered = random_.below(10) > 0;
      one.answered_twice = random_.below(6) == 0;
      world_.requests.emplace(number, one);
      world_.offices.at(one.from)->application().requests().plan(one);
    }
  }

  // One province reports, a township in eight corrects itself.
  void plan_reports() {
    std::vector<OfficeId> provinces;
    std::ranges::copy_if(desks_, std::back_inserter(provinces),
                         [](OfficeId id) { return id.type() == OfficeType::kProvince; });
    const OfficeId province = reporting_ = pick(provinces);
    const auto& directory = world_.snapshot->directory;
    for (const auto& [id, office] : world_.offices) {
      const bool below = id == province || node::stands_below(directory, id, province);
      if (!below || !routing::report_deadline(kReported, id.type())) continue;
      const WallTime when = world_.timeline.start() + hours(1) + up_to(random_, days(12));
      const bool errs = id.type() == OfficeType::kTownship && random_.below(8) == 0;
      office->application().reports().plan(when,
                                           errs ? when + up_to(random_, days(4)) : WallTime{});
    }
  }

  // A county gets another prefecture of its province; not where reports are due, which people would
  // have to settle.
  void plan_moves() {
    const auto& directory = world_.snapshot->directory;
    std::vector<OfficeId> counties;
    for (const OfficeId id : directory.all())
      if (id.type() == OfficeType::kCounty &&
          directory.parent(id).type() == OfficeType::kPrefecture &&
          !node::stands_below(directory, id, reporting_))
        counties.push_back(id);
    std::set<OfficeId> moved;
    for (int k = 0; k < world_.faults.moves && !counties.empty(); ++k) {
      const OfficeId county = pick(counties);
      std::vector<OfficeId> others;
      for (const OfficeId other : directory.children(directory.parent(directory.parent(county))))
        if (other.type() == OfficeType::kPrefecture && other != directory.parent(county))
          others.push_back(other);
      if (others.empty() || !moved.insert(county).second) continue;
      const OfficeId to = pick(others);
      add_lines(county, to);
      plan_change(county, OfficeChange::What::kMove, to);
    }
  }

  // A township merges into its neighbour; not where reports are due either.
  void plan_merges() {
    const auto& directory = world_.snapshot->directory;
    std::set<OfficeId> merging;
    for (int k = 0; k < world_.faults.merges; ++k) {
      const OfficeId office = pick(townships_);
      const OfficeId heir = pick(directory.children(directory.parent(office)));
      if (heir.type() != OfficeType::kTownship || heir == office || merging.contains(heir) ||
          merging.contains(office) || node::stands_below(directory, office, reporting_))
        continue;
      merging.insert({office, heir});
      plan_change(office, OfficeChange::What::kMerge, heir);
    }
  }

  void plan_change(OfficeId office, OfficeChange::What what, OfficeId other) {
    const WallTime said = moment();
    const WallTime effective = std::min(said + hours(1) + up_to(random_, days(3)), kHealing);
    holders_.plan_change(said, {office, effective, what, other});
  }

  // Where a person belongs who was notified wrongly: nowhere, beside, or anywhere.
  OfficeId elsewhere(OfficeId township) {
    if (random_.below(4) == 0) return {};
    const auto& directory = world_.snapshot->directory;
    if (random_.below(2) == 0) return pick(directory.children(directory.parent(township)));
    return pick(townships_);
  }

  // Half of all faults meet the chain at work: seconds or hours after a gate.
  WallTime moment() {
    const WallTime first = world_.timeline.start() + hours(6);
    const Duration open = kHealing - first;
    if (random_.below(2) == 0) return first + up_to(random_, open + milliseconds(-1));
    const WallTime gate = local_time(Date{2026, 12, 10 + static_cast<int>(random_.below(5))}, 9);
    return gate + up_to(random_, random_.below(2) == 0 ? seconds(3) : hours(8));
  }

  void plan_faults() {
    const Faults& faults = world_.faults;
    std::vector<OfficeId> all;
    for (const auto& [id, office] : world_.offices) all.push_back(id);
    const auto at = [&](auto act) { world_.timeline.at(moment(), std::move(act)); };
    const auto lines = world_.network.lines();
    const auto some_line = [&] {
      return lines[static_cast<std::size_t>(random_.below(lines.size()))];
    };
    for (int k = 0; k < faults.cuts; ++k)
      at([this, line = some_line(), length = up_to(random_, faults.cut_max)] {
        world_.network.cut(line, length);
      });
    for (int k = 0; k < faults.crashes; ++k)
      at([this, id = pick(random_.below(2) == 0 ? hubs_ : all),
          down = up_to(random_, faults.down_max)] { world_.offices.at(id)->crash(down); });
    for (int k = 0; k < faults.disks_lost; ++k)
      at([this, id = pick(random_.below(2) == 0 ? hubs_ : losable_),
          down = up_to(random_, kDiskReplacedMax)] { world_.offices.at(id)->lose_disk(down); });
    for (int k = 0; k < faults.restores; ++k) {
      const OfficeId id = pick(random_.below(2) == 0 ? hubs_ : losable_);
      const WallTime one = moment(), other = moment();
      world_.timeline.at(std::min(one, other), [this, id] { world_.offices.at(id)->back_up(); });
      world_.timeline.at(std::max(one, other), [this, id, whole = random_.below(2) == 0,
                                                down = up_to(random_, kDiskReplacedMax)] {
        world_.offices.at(id)->put_back(whole, down);
      });
    }
    for (int k = 0; k < faults.clones; ++k)
      at([this, id = pick(all), seed = random_.u64(), length = up_to(random_, kCloneMax)] {
        SimOffice& first = *world_.offices.at(id);
        if (first.running() == nullptr || world_.clones.contains(id)) return;
        const WallTime until = std::min(world_.timeline.now() + length, kHealing);
        clones_.push_back(std::make_unique<Clone>(world_, first, seed, until));
      });
    for (int k = 0; k < faults.public_links; ++k) {
      const auto line = some_line();
      const WallTime from = moment();
      const WallTime until = std::min(from + up_to(random_, kPublicMax), kHealing);
      world_.timeline.at(from,
                         [this, line] { world_.network.set_class(line, ChannelClass::kPublic); });
      world_.timeline.at(until, [this, line] { world_.network.set_class(line, line.channel); });
    }
    for (int k = 0; k < faults.untrusted_clocks; ++k) {
      const OfficeId id = pick(all);
      const WallTime from = moment();
      const WallTime until = std::min(from + up_to(random_, kUntrustedMax), kHealing);
      world_.timeline.at(from, [this, id] { world_.offices.at(id)->set_trusted(false); });
      world_.timeline.at(until, [this, id] { world_.offices.at(id)->set_trusted(true); });
    }
  }

  void watch_books() {
    for (WallTime when = world_.timeline.start() + hours(5); when < kOver;  // then at its end only

         when = when + kBooksEvery)
      world_.timeline.at(when, [this] { watcher_.check_books(); });
  }

  RunReport report() const {
    RunReport out;
    out.faults = world_.faults;
    out.turns = world_.turns;
    out.clones_refused = world_.clones_refused;
    out.frames = world_.network.frames();
    out.envelopes_sent = watcher_.envelopes_sent();
    for (const auto& [id, office] : world_.offices)
      out.accepted += office->application().accepted().size();
    out.digest = world_.digest;
    return out;
  }

  const WallTime kHealing = local_time(Date{2026, 12, 18});
  // Long after the day's dues fell, and not on the hour, when inquiries go out.
  const WallTime kOver = kHealing + hours(113) + minutes(30);
  const WallTime kEnd = local_time(Date{2027, 1, 1}, 17, 30);

  tests::SeededRandom random_;
  World world_;
  Watcher watcher_;
  Courier courier_;
  KeyChanges keys_;
  HoldersRoom holders_;
  std::vector<std::unique_ptr<Clone>> clones_;
  OfficeId reporting_;  // the province that does, if one does
  std::vector<OfficeId> origins_, townships_, hubs_, desks_, losable_;
};

}  // namespace

const tests::Nation& nation_of(std::size_t offices) {
  static std::map<std::size_t, tests::Nation> made;
  const auto found = made.find(offices);
  return found != made.end() ? found->second
                             : made.emplace(offices, tests::Nation(country(offices))).first->second;
}

RunReport run_month(const SimOptions& options) {
  return Month(sized(options)).run();
}

}  // namespace xianjie::simulation
