// What a reader finds inside. Decoded only by a reader's application, never by the bus on the way.
// Person fields: FLOWS, "Person fields seen in the sources". Format: fbs/payload.fbs.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/envelope.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

enum class Sex : std::uint8_t { kNotSaid = 0, kMale = 1, kFemale = 2 };

// A file that comes with a notice, as its origin announced it: what is missing shows, and what
// comes is known to be the origin's, whoever passed it on.
struct AttachmentNote {
  AttachmentType type = AttachmentType::kPhotograph;
  std::uint32_t size = 0;  // bytes
  Hash hash{};             // BLAKE2b-256 of its content
  friend bool operator==(const AttachmentNote&, const AttachmentNote&) = default;
};

// pre_release_notice and ad_hoc_report (flow A). Texts are UTF-8; "" where not said.
struct NoticePayload {
  std::string name;
  Sex sex = Sex::kNotSaid;
  std::string ethnicity;
  std::string id_number;   // 18 digits, or "" where identity is doubtful
  std::string birth_date;  // ISO date
  std::string education, marital_status;
  std::string registration_code;  // as handed in, normalised to ASCII digits
  std::string registration_address;
  std::string registration_type;  // urban or rural
  std::string residence, telephone;
  std::string release_date;  // ISO date
  std::string release_type, offence, sentence;
  bool repeat_offender = false;
  std::string risk;
  bool focus = false;
  bool identity_doubtful = false;
  std::string family_contact, remarks;
  std::uint32_t resolved_code = 0;  // what resolution found, and how
  Confidence confidence = Confidence::kAmbiguous;
  std::vector<AttachmentNote> attachments{};  // at most kAttachmentsMax
  friend bool operator==(const NoticePayload&, const NoticePayload&) = default;
};

// One act that made a new envelope of a notice.
struct Step {
  OfficeId office;  // who acted
  EnvelopeId id;    // the envelope it had in its inbox
  StepAction action = StepAction::kAssigned;
  std::optional<ReturnReason> reason;  // of returns
  OfficeId to;
  std::uint32_t code = 0;  // where the person is said to belong; 0: not said
  WallTime time;
  std::string remarks;
  friend bool operator==(const Step&, const Step&) = default;
};

// check_result (flow A9): the township's answer to a notice, sealed to the path back.
enum class CheckOutcome : std::uint8_t { kOwnArea = 1, kUnlinked = 2 };
struct CheckResultPayload {
  EnvelopeId notice;
  CheckOutcome outcome = CheckOutcome::kOwnArea;
  std::string remarks;
  OfficeId checked_by{};      // who said so; not set: the sender itself
  std::vector<Step> steps{};  // how the notice came there, oldest first
  friend bool operator==(const CheckResultPayload&, const CheckResultPayload&) = default;
};

// A notice that goes on as a new envelope: the first one as its origin signed it, the key that
// opens it, and what was done since, oldest first. So the last reader can prove who wrote it.
struct ContinuationPayload {
  Envelope first;
  Hash key{};  // the first envelope's k (DESIGN section 3)
  std::vector<Step> steps;
  friend bool operator==(const ContinuationPayload&, const ContinuationPayload&) = default;
};

// A filled-in form: what every other kind holds. Which forms there are, and what their fields mean,
// stands in node/office/forms.h; here they are names and texts.
struct FormCell {
  std::uint32_t row = 0;  // 0: a field of the form itself; from 1: a row of its table
  std::string name, value;
  friend bool operator==(const FormCell&, const FormCell&) = default;
};
struct FormPayload {
  std::string form;  // "assistance_request.leave"
  std::uint16_t version = 1;
  std::vector<FormCell> cells;  // at most kFormCellsMax, row by row
  [[nodiscard]] std::string_view field(std::string_view name) const;  // of row 0; "" where absent
  friend bool operator==(const FormPayload&, const FormPayload&) = default;
};

// attachment: one file; the header's refers_to is the envelope that it belongs to.
struct AttachmentPayload {
  AttachmentType type = AttachmentType::kPhotograph;
  std::string name;  // as handed in: ID number, perhaps "-" and more, and what it is: no folders
  Bytes content;     // at most kAttachmentBytesMax
  friend bool operator==(const AttachmentPayload&, const AttachmentPayload&) = default;
};

using Payload = std::variant<NoticePayload, CheckResultPayload, ContinuationPayload, FormPayload,
                             AttachmentPayload>;
Bytes encode(const Payload& payload);
Result<Payload> decode_payload(ByteView bytes);

}  // namespace schemas
}  // namespace xianjie
