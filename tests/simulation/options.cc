#include "tests/simulation/options.h"

namespace xianjie::simulation {
namespace {

// Nothing in one run of four, else anything up to `most`.
double share(tests::SeededRandom& random, double most) {
  return random.below(4) == 0 ? 0 : fraction(random) * most;
}
int count(tests::SeededRandom& random, std::uint64_t most) {
  return random.below(4) == 0 ? 0 : static_cast<int>(random.below(most + 1));
}

}  // namespace

SimOptions sized(SimOptions options) {
  if (options.offices == 0) options.offices = options.seed % 3 == 0 ? 200 : 120;
  if (options.notices == 0) options.notices = options.offices * 3 / 5;
  return options;
}

Faults draw_faults(tests::SeededRandom& random) {
  Faults out;
  out.loss = share(random, 0.2);
  out.duplicate = share(random, 0.1);
  out.delay = share(random, 0.1);
  out.delay_max = up_to(random, minutes(10));
  out.cuts = count(random, 150);
  out.cut_max = up_to(random, days(3));
  out.crashes = count(random, 150);
  out.down_max = up_to(random, days(1));
  out.crash_before_effects = share(random, 0.01);
  out.commit_fails = share(random, 0.01);
  out.disks_lost = count(random, 12);
  out.public_links = count(random, 10);
  out.untrusted_clocks = count(random, 10);
  if (random.below(4) == 0) out.store_bytes = 2'000'000;
  if (random.below(2) == 0) out.routes_by_hand = 1 + static_cast<int>(random.below(5));
  // Where disks go a question may outlive the month.
  if (out.routes_by_hand == 0) out.restores = count(random, 8);
  out.rotations = count(random, 12);
  out.thefts = count(random, 2);
  if (out.routes_by_hand == 0) out.moves = count(random, 3);  // a courier keeps to his route
  if (out.routes_by_hand == 0) out.merges = count(random, 3);
  out.clones = count(random, 4);
  return out;
}

std::string to_text(const Faults& faults) {
  std::string out = "loss " + std::to_string(faults.loss);
  out += ", duplicate " + std::to_string(faults.duplicate);
  out += ", delay " + std::to_string(faults.delay);
  out += " to " + std::to_string(faults.delay_max.ms / 1000) + " s";
  out += ", cuts " + std::to_string(faults.cuts);
  out += ", crashes " + std::to_string(faults.crashes);
  out += ", unheard " + std::to_string(faults.crash_before_effects);
  out += ", commits failing " + std::to_string(faults.commit_fails);
  out += ", disks lost " + std::to_string(faults.disks_lost);
  out += ", stores put back " + std::to_string(faults.restores);
  out += ", public links " + std::to_string(faults.public_links);
  out += ", untrusted clocks " + std::to_string(faults.untrusted_clocks);
  out += ", routes by hand " + std::to_string(faults.routes_by_hand);
  out += ", moves " + std::to_string(faults.moves);
  out += ", merges " + std::to_string(faults.merges);
  out += ", clones " + std::to_string(faults.clones);
  out += ", rotations " + std::to_string(faults.rotations);
  out += ", thefts " + std::to_string(faults.thefts);
  out += ", store " + std::to_string(faults.store_bytes >> 20) + " MiB";
  return out;
}

}  // namespace xianjie::simulation
