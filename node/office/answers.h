// What an office answers to an item of its inbox (flows A9, E): a filled-in form, sealed to whoever
// asked. Pure; the caller seals it and settles the item in one turn. Read next: forms.h.
#pragma once

#include <map>

#include "crypto/hash.h"
#include "crypto/key_ring.h"
#include "node/office/continuation.h"
#include "node/office/forms.h"

namespace xianjie::node {

using Fields = std::map<std::string, std::string>;  // by either name of a field

// assistance_request → assistance_feedback, work_order → work_order_feedback. kRefused with the
// rule it breaks: nothing to answer, late, a field of the form.
Result<broker::Order> answer_order(const Item& item, const OpenedItem& opened, const Fields& fields,
                                   WallTime now);

// How a person arrived (flow A, after release): from the township that checked it to the first
// origin. Only for a person of the own area.
Result<broker::Order> arrival_order(const Item& item, const broker::InboxRow& row,
                                    const OpenedNotice& opened, const Fields& fields, WallTime now);

// Corrections and additions (flow A9): at townships only, with a reason, beside the original.
Result<broker::Order> correction_order(const Item& item, const OpenedNotice& opened,
                                       const Fields& fields, WallTime now);
Result<broker::Order> addition_order(const Fields& fields, OfficeId self,
                                     const routing::Directory& directory, WallTime now);

// High risk (flow A9): settled as own area only with its recorded measures.
bool is_high_risk(const NoticePayload& notice);

// One submission an act, so that the same act twice gets the first answer: "arrival" of an item.
Hash act_of(std::string_view act, const EnvelopeId& item, const crypto::KeyRing& keys);

// A batch of records (flow E), answered row by row: what is refused, and what is remembered so that
// the same record is refused when it comes again.
struct RecordsChecked {
  broker::Order answer;
  std::vector<Hash> remembered;
};
using IsKnown = std::function<Result<bool>(const Hash& record)>;
Result<RecordsChecked> check_records(const Item& item, const FormPayload& batch,
                                     const crypto::KeyRing& keys, const IsKnown& is_known,
                                     WallTime now);

// The answer to a continuation of this office, given on to whoever asked it.
broker::Order forwarded_answer(const Item& asked, const Header& answer, const Payload& payload);

}  // namespace xianjie::node
