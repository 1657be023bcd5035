// Flow B: townships report in detail with their figures; counties, prefectures and provinces sum up
// as soon as all below have reported, some counties in detail (B2).
#include <algorithm>

#include "node/office/reports.h"
#include "node/rehearsal/flows.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr std::uint64_t kDetailOneIn = 3;

std::string figures(const Scene& scene, OfficeId office) {
  const auto up_to = [&](const char* item, std::uint64_t most) {
    return scene.dice(std::string(item) + " " + to_text(office), most + 1);
  };
  const std::uint64_t released = up_to("released", 20), unlinked = up_to("unlinked", released / 4);
  const std::uint64_t connected = released - unlinked;
  const std::uint64_t resettled = up_to("resettled", connected);
  const auto line = [](const char* item, std::uint64_t value) {
    return std::string(item) + "," + std::to_string(value) + "\n";
  };
  return "item,value\n" + line("released", released) + line("connected", connected) +
         line("unlinked", unlinked) + line("resettled", resettled) +
         line("not_resettled", connected - resettled) + line("helped", connected) +
         line("in_bases", resettled / 3) + line("in_enterprises", resettled / 4) +
         line("reoffended", 0) + line("bases", up_to("bases", 2)) +
         line("enterprises", up_to("enterprises", 3));
}

std::string persons(const Scene& scene, OfficeId office) {
  const MadeUp person = made_up(500 + scene.dice("reported " + to_text(office), 400));
  return "name,id_number,release_date,connected,resettled\n" + person.name + "," +
         person.id_number + "," + std::to_string(scene.month().year()) + "-03-01,yes,no\n";
}

}  // namespace

std::string report_period(const Scene& scene) {
  const Period newest = last_report_period(scene.at(1, 12));
  const bool due = newest.next().month() % 12 == scene.month().month() % 12 ||
                   (newest.month() == 12 && scene.month().month() == 2);
  return due ? report_period_text(newest) : "";
}

Reporters::Reporters(Fleet& fleet, const Scene& scene) : fleet_(fleet), scene_(scene) {
  if (report_period(scene).empty()) return;
  for (const OfficeId office : scene.directory().all())
    if (scene.directory().parent(office).is_set() &&
        (office.type() == OfficeType::kTownship || office.type() == OfficeType::kCounty ||
         office.type() == OfficeType::kPrefecture || office.type() == OfficeType::kProvince))
      waiting_.push_back(office);
}

Result<bool> Reporters::round() {
  std::vector<OfficeId> left;
  for (const OfficeId office : waiting_) {
    XJ_TRY(const bool done, report(office));
    if (!done) left.push_back(office);
  }
  waiting_ = std::move(left);
  return waiting_.empty();
}

Result<bool> Reporters::report(OfficeId office) {
  const std::string period = report_period(scene_);
  const bool township = office.type() == OfficeType::kTownship;
  if (!township) {
    const auto below = fleet_.call(office, "report.status", {{"period", period}});
    if (!below && is_away(below.error())) return false;
    if (!below) return std::unexpected(below.error());
    if (below->at("complete") != true) return false;
  }
  const bool detail = township || (office.type() == OfficeType::kCounty &&
                                   scene_.dice("detail " + to_text(office), kDetailOneIn) == 0);
  std::map<std::string, std::string> options{
      {"period", period}, {"kind", detail ? "detailed_report" : "statistical_report"}};
  if (township) options["persons"] = persons(scene_, office);
  const std::string own = figures(scene_, office);
  const auto sent = fleet_.call(office, "report.send", options, to_bytes(as_bytes(own)));
  if (sent) return true;
  if (is_away(sent.error())) return false;
  if (sent.error().text.find("duplicate:") == std::string::npos)  // an answer that got lost
    complaints_.push_back("report.send: " + sent.error().text);
  return true;
}

}  // namespace xianjie::node::rehearsal
