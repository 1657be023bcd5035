// What a reader finds inside. Decoded only by a reader's application, never by the bus on the way.
// Person fields: FLOWS, "Person fields seen in the sources". Format: fbs/payload.fbs.
#pragma once

#include <string>
#include <variant>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

enum class Sex : std::uint8_t { kNotSaid = 0, kMale = 1, kFemale = 2 };

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
  friend bool operator==(const NoticePayload&, const NoticePayload&) = default;
};

// check_result (flow A9): the township's answer to a notice, sealed to the path back.
enum class CheckOutcome : std::uint8_t { kOwnArea = 1, kUnlinked = 2 };
struct CheckResultPayload {
  EnvelopeId notice;
  CheckOutcome outcome = CheckOutcome::kOwnArea;
  std::string remarks;
  friend bool operator==(const CheckResultPayload&, const CheckResultPayload&) = default;
};

using Payload = std::variant<NoticePayload, CheckResultPayload>;
Bytes encode(const Payload& payload);
Result<Payload> decode_payload(ByteView bytes);

}  // namespace schemas
}  // namespace xianjie
