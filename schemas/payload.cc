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

using NotesOffset = Offset<flatbuffers::Vector<const fbs::AttachmentNote*>>;
NotesOffset write(FlatBufferBuilder& builder, const std::vector<AttachmentNote>& notes) {
  std::vector<fbs::AttachmentNote> out;
  for (const AttachmentNote& note : notes)
    out.emplace_back(fixed<fbs::Bytes32>(note.hash), note.size,
                     static_cast<std::uint8_t>(note.type));
  return out.empty() ? NotesOffset() : builder.CreateVectorOfStructs(out);
}

Offset<fbs::NoticePayload> write(FlatBufferBuilder& builder, const NoticePayload& notice) {
  const auto text = [&](const std::string& field) { return text_offset(builder, field); };
  const auto attachments = write(builder, notice.attachments);
  return fbs::CreateNoticePayload(
      builder, text(notice.name), static_cast<std::uint8_t>(notice.sex), text(notice.ethnicity),
      text(notice.id_number), text(notice.birth_date), text(notice.education),
      text(notice.marital_status), text(notice.registration_code),
      text(notice.registration_address), text(notice.registration_type), text(notice.residence),
      text(notice.telephone), text(notice.release_date), text(notice.release_type),
      text(notice.offence), text(notice.sentence), notice.repeat_offender, text(notice.risk),
      notice.focus, notice.identity_doubtful, text(notice.family_contact), text(notice.remarks),
      notice.resolved_code, static_cast<std::uint8_t>(notice.confidence), attachments);
}

using StepsOffset = Offset<flatbuffers::Vector<Offset<fbs::Step>>>;
StepsOffset write(FlatBufferBuilder& builder, const std::vector<Step>& steps) {
  std::vector<Offset<fbs::Step>> out;
  for (const Step& step : steps) {
    const auto remarks = text_offset(builder, step.remarks);
    const auto id = fixed<fbs::Bytes16>(step.id.bytes);
    const auto reason = step.reason ? static_cast<std::uint8_t>(*step.reason) : std::uint8_t{0};
    out.push_back(fbs::CreateStep(builder, step.office.value(), &id,
                                  static_cast<std::uint8_t>(step.action), reason, step.to.value(),
                                  step.code, step.time.ms, remarks));
  }
  return out.empty() ? StepsOffset() : builder.CreateVector(out);
}

Offset<fbs::CheckResultPayload> write(FlatBufferBuilder& builder, const CheckResultPayload& check) {
  const auto remarks = text_offset(builder, check.remarks);
  const auto steps = write(builder, check.steps);
  const auto notice = fixed<fbs::Bytes16>(check.notice.bytes);
  return fbs::CreateCheckResultPayload(builder, &notice, static_cast<std::uint8_t>(check.outcome),
                                       remarks, check.checked_by.value(), steps);
}

Offset<fbs::ContinuationPayload> write(FlatBufferBuilder& builder,
                                       const ContinuationPayload& continuation) {
  const Envelope& first = continuation.first;
  const auto header = builder.CreateVector(first.header);
  const auto slots = builder.CreateVector(first.slots);
  const auto sealed = builder.CreateVector(first.sealed);
  const auto proof = builder.CreateVector(first.proof);
  const auto key = builder.CreateVector(continuation.key.data(), continuation.key.size());
  const auto steps = write(builder, continuation.steps);
  return fbs::CreateContinuationPayload(builder, header, slots, sealed, proof, key, steps);
}

Offset<fbs::FormPayload> write(FlatBufferBuilder& builder, const FormPayload& form) {
  const auto name = builder.CreateString(form.form);
  std::vector<std::uint32_t> rows;
  std::vector<Offset<String>> names, values;
  for (const FormCell& cell : form.cells) {
    rows.push_back(cell.row);
    names.push_back(builder.CreateSharedString(cell.name));
    values.push_back(builder.CreateSharedString(cell.value));
  }
  const auto rows_at = builder.CreateVector(rows);
  const auto names_at = builder.CreateVector(names);
  return fbs::CreateFormPayload(builder, name, form.version, rows_at, names_at,
                                builder.CreateVector(values));
}

Offset<fbs::AttachmentPayload> write(FlatBufferBuilder& builder,
                                     const AttachmentPayload& attachment) {
  const auto name = builder.CreateString(attachment.name);
  const auto content = builder.CreateVector(attachment.content);
  return fbs::CreateAttachmentPayload(builder, name, static_cast<std::uint8_t>(attachment.type),
                                      content);
}

template <class Body>
void finish(FlatBufferBuilder& builder, Offset<Body> body) {
  const auto type = fbs::PayloadBodyTraits<Body>::enum_value;
  builder.Finish(fbs::CreatePayload(builder, type, body.Union()), kPayloadId);
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
bool take_notes(const flatbuffers::Vector<const fbs::AttachmentNote*>* from,
                std::vector<AttachmentNote>& to) {
  if (length(from) > kAttachmentsMax || !elements_aligned(from, sizeof(std::uint32_t)))
    return false;
  for (std::size_t i = 0; i < length(from); ++i) {
    const fbs::AttachmentNote& each = *from->Get(static_cast<flatbuffers::uoffset_t>(i));
    const auto type = from_number<AttachmentType>(each.type());
    if (!type || each.size() > kAttachmentBytesMax) return false;
    to.push_back({*type, each.size(), array_of<Hash>(each.hash())});
  }
  return true;
}

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
  if (!take_notes(from.attachments(), to.attachments))
    return corrupt("notice: what is said of its attachments is malformed");
  return to;
}

using StepsVector = flatbuffers::Vector<Offset<fbs::Step>>;
bool take_steps(const StepsVector* from, std::vector<Step>& to) {
  if (length(from) > kStepsMax) return false;
  for (std::size_t i = 0; i < length(from); ++i) {
    const fbs::Step& each = *from->Get(static_cast<flatbuffers::uoffset_t>(i));
    Step step;
    const auto office = OfficeId::from_value(each.office());
    const auto action = from_number<StepAction>(each.action());
    if (!office || !action || each.id() == nullptr || !take_text(each.remarks(), step.remarks))
      return false;
    step.office = *office;
    step.action = *action;
    step.id.bytes = array_of<decltype(step.id.bytes)>(*each.id());
    step.reason = from_number<ReturnReason>(each.reason());
    if (each.reason() != 0 && !step.reason) return false;
    if (each.to() != 0) {
      const auto target = OfficeId::from_value(each.to());
      if (!target) return false;
      step.to = *target;
    }
    step.code = each.code();
    step.time.ms = each.time();
    if (!step.id.is_set() || step.time.ms < 0 || step.time.ms > kWallTimeMsMax) return false;
    to.push_back(std::move(step));
  }
  return true;
}

Result<Payload> read(const fbs::ContinuationPayload& from) {
  ContinuationPayload to;
  const auto take = [](const flatbuffers::Vector<std::uint8_t>* field, std::size_t size_max,
                       Bytes& out) {
    if (length(field) == 0 || length(field) > size_max) return false;
    out.assign(field->begin(), field->end());
    return true;
  };
  if (!take(from.header(), kHeaderBytesMax, to.first.header) ||
      !take(from.slots(), kSlotsBytesMax, to.first.slots) ||
      !take(from.sealed(), kSealedBytesMax, to.first.sealed) ||
      !take(from.proof(), kProofBytesMax, to.first.proof) || length(from.key()) != to.key.size())
    return corrupt("continuation: the first envelope is incomplete");
  std::copy(from.key()->begin(), from.key()->end(), to.key.begin());
  if (!take_steps(from.steps(), to.steps) || to.steps.empty())
    return corrupt("continuation: its steps are malformed");
  return to;
}

Result<Payload> read(const fbs::FormPayload& from) {
  FormPayload to;
  const std::size_t cells = length(from.rows());
  if (cells > kFormCellsMax || length(from.names()) != cells || length(from.values()) != cells ||
      !elements_aligned(from.rows(), sizeof(std::uint32_t)))
    return corrupt("form: its columns differ in length, or are too long");
  if (!take_text(from.form(), to.form) || to.form.empty()) return corrupt("form: has no name");
  to.version = from.version();
  std::uint32_t row = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    const auto at = static_cast<flatbuffers::uoffset_t>(i);
    FormCell cell{from.rows()->Get(at), {}, {}};
    if (cell.row < row || !take_text(from.names()->Get(at), cell.name) || cell.name.empty() ||
        !take_text(from.values()->Get(at), cell.value))
      return corrupt("form: a cell is malformed");
    row = cell.row;
    to.cells.push_back(std::move(cell));
  }
  return to;
}

// The name becomes that of a file: nothing that leads elsewhere.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '-' || c == '_';
         });
}

Result<Payload> read(const fbs::AttachmentPayload& from) {
  AttachmentPayload to;
  const auto type = from_number<AttachmentType>(from.type());
  if (!type || !take_text(from.name(), to.name) || !is_plain_name(to.name) ||
      length(from.content()) > kAttachmentBytesMax)
    return corrupt("attachment: type, name or size out of range");
  to.type = *type;
  to.content = to_bytes(view(from.content()));
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
  if (!take_steps(from.steps(), to.steps)) return corrupt("check result: its steps are malformed");
  if (from.checked_by() != 0) {
    const auto office = OfficeId::from_value(from.checked_by());
    if (!office) return corrupt("check result: checked by nobody known");
    to.checked_by = *office;
  }
  return to;
}

}  // namespace

std::string_view FormPayload::field(std::string_view name) const {
  for (const FormCell& cell : cells)
    if (cell.row == 0 && cell.name == name) return cell.value;
  return {};
}

Bytes encode(const Payload& payload) {
  FlatBufferBuilder builder(2048);
  std::visit([&](const auto& body) { finish(builder, write(builder, body)); }, payload);
  return take_bytes(builder);
}

Result<Payload> decode_payload(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from =
      verified_root<Verifier, fbs::Payload>(aligned, kPayloadId, kLargePayloadBytesMax);
  if (from != nullptr && bytes.size() > kPayloadBytesMax &&
      from->body_type() != fbs::PayloadBody::AttachmentPayload)
    return corrupt("payload: too large for what it is");
  if (from == nullptr || from->body() == nullptr) return corrupt("payload: broken structure");
  switch (from->body_type()) {
    case fbs::PayloadBody::NoticePayload:
      return read(*from->body_as_NoticePayload());
    case fbs::PayloadBody::CheckResultPayload:
      return read(*from->body_as_CheckResultPayload());
    case fbs::PayloadBody::ContinuationPayload:
      return read(*from->body_as_ContinuationPayload());
    case fbs::PayloadBody::FormPayload:
      return read(*from->body_as_FormPayload());
    case fbs::PayloadBody::AttachmentPayload:
      return read(*from->body_as_AttachmentPayload());
    case fbs::PayloadBody::NONE:
      break;
  }
  return corrupt("payload: member unknown");
}

}  // namespace schemas
}  // namespace xianjie
