// Flows A and C. Of the sample's persons, one in twenty is unlinked, as many are returned.
#include <array>

#include "node/rehearsal/flows.h"
#include "routing/codes.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr std::uint64_t kFates = 24;  // of a person whom a township checks
enum Fate : std::uint64_t { kReturnedWithCode, kReturnedNotFound, kReturnedFalse, kCorrected };
constexpr std::uint64_t kAssignedOneIn = 4;
constexpr std::size_t kAdHocEach = 2;
constexpr int kAdHocDay = 2, kReleaseDay = 5, kAdditionDay = 13, kLastDay = 16;
constexpr Duration kArrivalWithin = days(7);
// One that goes in one piece and one in chunks.
constexpr std::array<std::pair<const char*, std::size_t>, 2> kPictures{
    {{".jpg", 30'000}, {"-1.pdf", 400'000}}};

Deed settled(const char* outcome) {
  // Measures are asked for where the risk is high (A9).
  return {"inbox.settle", {{"outcome", outcome}, {"measures", "演练：监狱至家门交接"}}};
}
Deed returned(const char* reason, OfficeId to = {}) {
  Deed deed{"inbox.return", {{"reason", reason}, {"remarks", "演练"}}};
  if (to.is_set()) deed.options["code"] = routing::code_text(to.code());
  return deed;
}
Decision does(Deeds deeds) {
  return std::optional<Deeds>(std::move(deeds));
}
Decision leaves() {
  return does({});
}
Decision later() {
  return std::optional<Deeds>();
}

// A township: what row and seed say of the person. A notice that was passed on is at its end.
Decision check(const Scene& scene, std::size_t row, const Case& item) {
  if (row == 0) return does({settled("own-area")});
  if (scene.is_unlinked(row)) return does({settled("unlinked")});
  const std::string name = "person " + std::to_string(row);
  const OfficeId other = scene.another_township(name, {item.office});
  switch (scene.dice(name, kFates)) {
    case kReturnedWithCode:
      if (other.is_set()) return does({returned("not-ours", other)});
      break;
    case kReturnedNotFound:
      return does({returned("not-found")});
    case kReturnedFalse:
      return does({returned("false-identity")});
    case kCorrected:
      return does(
          {{"inbox.correct", {{"field.reason", "演练：核查更正"}, {"field.remarks", "演练"}}},
           settled("own-area")});
    default:
      break;
  }
  return does({settled("own-area")});
}

// A desk above the townships (A8): some of its persons to a township below.
Decision assign(const Scene& scene, std::size_t row, const Case& item) {
  const std::string name = "person " + std::to_string(row);
  const auto below = scene.townships_below(item.office);
  if (below.empty() || (row > 0 && scene.dice("assign " + name, kAssignedOneIn) != 0))
    return leaves();
  const OfficeId to = below[scene.dice(name, below.size())];
  return does({{"inbox.assign", {{"to", to_text(to)}, {"reason", "演练：就近核查"}}}});
}

}  // namespace

Decision check_only(const Scene& scene, const RowOf& row_of, const Case& item) {
  if (item.office.type() == OfficeType::kPopulationPolice) return does({{"inbox.settle", {}}});
  const bool unlinked = scene.is_unlinked(row_of(item.item.at("id")));
  return does({settled(unlinked ? "unlinked" : "own-area")});
}

Decision decide_notice(const Scene& scene, const RowOf& row_of, const Case& item) {
  if (!item.item.at("continued_by").is_null()) return leaves();
  if (item.office.type() == OfficeType::kPopulationPolice) return does({{"inbox.settle", {}}});
  const std::size_t row = row_of(item.item.at("id"));
  return item.office.type() == OfficeType::kTownship ? check(scene, row, item)
                                                     : assign(scene, row, item);
}

// Without a code it climbs; the province asks population-police, which finds every other one. One
// with a code is distributed again by the office itself.
Decision decide_return(const Scene& scene, const RowOf& row_of, const Case& item) {
  if (!item.item.at("continued_by").is_null()) return leaves();
  XJ_TRY(const json shown, item.show());
  const json& steps = shown.at("steps");
  if (item.office.type() == OfficeType::kPopulationPolice) {
    const std::string name = "found " + std::to_string(row_of(shown.at("first").at("id")));
    std::vector<OfficeId> returned_there;
    for (const json& step : steps)
      if (const auto office = OfficeId::parse(step.at("office").get<std::string>()))
        returned_there.push_back(*office);
    const OfficeId to = scene.another_township(name, returned_there);
    if (scene.dice(name + "?", 2) == 0 || !to.is_set()) return does({settled("unlinked")});
    return does({returned("found", to)});
  }
  if (steps.empty() || !steps.back().at("code").is_null()) return later();
  const bool at_province = item.office.type() == OfficeType::kProvince;
  const auto& directory = scene.directory();
  if (at_province && directory.children(item.office).empty()) return leaves();
  bool police = false;
  for (const OfficeId child : directory.children(item.office))
    police = police || child.type() == OfficeType::kPopulationPolice;
  if (at_province && !police) return does({settled("unlinked")});
  return does({returned("not-found")});
}

// From the day of release on: a week before the report is due.
Decision decide_arrival(const Scene& scene, const Case& item) {
  const auto due = parse_wall_time(item.item.at("due").get<std::string>());
  if (!due || *due - kArrivalWithin > scene.at(kLastDay, 0)) return leaves();
  if (item.now < *due - kArrivalWithin) return later();
  XJ_TRY(const json shown, item.show());
  static constexpr std::array<const char*, 4> kHow{"met_by_office", "met_by_family", "came_alone",
                                                   "did_not_arrive"};
  const std::string name = shown.at("payload").at("name");
  return does({{"inbox.arrived",
                {{"field.date", shown.at("payload").at("release_date")},
                 {"field.how", kHow[scene.dice("arrival " + name, kHow.size())]}}}});
}

std::vector<Errand> notice_errands(const Scene& scene) {
  std::vector<Errand> out;
  std::size_t n = 0;
  std::vector<OfficeId> origins = scene.all_of(OfficeType::kPrison);
  for (const OfficeId house : scene.all_of(OfficeType::kDetentionHouse)) origins.push_back(house);
  for (const OfficeId origin : origins) {
    std::string file = "呈报单位,姓名,身份证号,户籍地代码,释放日期,释放类型,危险度,重点帮教\n";
    std::vector<MadeUp> reported;
    for (std::size_t i = 0; i < kAdHocEach; ++i) {
      const MadeUp person = made_up(++n);
      const OfficeId to = scene.another_township("ad hoc " + person.name, {});
      if (!to.is_set()) continue;
      file += to_text(origin) + "," + person.name + "," + person.id_number + "," +
              routing::code_text(to.code()) + "," + scene.day_text(kReleaseDay) +
              ",刑满释放,高,是\n";
      reported.push_back(person);
    }
    out.push_back(hand_in(scene.at(kAdHocDay, 10), origin, "ad_hoc_report",
                          "ad-hoc-" + to_text(origin), std::move(file)));
    for (const MadeUp& person : reported)
      for (const auto& [ending, bytes] : kPictures)
        out.push_back({scene.at(kAdHocDay, 10),
                       origin,
                       "attach",
                       {{"kind", "ad_hoc_report"},
                        {"period", to_text(scene.month())},
                        {"name", person.id_number + ending}},
                       std::string(bytes, 'x'),
                       0});
  }
  const auto townships = scene.all_of(OfficeType::kTownship);
  for (std::size_t i = 0; i < townships.size() && i < 3; ++i) {
    const MadeUp person = made_up(++n + 50);
    out.push_back({scene.at(kAdditionDay, 9),
                   townships[i],
                   "inbox.add",
                   {{"field.reason", "演练：本人到所报到"},
                    {"field.name", person.name},
                    {"field.id_number", person.id_number},
                    {"field.registration_address", "演练地址"},
                    {"field.release_date", scene.day_text(kReleaseDay)}},
                   "",
                   0});
  }
  return out;
}

}  // namespace xianjie::node::rehearsal
