// Files that belong to a notice: photograph, fingerprint, scanned documents. Each is an envelope of
// its own (kind attachment) whose header refers to the notice; the notice announces them by size
// and hash, so that what is missing shows, and never waits for them. They go where their subject
// goes: through a desk that assigns or returns it they follow as new envelopes, and they are
// settled with it. Pure. Read next: continuation.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_ring.h"
#include "node/office/desk.h"
#include "schemas/time.h"

namespace xianjie::node {

// What a file's name says: whose it is, and what. "110101180001010015.jpg",
// "110101180001010015-2.pdf".
struct AttachmentName {
  std::string id_number;  // 18 characters
  AttachmentType type = AttachmentType::kPhotograph;
};
// The reason is for a person, without the number: "attachment_name: …".
std::expected<AttachmentName, std::string> parse_attachment_name(std::string_view file_name,
                                                                 const Date& today);
std::string attachment_endings();  // "jpg, jpeg, png (photograph), …"
struct AttachmentEnding {
  std::string_view text;
  AttachmentType type;
};
std::span<const AttachmentEnding> attachment_ending_rows();

// What a hand-in announces, by ID number.
struct AnnouncedAttachment {
  std::string id_number;
  AttachmentNote note;
};
// From JSON [{id_number, type, size, hash}]; kRefused where it is none.
Result<std::vector<AnnouncedAttachment>> announced_attachments(std::string_view json_text);

// An attachment of an envelope of this origin. kRefused where that one is over.
Result<broker::Order> attachment_order(const EnvelopeId& subject, const broker::LedgerRow& ledger,
                                       const broker::StateRow& state, AttachmentPayload attachment);

// An inbox row of kind attachment, with what it refers to.
struct FoundAttachment {
  broker::InboxRow row;
  Header header;
};
// All of this office's inbox, settled ones and copies too.
Result<std::vector<FoundAttachment>> find_attachments(broker::ReadTxn& txn);
bool belongs_to(const FoundAttachment& attachment, const Item& item);

// What the notice announced, each here or missing, and what came besides.
// [{type, zh, size, state: "here" or "missing", announced, id, name}]
Result<nlohmann::json> attachments_view(broker::ReadTxn& txn, const Item& item,
                                        const NoticePayload& notice, const crypto::KeyRing& keys);

// What its subject's state asks of an attachment that waits in this inbox.
enum class Follow : std::uint8_t { kWait, kSettle, kContinue };
struct Following {
  Follow follow = Follow::kWait;
  EnvelopeId continued_by;   // the subject's continuation
  broker::LedgerRow ledger;  // of that
};
Result<Following> follow_subject(broker::ReadTxn& txn, OfficeId self,
                                 const FoundAttachment& attachment);
// The attachment as it goes on beside its subject's continuation.
broker::Order following_order(const FoundAttachment& attachment, const Following& following,
                              const Payload& payload);

}  // namespace xianjie::node
