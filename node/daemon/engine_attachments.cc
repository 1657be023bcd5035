// Attachments follow their subjects (node/office/attachments.h): settled with them, passed on with
// them.
#include "node/daemon/engine.h"
#include "node/daemon/log.h"
#include "node/office/attachments.h"

namespace xianjie::node {

Result<> Engine::follow_subjects(broker::ReadTxn& txn) {
  XJ_TRY(const auto found, find_attachments(txn));
  std::size_t bytes = 0;
  for (const FoundAttachment& one : found) {
    if (one.row.copy || one.row.settled || one.row.continued_by.is_set()) continue;
    XJ_TRY(const Following following, follow_subject(txn, keys().office(), one));
    if (following.follow == Follow::kWait) continue;
    if (following.follow == Follow::kSettle) {
      broker::Settle settle;
      settle.key = one.row.key;
      post(std::move(settle), [](broker::Reply&) {});
      continue;
    }
    bytes += one.header.sealed_bytes;
    if (bytes > kTurnBytesMax || !batch_number_ready()) {  // the others with the next look
      unwatched_ = true;
      return {};
    }
    if (const auto done = pass_on_attachment(txn, one, following); !done)
      log(LogEvent::kNotFollowed, "id=" + to_text(one.row.key.id) + " " + done.error().text);
  }
  return {};
}

Result<> Engine::pass_on_attachment(broker::ReadTxn& txn, const FoundAttachment& attachment,
                                    const Following& following) {
  XJ_TRY(const Item item, load_whole_item(txn, attachment.row.key));
  XJ_TRY(const Payload payload, open_item(item, keys()));
  post(broker::Audit{"opened id=" + to_text(attachment.row.key.id) + " by=service"});
  broker::Continue event;
  event.key = attachment.row.key;
  XJ_TRY(event.order, prepare_one(following_order(attachment, following, payload)));
  post(std::move(event), [](broker::Reply&) {});
  return {};
}

}  // namespace xianjie::node
