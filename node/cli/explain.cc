#include "node/cli/explain.h"

#include <algorithm>

#include "routing/calendar.h"
#include "routing/channels.h"
#include "routing/codes.h"
#include "routing/route.h"

namespace xianjie::node::cli {
namespace {

using nlohmann::json;
using routing::Directory;

std::string name_of(const Directory& directory, OfficeId office) {
  const auto record = directory.find(office);
  return record ? record->name : "";
}

std::string allowed_text(Kind kind, OfficeType from, OfficeType to) {
  std::string out;
  for (const Word& word : words_of(ChannelClass{}))
    if (routing::channel_allowed(kind, static_cast<ChannelClass>(word.number), from, to))
      out += (out.empty() ? "" : ", ") + std::string(word.word);
  return out;
}

json valid_at(const std::string& code_text, WallTime at) {
  const auto code = routing::parse_code(code_text);
  const auto info = code ? routing::find_code(*code) : std::nullopt;
  if (!info) return nullptr;
  const int year = local_date(at).year;
  return (info->from_year == 0 || info->from_year <= year) &&
         (info->to_year == 0 || year <= info->to_year);
}

}  // namespace

Explainer::Explainer(const DirectorySource& source, OfficeId from, Kind kind, WallTime at)
    : source_(source),
      from_(from),
      kind_(kind),
      at_(at),
      period_(routing::period_for_submission(at)) {}

json Explainer::frame() const {
  return {{"from", to_text(from_)},
          {"kind", to_word(kind_)},
          {"at", to_text(local_date(at_))},
          {"directory", source_.signatures},
          {"digest", to_hex(source_.snapshot->route_digest)}};
}

json Explainer::hop(OfficeId here, OfficeId next) const {
  json out{{"office", to_text(here)},
           {"name", name_of(source_.directory(), here)},
           {"gate", nullptr},
           {"channel", nullptr},
           {"policy", nullptr}};
  if (!next.is_set()) return out;
  const auto gate = routing::gate(kind_, period_, here, {});
  if (gate) out["gate"] = to_text(*gate);
  const std::string allowed = allowed_text(kind_, here.type(), next.type());
  const auto channel = routing::best_class_between(source_.directory(), here, next);
  if (!channel) {
    out["policy"] = (source_.is_nation_file ? "open: a nation file has no channels; allowed: "
                                            : "held: no channel; allowed: ") +
                    allowed;
    return out;
  }
  out["channel"] = to_word(*channel);
  const bool passes = routing::channel_allowed(kind_, *channel, here.type(), next.type());
  out["policy"] =
      passes ? "allowed: " + allowed
             : "held: " + std::string(to_word(*channel)) + " is refused; allowed: " + allowed;
  return out;
}

const Result<json>& Explainer::path_to(OfficeId to) {
  const auto known = paths_.find(to);
  if (known != paths_.end()) return known->second;
  Result<json> hops = json::array();
  const auto offices = routing::path(source_.directory(), from_, to);
  if (!offices) {
    hops = std::unexpected(offices.error());
  } else {
    for (std::size_t k = 0; k < offices->size(); ++k)
      hops->push_back(hop((*offices)[k], k + 1 < offices->size() ? (*offices)[k + 1] : OfficeId{}));
  }
  return paths_.emplace(to, std::move(hops)).first->second;
}

void Explainer::add_destination(json& answer, OfficeId to) {
  answer["destination"] = to_text(to);
  answer["destination_name"] = name_of(source_.directory(), to);
  answer["assigned"] = to.type() == OfficeType::kTownship;
  const Result<json>& hops = path_to(to);
  if (hops)
    answer["path"] = *hops;
  else
    answer["error"] = "no_path: " + hops.error().text;
}

json Explainer::to_office(OfficeId to) {
  json answer = frame();
  answer["rule"] = "the office was named";
  answer["confidence"] = nullptr;
  answer["code"] = nullptr;
  answer["resolved_code"] = nullptr;
  answer["steps"] = json::array();
  if (source_.directory().contains(to))
    add_destination(answer, to);
  else
    answer["error"] = "unknown_office: " + to_text(to) + " is not in the directory";
  return answer;
}

json Explainer::copy_for(std::uint32_t code) const {
  if (!routing::kind_row(kind_).police_copy) return nullptr;
  const OfficeId police = routing::population_police_for(source_.directory(), code);
  return police.is_set() ? json(to_text(police)) : json(nullptr);
}

json Explainer::to_registration(const routing::ResolveInput& input) {
  json answer = frame();
  answer["code"] = input.code.empty() ? json(nullptr) : json(input.code);
  answer["valid_at"] = valid_at(input.code, at_);
  const auto resolution = routing::resolve(input, source_.directory().code_changes());
  if (!resolution) {
    answer["error"] = resolution.error().reason;
    answer["field"] = resolution.error().field;
    return answer;
  }
  json steps = json::array();
  for (const std::uint32_t code : resolution->steps) steps.push_back(routing::code_text(code));
  answer["rule"] = resolution->rule;
  answer["confidence"] = to_word(resolution->confidence);
  answer["resolved_code"] = routing::code_text(resolution->code);
  answer["steps"] = std::move(steps);
  answer["copy"] = copy_for(resolution->code);
  const OfficeId to = routing::office_for_code(source_.directory(), resolution->code);
  if (to.is_set())
    add_destination(answer, to);
  else
    answer["error"] =
        "no_office: no office of the directory covers " + routing::code_text(resolution->code);
  return answer;
}

}  // namespace xianjie::node::cli
