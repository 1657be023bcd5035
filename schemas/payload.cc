#include "schemas/payload.h"

#include <algorithm>

#include "payload_generated.h"
#include "schemas/codec.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::String;
using flatbuffers::Verifier;

Offset<String> text_offset(FlatBufferBuilder& builder, const std::string& text) {
  return text.empty() ? Offset<String>() : builder.CreateString(text);
}

Offset<fbs::NoticePayload> write(FlatBufferBuilder& builder, const NoticePayload& notice) {
  const auto text = [&](const std::string& field) { return text_offset(builder, field); };
  return fbs::CreateNoticePayload(
      builder, text(notice.name), static_cast<std::uint8_t>(notice.sex), text(notice.ethnicity),
      text(notice.id_number), text(notice.birth_date), text(notice.education),
      text(notice.marital_status), text(notice.registration_code),
      text(notice.registration_address), text(notice.registration_type), text(notice.residence),
      text(notice.telephone), text(notice.release_date), text(notice.release_type),
      text(notice.offence), text(notice.sentence), notice.repeat_offender, text(notice.risk),
      notice.focus, notice.identity_doubtful, text(notice.family_contact), text(notice.remarks),
      notice.resolved_code, static_cast<std::uint8_t>(notice.confidence));
}

Offset<fbs::CheckResultPayload> write(FlatBufferBuilder& builder, const CheckResultPayload& check) {
  const auto remarks = text_offset(builder, check.remarks);
  const auto notice = fixed<fbs::Bytes16>(check.notice.bytes);
  return fbs::CreateCheckResultPayload(builder, &notice, static_cast<std::uint8_t>(check.outcome),
                                       remarks);
}

bool take_text(const String* field, std::string& out) {
  const std::string_view text = text_view(field);
  if (text.size() > kTextBytesMax || !is_utf8(text)) return false;
  out = text;
  return true;
}

bool is_id_number(std::string_view text) {
  return text.size() == 18 && is_ascii_digits(text.substr(0, 17)) &&
         (is_ascii_digits(text.substr(17)) || text.back() == 'X');
}

// Errors name the field, never its content.
Result<Payload> read(const fbs::NoticePayload& from) {
  NoticePayload to;
  const bool texts_good =
      take_text(from.name(), to.name) && take_text(from.ethnicity(), to.ethnicity) &&
      take_text(from.id_number(), to.id_number) && take_text(from.birth_date(), to.birth_date) &&
      take_text(from.education(), to.education) &&
      take_text(from.marital_status(), to.marital_status) &&
      take_text(from.registration_code(), to.registration_code) &&
      take_text(from.registration_address(), to.registration_address) &&
      take_text(from.registration_type(), to.registration_type) &&
      take_text(from.residence(), to.residence) && take_text(from.telephone(), to.telephone) &&
      take_text(from.release_date(), to.release_date) &&
      take_text(from.release_type(), to.release_type) && take_text(from.offence(), to.offence) &&
      take_text(from.sentence(), to.sentence) && take_text(from.risk(), to.risk) &&
      take_text(from.family_contact(), to.family_contact) && take_text(from.remarks(), to.remarks);
  if (!texts_good) return corrupt("notice: a text is too long or not UTF-8");
  if (!to.id_number.empty() && !is_id_number(to.id_number))
    return corrupt("notice: id_number is malformed");
  if (!to.registration_code.empty() &&
      (!is_ascii_digits(to.registration_code) || to.registration_code.size() > 12))
    return corrupt("notice: registration_code is malformed");
  for (const std::string* date : {&to.birth_date, &to.release_date})
    if (!date->empty() && !parse_iso_date(*date)) return corrupt("notice: a date is malformed");
  const auto confidence = from_number<Confidence>(from.confidence());
  if (from.sex() > static_cast<std::uint8_t>(Sex::kFemale) || !confidence)
    return corrupt("notice: sex or confidence unknown");
  to.sex = static_cast<Sex>(from.sex());
  to.confidence = *confidence;
  to.repeat_offender = from.repeat_offender();
  to.focus = from.focus();
  to.identity_doubtful = from.identity_doubtful();
  to.resolved_code = from.resolved_code();
  return to;
}

Result<Payload> read(const fbs::CheckResultPayload& from) {
  CheckResultPayload to;
  if (from.notice() == nullptr) return corrupt("check result: names no notice");
  to.notice.bytes = array_of<decltype(to.notice.bytes)>(*from.notice());
  if (!to.notice.is_set()) return corrupt("check result: names no notice");
  switch (from.outcome()) {
    case 1:
      to.outcome = CheckOutcome::kOwnArea;
      break;
    case 2:
      to.outcome = CheckOutcome::kUnlinked;
      break;
    default:
      return corrupt("check result: outcome unknown");
  }
  if (!take_text(from.remarks(), to.remarks))
    return corrupt("check result: remarks are too long or not UTF-8");
  return to;
}

}  // namespace

Bytes encode(const Payload& payload) {
  FlatBufferBuilder builder(2048);
  if (const auto* notice = std::get_if<NoticePayload>(&payload)) {
    const auto body = write(builder, *notice).Union();
    builder.Finish(fbs::CreatePayload(builder, fbs::PayloadBody::NoticePayload, body), kPayloadId);
  } else {
    const auto body = write(builder, std::get<CheckResultPayload>(payload)).Union();
    builder.Finish(fbs::CreatePayload(builder, fbs::PayloadBody::CheckResultPayload, body),
                   kPayloadId);
  }
  return take_bytes(builder);
}

Result<Payload> decode_payload(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::Payload>(aligned, kPayloadId, kPayloadBytesMax);
  if (from == nullptr || from->body() == nullptr) return corrupt("payload: broken structure");
  switch (from->body_type()) {
    case fbs::PayloadBody::NoticePayload:
      return read(*from->body_as_NoticePayload());
    case fbs::PayloadBody::CheckResultPayload:
      return read(*from->body_as_CheckResultPayload());
    case fbs::PayloadBody::NONE:
      break;
  }
  return corrupt("payload: member unknown");
}

}  // namespace schemas
}  // namespace xianjie
