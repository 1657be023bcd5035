#include "node/rehearsal/clerks.h"

#include <algorithm>

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

std::vector<Errand> errands_of(const Scene& scene, Play play) {
  std::vector<Errand> out;
  const auto add = [&](std::vector<Errand> more) {
    std::ranges::move(more, std::back_inserter(out));
  };
  if (play != Play::kMonth) add(exchange_errands(scene, play));
  if (play == Play::kAllFlows) add(notice_errands(scene));
  if (play == Play::kAllFlows) add(request_errands(scene));
  return out;
}

bool is_final_check(const Deed& deed) {
  return deed.command == "inbox.settle" && deed.options.contains("outcome");
}

}  // namespace

Clerks::Clerks(Fleet& fleet, const Inputs& inputs, const Scene& scene, Play play)
    : fleet_(fleet),
      inputs_(inputs),
      scene_(scene),
      hands_(fleet),
      errands_(fleet, errands_of(scene, play)) {
  add_watches(play);
  if (play == Play::kAllFlows) reporters_.emplace(fleet, scene);
}

void Clerks::add_watches(Play play) {
  const auto checks = [](OfficeId office) {
    return office.type() == OfficeType::kTownship || office.type() == OfficeType::kPopulationPolice;
  };
  const RowOf row_of = [this](const std::string& id) { return this->row_of(id); };
  const auto noting = [this](auto rule) {
    return [this, rule](const Case& item) -> Decision {
      auto deeds = rule(item);
      if (deeds && *deeds && std::ranges::any_of(**deeds, is_final_check)) {
        const std::lock_guard lock(mutex_);  // before: where the daemon dies, it may be done
        checked_.insert(item.item.at("id"));
      }
      return deeds;
    };
  };
  if (play == Play::kMonth) {
    const auto rule = [=, this](const Case& item) { return check_only(scene_, row_of, item); };
    watches_.push_back(
        {"checks", checks, "inbox.list", "items", {{"kind", "pre_release_notice"}}, noting(rule)});
    return;
  }
  const auto rule = [=, this](const Case& item) {
    const std::string kind = item.item.at("kind");
    if (kind == "pre_release_notice" || kind == "ad_hoc_report")
      return decide_notice(scene_, row_of, item);
    return kind == "unlinked_return" ? decide_return(scene_, row_of, item)
                                     : decide_form(scene_, item);
  };
  watches_.push_back(
      {"desks", [](OfficeId) { return true; }, "inbox.list", "items", {}, noting(rule)});
  const auto is_township = [](OfficeId office) { return office.type() == OfficeType::kTownship; };
  const auto is_arrival = [](const json& owed) {
    return owed.at("owed") == "arrival" && owed.at("here") == true;
  };
  const auto arrived = [this](const Case& item) { return decide_arrival(scene_, item); };
  if (play == Play::kAllFlows)
    watches_.push_back({"arrivals", is_township, "due", "due", {}, arrived, is_arrival});
}

std::size_t Clerks::row_of(const std::string& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? 0 : found->second;
}

Result<bool> Clerks::hand_in(const std::function<void(std::size_t rows)>& told) {
  refusals_ = inputs_.notices.refusals;
  std::size_t rows = refusals_.size();
  const std::string month = to_text(scene_.month());
  for (const NoticePart& part : inputs_.notices.parts) {
    XJ_TRY(
        const json answer,
        fleet_.call_patiently(part.origin, "submit",
                              {{"kind", "pre_release_notice"},
                               {"period", month},
                               {"submission", "rehearsal-" + month + "-" + to_text(part.origin)}},
                              to_bytes(as_bytes(part.csv))));
    if (answer.at("period") != month) return false;
    for (const json& one : answer.at("refused"))
      refusals_.push_back({row_in_whole(part, one.at("row")), one.at("field"), one.at("reason")});
    for (const json& one : answer.at("envelopes"))
      rows_[one.at("id")] = row_in_whole(part, one.at("row"));
    warnings_ += answer.at("warnings").size();
    rows += part.rows.size();
    told(rows);
  }
  std::ranges::stable_sort(refusals_, {}, &NoticeRefusal::row);
  return true;
}

Result<bool> Clerks::round(WallTime now) {
  XJ_TRY(bool quiet, errands_.run(now));
  if (reporters_) {
    XJ_TRY(const bool reported, reporters_->round());
    quiet = quiet && reported;
  }
  for (const Watch& watch : watches_) {
    XJ_TRY(const bool done, hands_.round(watch, now));
    quiet = quiet && done;
  }
  return quiet;
}

std::vector<std::string> Clerks::complaints() const {
  std::vector<std::string> out = hands_.complaints();
  std::ranges::copy(errands_.complaints(), std::back_inserter(out));
  if (reporters_) std::ranges::copy(reporters_->complaints(), std::back_inserter(out));
  return out;
}

}  // namespace xianjie::node::rehearsal
