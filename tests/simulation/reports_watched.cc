// The watcher's eye on reports: a sum is made when all below have reported, and it is their sum.
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {

void Watcher::sums_up(SimOffice& office) {
  for (const OfficeId child : world_.snapshot->directory.children(office.id())) {
    SimOffice& below = *world_.offices.at(child);
    if (!below.application().reports().planned() || disks_lost_.contains(child)) continue;
    const auto txn = must(world_, child, below.store().read());
    if (must(world_, child, node::sent_reports(*txn, kReported)).empty())
      violated(world_, office.id(), "sums up, and " + to_text(child) + " has not reported");
  }
}

// What the offices below have told of themselves, together; `told_of_all` turns false where a store
// was lost with reports in it.
std::uint64_t Watcher::reported_below(OfficeId office, bool& told_of_all) const {
  std::uint64_t sum = 0;
  if (disks_lost_.contains(office)) told_of_all = false;
  for (const OfficeId child : world_.snapshot->directory.children(office)) {
    const Reports& reports = world_.offices.at(child)->application().reports();
    if (reports.planned()) sum += reports.own() + reported_below(child, told_of_all);
  }
  return sum;
}

void Watcher::check_reports(SimOffice& office) {
  const bool root = !world_.snapshot->directory.parent(office.id()).is_set();
  if (!root && !office.application().reports().planned()) return;
  bool told_of_all = true;
  const std::uint64_t expected = reported_below(office.id(), told_of_all);
  if (!told_of_all) return;
  const auto txn = must(world_, office.id(), office.store().read());
  const auto below =
      must(world_, office.id(),
           node::completeness(*txn, office.ring(), world_.snapshot->directory, kReported,
                              world_.timeline.now(), [](const EnvelopeId&) {}));
  const auto found = below.sum.find("released");
  const std::uint64_t sum = found == below.sum.end() ? 0 : found->second;
  if (sum != expected) {
    std::string who;
    for (const node::ChildReport& child : below.children)
      who += " " + to_text(child.office) + "=" + std::string(schemas::to_word(child.state)) + "/" +
             std::to_string(child.corrections);
    violated(world_, office.id(),
             "its reports say " + std::to_string(sum) + ", those below " +
                 std::to_string(expected) + ":" + who);
  }
  if (!root && must(world_, office.id(), node::sent_reports(*txn, kReported)).empty())
    violated(world_, office.id(), "all below have reported, and it has not");
}

}  // namespace xianjie::simulation
