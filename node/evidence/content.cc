#include "node/evidence/content.h"

#include "crypto/hash.h"
#include "crypto/seal.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

json steps_json(const std::vector<Step>& steps) {
  json out = json::array();
  for (const Step& step : steps)
    out.push_back({{"office", to_text(step.office)},
                   {"id", to_text(step.id)},
                   {"action", std::string(to_word(step.action))},
                   {"reason", step.reason ? json(std::string(to_word(*step.reason))) : json()},
                   {"to", to_text(step.to)},
                   {"time", to_text(step.time)},
                   {"remarks", step.remarks}});
  return out;
}

json notice_json(const NoticePayload& notice) {
  json out{{"identity_doubtful", notice.identity_doubtful}, {"focus", notice.focus}};
  const std::pair<const char*, const std::string*> fields[] = {
      {"name", &notice.name},
      {"id_number", &notice.id_number},
      {"birth_date", &notice.birth_date},
      {"ethnicity", &notice.ethnicity},
      {"education", &notice.education},
      {"marital_status", &notice.marital_status},
      {"registration_code", &notice.registration_code},
      {"registration_address", &notice.registration_address},
      {"registration_type", &notice.registration_type},
      {"residence", &notice.residence},
      {"telephone", &notice.telephone},
      {"release_date", &notice.release_date},
      {"release_type", &notice.release_type},
      {"offence", &notice.offence},
      {"sentence", &notice.sentence},
      {"risk", &notice.risk},
      {"family_contact", &notice.family_contact},
      {"remarks", &notice.remarks}};
  for (const auto& [name, value] : fields)
    if (!value->empty()) out[name] = *value;
  return out;
}

json form_json(const FormPayload& form) {
  json out{{"form", form.form}, {"version", form.version}, {"cells", json::array()}};
  for (const FormCell& cell : form.cells)
    out["cells"].push_back({{"row", cell.row}, {"name", cell.name}, {"value", cell.value}});
  return out;
}

// What went on: the first envelope, opened by the key that came with it.
json continuation_json(const ContinuationPayload& payload) {
  json out{{"steps", steps_json(payload.steps)}};
  const auto header = decode_header(payload.first.header);
  if (!header) return out;
  out["first"] = {{"id", to_text(header->id)}, {"origin", to_text(header->origin)}};
  const auto plain = crypto::open_with_key(payload.first, *header, payload.key);
  const auto first = plain ? decode_payload(*plain) : std::unexpected(plain.error());
  if (first && !std::holds_alternative<ContinuationPayload>(*first))
    out["first"]["content"] = content_json(*first);
  return out;
}

}  // namespace

json content_json(const Payload& payload) {
  if (const auto* notice = std::get_if<NoticePayload>(&payload)) return notice_json(*notice);
  if (const auto* form = std::get_if<FormPayload>(&payload)) return form_json(*form);
  if (const auto* onward = std::get_if<ContinuationPayload>(&payload))
    return continuation_json(*onward);
  if (const auto* result = std::get_if<CheckResultPayload>(&payload))
    return {{"notice", to_text(result->notice)},
            {"outcome", result->outcome == CheckOutcome::kOwnArea ? "own-area" : "unlinked"},
            {"checked_by", to_text(result->checked_by)},
            {"remarks", result->remarks},
            {"steps", steps_json(result->steps)}};
  const auto& file = std::get<AttachmentPayload>(payload);
  return {{"type", std::string(to_word(file.type))},
          {"name", file.name},
          {"size", file.content.size()},
          {"hash", to_hex(crypto::hash(file.content))}};
}

}  // namespace xianjie::node::evidence
