// Flow E, and the answers that flow D asks for: what an office asks, and how a clerk answers.
#include <algorithm>

#include "node/rehearsal/flows.h"
#include "routing/codes.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr Duration kPetitionTakes = days(3);  // meanwhile it is urged
constexpr std::size_t kEach = 3;              // townships that do a thing

Decision act(const char* command, std::map<std::string, std::string> options) {
  return std::optional<Deeds>(Deeds{{command, std::move(options)}});
}
Decision leave() {
  return std::optional<Deeds>(Deeds{});
}

std::string today(const Case& item) {
  return to_text(local_date(item.now));
}

// By form: the fields that answer it.
Decision answer_request(const Case& item) {
  XJ_TRY(const json shown, item.show());
  const json& asked = shown.at("payload");
  const std::string form = asked.at("form");
  if (form.ends_with(".leave")) return act("inbox.answer", {{"field.result", "approved"}});
  if (form.ends_with(".query")) return act("inbox.answer", {{"field.content", "演练：属实"}});
  if (form.ends_with(".search"))
    return act("inbox.answer", {{"field.result", "found"}, {"field.place", "演练地址"}});
  if (form.ends_with(".move"))
    return act("inbox.answer",
               {{"field.state", asked.at("state") == "outflow_registered" ? "inflow_registered"
                                                                          : "outflow_confirmed"},
                {"field.date", today(item)}});
  return act("inbox.answer", {{"field.result", "confirmed"}});
}

bool has_contractor(const Scene& scene, OfficeId office) {
  return std::ranges::any_of(scene.directory().children(office), [](OfficeId child) {
    return child.type() == OfficeType::kContractor;
  });
}

Decision answer_work_order(const Scene& scene, const Case& item) {
  if (!item.item.at("continued_by").is_null()) return leave();
  XJ_TRY(const json shown, item.show());
  const std::string form = shown.at("payload").at("form");
  const auto answered = [](const char* result) {
    return act("inbox.answer", {{"field.result", result}, {"field.content", "演练：已办理"}});
  };
  if (form == "work_order.petition") {
    const auto received = parse_wall_time(item.item.at("received").get<std::string>());
    if (received && item.now < *received + kPetitionTakes) return std::optional<Deeds>();
    return answered("closed");
  }
  if (form == "work_order.consultation") {  // after 24 hours the office gives it to its contractor
    if (has_contractor(scene, item.office)) return std::optional<Deeds>();
    return answered("answered");
  }
  const auto below = scene.townships_below(item.office);
  if (below.empty()) return answered("closed");
  return act("inbox.assign", {{"to", to_text(below.front())}, {"reason", "演练：就近办理"}});
}

// Builds the month's errands, each person another one.
class Requests {
 public:
  void ask(WallTime at, OfficeId from, const std::string& kind, const std::string& header,
           const std::vector<std::string>& rows, std::size_t refused = 0) {
    std::string file = header + "\n";
    for (const std::string& row : rows) file += row + "\n";
    ++files_;
    out_.push_back(hand_in(at, from, kind, "request-" + std::to_string(files_), std::move(file)));
    out_.back().refused = refused;
  }
  void ask(Errand errand) { out_.push_back(std::move(errand)); }
  std::string person() {  // name,id_number
    const MadeUp one = made_up(600 + ++persons_);
    return one.name + "," + one.id_number;
  }
  std::vector<Errand> take() { return std::move(out_); }

 private:
  std::vector<Errand> out_;
  std::size_t files_ = 0, persons_ = 0;
};

std::vector<OfficeId> first(std::vector<OfficeId> all, std::size_t most) {
  all.resize(std::min(all.size(), most));
  return all;
}

void corrections(const Scene& scene, Requests& out) {  // E1
  for (const OfficeId from : first(scene.all_of(OfficeType::kTownship), kEach)) {
    out.ask(scene.at(3, 9), from, "alert", "subject,name,id_number,time,place,content",
            {"boundary," + out.person() + "," + scene.day_text(3) + " 08:30,演练县界,演练：越界"});
    out.ask(scene.at(2, 9), from, "alert", "subject,name,id_number,ends_on,content",
            {"expiry," + out.person() + "," + scene.day_text(16) + ",演练：期满"});
    out.ask(scene.at(6, 9), from, "assistance_request",
            "subject,name,id_number,from_date,to_date,place,reason",
            {"leave," + out.person() + "," + scene.day_text(8) + "," + scene.day_text(9) +
             ",演练市,演练：就医"});
  }
  for (const OfficeType type : {OfficeType::kProvince, OfficeType::kCounty})
    for (const OfficeId from : scene.all_of(type))
      if (!scene.townships_below(from).empty()) {
        out.ask(scene.at(3, 10), from, "notice", "title,content", {"演练通知,请各单位确认"});
        break;
      }
}

void floating(const Scene& scene, Requests& out) {  // E2
  const auto townships = scene.all_of(OfficeType::kTownship);
  const std::string header = "record,name,id_number,change,date";
  const Date last =
      Date::from_days(Date{scene.month().year(), scene.month().month(), 1}.days_since_epoch() - 1);
  const std::string before = to_text(*Period::make(last.year, last.month));
  for (std::size_t i = 0; i < townships.size() && i < kEach; ++i) {
    const std::string row = "R1," + out.person() + ",moved_in," + to_text(last);
    out.ask(scene.at(3, 10), townships[i], "record_batch", header,
            {row, "R2," + out.person() + ",moved_out," + to_text(last)});
    if (i == 0)  // one record again, refused above; one with a wrong number, refused here
      out.ask(scene.at(4, 9), townships[i], "record_batch", header,
              {row, "R3,演练错号,110101180001010016,moved_in," + to_text(last),
               "R4," + out.person() + ",changed," + to_text(last)},
              1);
  }
  for (std::size_t i = 0; i + 1 < townships.size() && i < 4; i += 2)
    out.ask(scene.at(6, 10), townships[i], "assistance_request",
            "subject,to,name,id_number,state,date,place_from,place_to",
            {"move," + to_text(townships[i + 1]) + "," + out.person() + "," +
             (i == 0 ? "outflow_registered," : "inflow_registered,") + scene.day_text(6) +
             ",演练一乡,演练二乡"});
}

void orders(const Scene& scene, Requests& out) {  // E3, E5
  std::vector<OfficeId> counties = scene.all_of(OfficeType::kCounty);
  std::erase_if(counties, [&](OfficeId one) { return scene.townships_below(one).empty(); });
  std::ranges::stable_partition(counties, [&](OfficeId one) { return has_contractor(scene, one); });
  if (counties.empty()) return;
  const OfficeId county = counties.front();
  OfficeId from = scene.directory().parent(county);
  while (scene.directory().parent(from).is_set() && from.type() != OfficeType::kProvince)
    from = scene.directory().parent(from);
  const std::string region = routing::code_text(county.code());
  out.ask(scene.at(4, 9), from, "work_order", "subject,region_code,number,name,content",
          {"service," + region + ",演练-1,演练甲,演练：法律援助",
           "consultation," + region + ",演练-2,演练乙,演练：咨询"});
  out.ask(
      scene.at(4, 10), from, "work_order",
      "subject,to,number,first_number,issuer,issuer_post,issuer_unit,name,content",
      {"petition," + to_text(county) + ",演练-3,演练-0,演练,处长,演练厅,演练丙,演练：反映事项"});
  out.ask({scene.at(6, 9), from, kUrgeAll, {{"kind", "work_order"}}, "", 0});
}

void lateral(const Scene& scene, Requests& out) {  // E4
  const auto prisons = scene.all_of(OfficeType::kPrison);
  auto houses = scene.all_of(OfficeType::kDetentionHouse);
  const auto townships = scene.all_of(OfficeType::kTownship);
  if (houses.empty()) houses = prisons;
  if (!prisons.empty() && houses.front() != prisons.back())
    out.ask(scene.at(7, 9), houses.front(), "assistance_request",
            "subject,to,name,id_number,content",
            {"query," + to_text(prisons.back()) + "," + out.person() + ",演练：移送核对"});
  if (prisons.empty() || townships.empty()) return;
  out.ask(scene.at(7, 10), prisons.front(), "assistance_request",
          "subject,to,name,id_number,last_seen,content",
          {"search," + to_text(townships.back()) + "," + out.person() + ",演练市,演练：查找"});
  if (townships.size() > 1)
    out.ask(scene.at(7, 11), townships.front(), "collaboration_notice",
            "name,id_number,registration_code,content",
            {out.person() + "," + routing::code_text(townships.back().code()) + ",演练：通报"});
}

}  // namespace

Decision decide_form(const Scene& scene, const Case& item) {
  const std::string kind = item.item.at("kind");
  if (kind == "assistance_request") return answer_request(item);
  if (kind == "work_order") return answer_work_order(scene, item);
  if (kind == "collaboration_notice" || kind == "alert" || kind == "notice" ||
      kind == "exchange_test") {
    if (item.item.at("collected") == true) return leave();
    return act("inbox.collect", {{"clerk", "rehearsal"}});
  }
  return leave();  // answers and reports stay to be read
}

std::vector<Errand> request_errands(const Scene& scene) {
  Requests out;
  corrections(scene, out);
  floating(scene, out);
  orders(scene, out);
  lateral(scene, out);
  return out.take();
}

}  // namespace xianjie::node::rehearsal
