#include "node/rehearsal/errands.h"

#include <algorithm>

#include "node/rehearsal/hands.h"

namespace xianjie::node::rehearsal {

using nlohmann::json;

Errand hand_in(WallTime at, OfficeId office, const std::string& kind, const std::string& name,
               std::string file) {
  return {
      at, office, "submit", {{"kind", kind}, {"submission", "rehearsal-" + name}}, std::move(file)};
}

Errands::Errands(Fleet& fleet, std::vector<Errand> list) : fleet_(fleet) {
  std::ranges::stable_sort(list, {}, &Errand::at);
  list_.assign(std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
}

Result<bool> Errands::run(WallTime now) {
  for (; !list_.empty() && list_.front().at <= now; list_.pop_front()) {
    const Errand& errand = list_.front();
    if (errand.command == kUrgeAll) {
      XJ_TRY_VOID(urge(errand));
      continue;
    }
    const auto answer = fleet_.call_patiently(errand.office, errand.command, errand.options,
                                              to_bytes(as_bytes(errand.body)));
    if (answer)
      note(errand, *answer);
    else if (errand.command == "attach" && answer.error().text.starts_with("over:"))
      continue;  // its office died over it, and the notice was checked meanwhile
    else if (answer.error().code == ErrorCode::kRefused)
      complaints_.push_back(errand.command + ": " + answer.error().text);
    else
      return std::unexpected(answer.error());
  }
  return list_.empty();
}

void Errands::note(const Errand& errand, const json& answer) {
  if (!answer.contains("refused")) return;
  const std::string kind = answer.value("kind", errand.command);
  const json& refused = answer.at("refused");
  refused_[kind] += refused.size();
  if (refused.size() != errand.refused)
    complaints_.push_back(to_text(errand.office) + ": " + kind + ": " +
                          std::to_string(refused.size()) + " rows refused, not " +
                          std::to_string(errand.refused) + ": " + refused.dump().substr(0, 200));
  for (const json& warning : answer.at("warnings"))
    if (warning.at("text").get<std::string>().starts_with("frozen:"))
      for (const json& envelope : answer.at("envelopes"))
        if (envelope.at("row") == warning.at("row"))
          frozen_[errand.office].insert(envelope.at("id").get<std::string>());
}

Result<> Errands::urge(const Errand& errand) {
  XJ_TRY(const json owed, fleet_.call_patiently(errand.office, "due"));
  for (const json& one : owed.at("due")) {
    if (one.at("here") == true || one.at("owed") != "answer" ||
        one.at("kind") != errand.options.at("kind"))
      continue;
    const auto done = fleet_.call_patiently(errand.office, "urge",
                                            {{"id", one.at("id")}, {"text", "演练：请尽快办理"}});
    if (!done) complaints_.push_back("urge: " + done.error().text);
  }
  return {};
}

}  // namespace xianjie::node::rehearsal
