// The local API's commands around attachments: handed in beside a notice, taken out by whoever
// reads it.
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/daemon/api.h"
#include "node/office/attachments.h"
#include "node/office/notice_submission.h"

namespace xianjie::node {

using nlohmann::json;

// One file of a person whom this office has reported. The same file again gets the first answer.
Api::Outcome Api::attach(const Call& call) {
  XJ_TRY(const auto kind, call.kind());
  XJ_TRY(const auto period, call.period());
  if (!kind || !is_notice(*kind) || !period)
    return refused("kind: attachments belong to a notice of a period");
  AttachmentPayload file;
  file.name = call.option("name");
  const auto name = parse_attachment_name(file.name, local_date(engine_.now().wall));
  if (!name) return refused(name.error());
  file.type = name->type;
  if (call.request.body.empty()) return refused("empty: the file holds nothing");
  if (call.request.body.size() > kAttachmentBytesMax)
    return refused("too_large: at most " + std::to_string(kAttachmentBytesMax) + " bytes");
  file.content = call.request.body;
  XJ_TRY(const auto txn, engine_.read());
  const Hash person = reported_person(*kind, *period, name->id_number, engine_.keys());
  XJ_TRY(const auto reported, txn->get(broker::Table::kPersons, person));
  if (!reported)
    return refused("unknown_person: no accepted row of this hand-in has this ID number");
  const EnvelopeId subject{Decoder(*reported).array<16>()};
  XJ_TRY(const auto ledger_value, txn->get(broker::Table::kLedger, broker::ledger_key(subject)));
  XJ_TRY(const auto state_value,
         txn->get(broker::Table::kSeen, broker::seen_key({engine_.broker().self(), subject})));
  if (!ledger_value || !state_value)
    return refused("replaced: the notice has been sealed anew for another directory since");
  XJ_TRY(const auto ledger, broker::decode_ledger_row(*ledger_value));
  XJ_TRY(const auto state, broker::decode_state_row(*state_value));
  Finish finish;
  finish.act = crypto::keyed_hash(
      engine_.keys().local_key(),
      {as_bytes("XJ1/attachment"), subject.bytes, as_bytes(file.name), crypto::hash(file.content)});
  finish.code = ledger.code;
  finish.answer = {{"notice", to_text(subject)},
                   {"type", std::string(to_word(file.type))},
                   {"size", file.content.size()}};
  XJ_TRY(auto order, attachment_order(subject, ledger, state, std::move(file)));
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

Api::Outcome Api::inbox_attachment(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_whole_item(*txn, key));
  XJ_TRY(Payload payload, open_item(item, engine_.keys()));
  auto* file = std::get_if<AttachmentPayload>(&payload);
  if (file == nullptr) return refused("kind: the item is no attachment");
  note_opened(call, key.id, "attachment");
  ApiReply reply;
  reply.id = call.request.id;
  reply.ok = true;
  reply.json = json({{"id", to_text(key.id)},
                     {"type", std::string(to_word(file->type))},
                     {"name", file->name},
                     {"size", file->content.size()}})
                   .dump();
  reply.body = std::move(file->content);
  server_.reply(call.client, reply);
  return later();
}

}  // namespace xianjie::node
