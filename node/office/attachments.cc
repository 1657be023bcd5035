#include "node/office/attachments.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/office/id_number.h"

namespace xianjie::node {
namespace {

using broker::Table;
using nlohmann::json;

using Ending = AttachmentEnding;
constexpr std::array kEndings{
    Ending{"jpg", AttachmentType::kPhotograph},  Ending{"jpeg", AttachmentType::kPhotograph},
    Ending{"png", AttachmentType::kPhotograph},  Ending{"wsq", AttachmentType::kFingerprint},
    Ending{"fpt", AttachmentType::kFingerprint}, Ending{"pdf", AttachmentType::kDocument},
    Ending{"tif", AttachmentType::kDocument},    Ending{"tiff", AttachmentType::kDocument}};

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Result<std::optional<broker::StateRow>> seen_row(broker::ReadTxn& txn,
                                                 const broker::EnvelopeKey& key) {
  XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key(key)));
  if (!value) return std::optional<broker::StateRow>{};
  XJ_TRY(auto row, broker::decode_state_row(*value));
  return std::optional<broker::StateRow>(std::move(row));
}

Result<std::optional<broker::InboxRow>> inbox_row_at(broker::ReadTxn& txn, std::uint64_t seq) {
  XJ_TRY(const auto value, txn.get(Table::kInbox, broker::seq_key(seq)));
  if (!value) return std::optional<broker::InboxRow>{};
  XJ_TRY(auto row, broker::decode_inbox_row(*value));
  return std::optional<broker::InboxRow>(std::move(row));
}

// The subject in this inbox: under the id that the attachment names, or as a replacement that says
// so.
Result<std::optional<broker::InboxRow>> find_subject(broker::ReadTxn& txn,
                                                     const FoundAttachment& attachment) {
  const broker::EnvelopeKey named{attachment.header.origin, attachment.header.refers_to};
  XJ_TRY(const auto state, seen_row(txn, named));
  if (state && state->inbox_seq != 0) return inbox_row_at(txn, state->inbox_seq);
  std::vector<broker::InboxRow> rows;
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && carries_notice(inbox->kind) && inbox->key.origin == named.origin)
      rows.push_back(*inbox);
    return true;
  }));
  for (const broker::InboxRow& row : rows) {
    const auto item = load_item(txn, row.key);
    if (item && item->header.refers_to == named.id) return std::optional(row);
  }
  return std::optional<broker::InboxRow>{};
}

json entry(AttachmentType type, std::size_t size) {
  return {{"type", std::string(to_word(type))},
          {"zh", std::string(to_zh(type))},
          {"size", size},
          {"state", "missing"},
          {"announced", true},
          {"id", nullptr},
          {"name", nullptr}};
}

}  // namespace

std::span<const AttachmentEnding> attachment_ending_rows() {
  return kEndings;
}

std::expected<AttachmentName, std::string> parse_attachment_name(std::string_view file_name,
                                                                 const Date& today) {
  const auto dot = file_name.rfind('.');
  const std::string ending =
      dot == std::string_view::npos ? "" : lower_case(file_name.substr(dot + 1));
  const auto known = std::ranges::find(kEndings, ending, &Ending::text);
  if (known == kEndings.end())
    return std::unexpected("attachment_name: its ending says what it is: " + attachment_endings());
  const std::string_view stem = file_name.substr(0, dot);
  const auto number = parse_id_number(stem.substr(0, stem.find('-')), today);
  if (!number)
    return std::unexpected("attachment_name: begins with the person's ID number, then perhaps - " +
                           std::string("and more; ") + reason_for(number.error()));
  const bool plain = std::ranges::all_of(file_name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  });
  if (!plain || file_name.size() > 128)
    return std::unexpected("attachment_name: letters, digits and . _ - only, at most 128");
  return AttachmentName{number->text, known->type};
}

std::string attachment_endings() {
  std::string out;
  for (const Ending& one : kEndings)
    out += (out.empty() ? "" : ", ") + std::string(one.text) + " (" +
           std::string(to_word(one.type)) + ")";
  return out;
}

Result<std::vector<AnnouncedAttachment>> announced_attachments(std::string_view json_text) {
  std::vector<AnnouncedAttachment> out;
  if (json_text.empty()) return out;
  const json list = json::parse(json_text, nullptr, false);
  const auto malformed = [] {
    return refused("attachments: a list of id_number, type, size and hash expected");
  };
  if (!list.is_array()) return malformed();
  for (const json& one : list) {
    if (!one.is_object() || !one.contains("id_number") || !one["id_number"].is_string() ||
        !one.contains("hash") || !one["hash"].is_string() || !one.contains("type") ||
        !one["type"].is_string() || !one.contains("size") || !one["size"].is_number_unsigned())
      return malformed();
    AnnouncedAttachment announced;
    announced.id_number = one["id_number"].get<std::string>();
    const auto type = from_word<AttachmentType>(one["type"].get<std::string>());
    const auto hash = from_hex(one["hash"].get<std::string>());
    const auto size = one["size"].get<std::uint64_t>();
    if (!type || !hash || hash->size() != announced.note.hash.size() || size > kAttachmentBytesMax)
      return malformed();
    announced.note.type = *type;
    announced.note.size = static_cast<std::uint32_t>(size);
    std::ranges::copy(*hash, announced.note.hash.begin());
    out.push_back(std::move(announced));
  }
  return out;
}

Result<broker::Order> attachment_order(const EnvelopeId& subject, const broker::LedgerRow& ledger,
                                       const broker::StateRow& state,
                                       AttachmentPayload attachment) {
  if (ledger.receipt != ReceiptType::kAccepted && ledger.receipt != ReceiptType::kDelivered &&
      ledger.receipt != ReceiptType::kCollected)
    return refused("over: the notice ended as " + std::string(to_word(ledger.receipt)));
  broker::Order order;
  order.kind = Kind::kAttachment;
  order.destination = ledger.destination;
  order.period = ledger.period;
  order.refers_to = subject;
  order.not_before = state.place == broker::Place::kQueued ? state.not_before : WallTime{};
  order.not_after = ledger.not_after;
  order.payload = encode(Payload(std::move(attachment)));
  return order;
}

Result<std::vector<FoundAttachment>> find_attachments(broker::ReadTxn& txn) {
  std::vector<FoundAttachment> out;
  std::vector<broker::InboxRow> rows;
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && inbox->kind == Kind::kAttachment) rows.push_back(*inbox);
    return true;
  }));
  for (const broker::InboxRow& row : rows)
    if (auto item = load_item(txn, row.key)) out.push_back({row, std::move(item->header)});
  return out;
}

bool belongs_to(const FoundAttachment& attachment, const Item& item) {
  const EnvelopeId& subject = attachment.header.refers_to;
  return attachment.header.origin == item.key.origin &&
         (subject == item.key.id || subject == item.header.refers_to);
}

Result<json> attachments_view(broker::ReadTxn& txn, const Item& item, const NoticePayload& notice,
                              const crypto::KeyRing& keys) {
  std::vector<std::pair<Hash, json>> out;
  for (const AttachmentNote& note : notice.attachments)
    out.emplace_back(note.hash, entry(note.type, note.size));
  XJ_TRY(const auto found, find_attachments(txn));
  for (const FoundAttachment& one : found) {
    if (!belongs_to(one, item)) continue;
    const auto here = load_whole_item(txn, one.row.key);
    const auto payload = here ? open_item(*here, keys) : std::unexpected(here.error());
    const auto* file = payload ? std::get_if<AttachmentPayload>(&*payload) : nullptr;
    if (file == nullptr) continue;  // damaged here: it stays missing, and comes again
    const Hash hash = crypto::hash(file->content);
    auto place = std::ranges::find_if(
        out, [&](const auto& each) { return each.first == hash && each.second["id"].is_null(); });
    if (place == out.end()) {
      out.emplace_back(hash, entry(file->type, file->content.size()));
      place = std::prev(out.end());
      place->second["announced"] = false;
    }
    place->second["state"] = "here";
    place->second["id"] = to_text(one.row.key.id);
    place->second["name"] = file->name;
  }
  json list = json::array();
  for (auto& [hash, view] : out) list.push_back(std::move(view));
  return list;
}

Result<Following> follow_subject(broker::ReadTxn& txn, OfficeId self,
                                 const FoundAttachment& attachment) {
  Following out;
  XJ_TRY(const auto subject, find_subject(txn, attachment));
  if (!subject) return out;
  if (subject->continued_by.is_set()) {
    const broker::EnvelopeKey key{self, subject->continued_by};
    XJ_TRY(const auto value, txn.get(Table::kLedger, broker::ledger_key(key.id)));
    if (!value) return out;
    XJ_TRY(out.ledger, broker::decode_ledger_row(*value));
    out.continued_by = key.id;
    out.follow = Follow::kContinue;
  } else if (subject->settled) {
    out.follow = Follow::kSettle;
  }
  return out;
}

broker::Order following_order(const FoundAttachment& attachment, const Following& following,
                              const Payload& payload) {
  broker::Order order;
  order.kind = Kind::kAttachment;
  order.destination = following.ledger.destination;
  order.period = attachment.header.period;
  order.continues = attachment.row.key.id;
  order.refers_to = following.continued_by;
  order.not_after = following.ledger.not_after;
  order.payload = encode(payload);
  return order;
}

}  // namespace xianjie::node
