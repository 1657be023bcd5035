// Flow D: the national office runs the month's plan; meanwhile two townships hand in requests and
// notices of their own, which wait for the end of the freeze.
#include "node/rehearsal/flows.h"
#include "routing/codes.h"

namespace xianjie::node::rehearsal {

std::vector<Errand> exchange_errands(const Scene& scene, Play play) {
  std::vector<Errand> out;
  for (const OfficeId national : scene.all_of(OfficeType::kMinistry))
    out.push_back({play == Play::kExchangeTest ? scene.at(13, 12) : scene.at(11, 10),
                   national,
                   "exchange.run",
                   {{"period", to_text(scene.month())}},
                   "",
                   0});
  const auto townships = scene.all_of(OfficeType::kTownship);
  const std::size_t several = std::min<std::size_t>(townships.size(), 2);
  for (std::size_t i = 0; i < several; ++i)
    for (const int day : {13, 15}) {
      const OfficeId from = townships[i];
      const OfficeId to = scene.another_township("frozen " + std::to_string(i), {from});
      if (!to.is_set()) continue;
      const MadeUp person = made_up(400 + i * 10 + static_cast<std::size_t>(day));
      const std::string name = "frozen-" + std::to_string(day) + "-" + to_text(from);
      out.push_back(hand_in(scene.at(day, 22), from, "assistance_request", name,
                            "subject,to,name,id_number,content\nverify," + to_text(to) + "," +
                                person.name + "," + person.id_number + ",演练\n"));
      out.push_back(hand_in(scene.at(day, 22), from, "collaboration_notice", name + "-notice",
                            "name,id_number,registration_code,content\n" + person.name + "," +
                                person.id_number + "," + routing::code_text(to.code()) +
                                ",演练\n"));
    }
  return out;
}

}  // namespace xianjie::node::rehearsal
