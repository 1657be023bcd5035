#include "node/office/views.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "broker/clock_watch.h"
#include "node/office/desk.h"
#include "node/office/duplicates.h"
#include "node/office/forms.h"
#include "routing/channels.h"
#include "routing/codes.h"

namespace xianjie::node {
namespace {

using broker::EnvelopeKey;
using broker::Place;
using broker::StateRow;
using broker::Table;
using nlohmann::json;

std::string word(auto value) {
  return std::string(to_word(value));
}
json id_or_null(const EnvelopeId& id) {
  return id.is_set() ? json(to_text(id)) : json(nullptr);
}

Result<std::optional<StateRow>> state_of(broker::ReadTxn& txn, const EnvelopeKey& key) {
  XJ_TRY(const auto value, txn.get(Table::kSeen, broker::seen_key(key)));
  if (!value) return std::optional<StateRow>{};
  XJ_TRY(auto row, broker::decode_state_row(*value));
  return std::optional<StateRow>(std::move(row));
}

}  // namespace

json time_or_null(WallTime time) {
  return time.is_set() ? json(to_text(time)) : json(nullptr);
}

std::string state_word(const StateRow& row, bool queued, const Now& now) {
  switch (row.place) {
    case Place::kQueued:
      if (!queued) return word(State::kSent);
      if (row.not_before.is_set() && (!now.wall_trusted || now.wall < row.not_before))
        return word(State::kGated);
      return word(row.attempts > 0 ? State::kDeferred : State::kReady);
    case Place::kHeld:
      return word(State::kHeld);
    case Place::kAway:
      return "passed_on";
    case Place::kInbox:
      return word(State::kInbox);
    case Place::kSettled:
      return word(State::kSettled);
    case Place::kDead:
      return word(State::kDead);
    case Place::kCorrupt:
      return word(State::kCorrupt);
  }
  return "";
}

bool matches(const InboxFilter& filter, const broker::InboxRow& row) {
  if (row.copy ? !filter.copies : !filter.items) return false;
  if (filter.id.is_set() && row.key.id != filter.id) return false;
  if (row.settled && !filter.settled_too) return false;
  if (!row.settled && filter.settled_only) return false;
  if (!filter.notices && carries_notice(row.kind)) return false;
  if (filter.kind && row.kind != *filter.kind) return false;
  if (!filter.kind && row.kind == Kind::kAttachment) return false;  // shown with their subject
  return !filter.period || row.period == *filter.period;
}

Result<json> inbox_item_view(broker::ReadTxn& txn, const broker::InboxRow& row) {
  XJ_TRY(const auto state, state_of(txn, row.key));
  XJ_TRY(const bool kept, broker::is_kept_back(txn, row.key));
  json item{{"id", to_text(row.key.id)},
            {"origin", to_text(row.key.origin)},
            {"kind", word(row.kind)},
            {"period", to_text(row.period)},
            {"state", row.copy ? "copy" : word(row.settled ? State::kSettled : State::kInbox)},
            {"copy", row.copy},
            {"kept_back", kept},
            {"continued_by", id_or_null(row.continued_by)},
            {"due", time_or_null(row.due)}};
  if (state) {
    item["received"] = to_text(state->taken);
    item["late"] = state->late;
    item["collected"] = state->collected;
  }
  return item;
}

json duplicates_view(const Duplicates& duplicates, const EnvelopeKey& key) {
  json out = json::array();
  if (const auto found = duplicates.find(key); found != duplicates.end())
    for (const EnvelopeId& other : found->second) out.push_back(to_text(other));
  return out;
}

Result<json> inbox_view(broker::ReadTxn& txn, const InboxFilter& filter,
                        const Duplicates& duplicates) {
  const auto from = from_hex(filter.after);
  if (!from) return refused("after: what an earlier answer called `more`");
  const auto is_collected = [&](const broker::InboxRow& row) {
    const auto state = state_of(txn, row.key);
    return state && *state && (*state)->collected;
  };
  std::vector<broker::InboxRow> rows;
  json more;
  XJ_TRY_VOID(txn.scan(Table::kInbox, *from, {}, [&](const broker::Row& row) {
    const auto decoded = broker::decode_inbox_row(row.value);
    if (!decoded || !matches(filter, *decoded)) return true;
    if (filter.collected_only && !is_collected(*decoded)) return true;
    if (rows.size() >= filter.limit) {
      more = to_hex(row.key);
      return false;
    }
    rows.push_back(*decoded);
    return true;
  }));
  json items = json::array();
  for (const broker::InboxRow& row : rows) {
    XJ_TRY(auto item, inbox_item_view(txn, row));
    if (item["kept_back"] && !filter.settled_too) continue;
    item["possible_duplicate_of"] = duplicates_view(duplicates, row.key);
    items.push_back(std::move(item));
  }
  return json{{"items", std::move(items)}, {"more", std::move(more)}};
}

json steps_view(const std::vector<Step>& steps, bool with_remarks) {
  json out = json::array();
  for (const Step& step : steps) {
    out.push_back({{"office", to_text(step.office)},
                   {"id", to_text(step.id)},
                   {"action", word(step.action)},
                   {"reason", step.reason ? json(word(*step.reason)) : json(nullptr)},
                   {"to", step.to.is_set() ? json(to_text(step.to)) : json(nullptr)},
                   {"code", step.code == 0 ? json(nullptr) : json(routing::code_text(step.code))},
                   {"time", to_text(step.time)}});
    if (with_remarks) out.back()["remarks"] = step.remarks;
  }
  return out;
}

namespace {

json form_view(const FormPayload& payload) {
  const Form* form = find_form(payload.form);
  json out{{"form", payload.form},
           {"form_zh", form == nullptr ? "" : std::string(form->zh)},
           {"version", payload.version}};
  json rows = json::array();
  std::uint32_t row = 0;
  for (const FormCell& cell : payload.cells) {
    if (cell.row != row) rows.push_back(json::object());
    row = cell.row;
    (row == 0 ? out : rows.back())[cell.name] = cell.value;
  }
  if (!rows.empty()) out["rows"] = std::move(rows);
  return out;
}

}  // namespace

json payload_view(const Payload& payload) {
  if (const auto* form = std::get_if<FormPayload>(&payload)) return form_view(*form);
  if (const auto* result = std::get_if<CheckResultPayload>(&payload)) {
    json out{{"notice", to_text(result->notice)},
             {"outcome", check_outcome_word(static_cast<std::uint8_t>(result->outcome))},
             {"remarks", result->remarks},
             {"steps", steps_view(result->steps)}};
    if (result->checked_by.is_set()) out["checked_by"] = to_text(result->checked_by);
    return out;
  }
  if (const auto* file = std::get_if<AttachmentPayload>(&payload))
    return {{"type", word(file->type)}, {"name", file->name}, {"size", file->content.size()}};
  XJ_CHECK(std::holds_alternative<NoticePayload>(payload));
  const auto& notice = std::get<NoticePayload>(payload);
  json out{{"name", notice.name},
           {"sex", notice.sex == Sex::kMale     ? "男"
                   : notice.sex == Sex::kFemale ? "女"
                                                : ""},
           {"id_number", notice.id_number},
           {"birth_date", notice.birth_date},
           {"registration_code", notice.registration_code},
           {"registration_address", notice.registration_address},
           {"release_date", notice.release_date},
           {"release_type", notice.release_type},
           {"risk", notice.risk},
           {"focus", notice.focus},
           {"identity_doubtful", notice.identity_doubtful},
           {"remarks", notice.remarks},
           {"resolved_code", routing::code_text(notice.resolved_code)},
           {"confidence", word(notice.confidence)}};
  const std::pair<const char*, const std::string*> optional[] = {
      {"ethnicity", &notice.ethnicity},
      {"education", &notice.education},
      {"marital_status", &notice.marital_status},
      {"registration_type", &notice.registration_type},
      {"residence", &notice.residence},
      {"telephone", &notice.telephone},
      {"offence", &notice.offence},
      {"sentence", &notice.sentence},
      {"family_contact", &notice.family_contact}};
  for (const auto& [name, value] : optional)
    if (!value->empty()) out[name] = *value;
  return out;
}

namespace {

// Shut only because the clock is not trusted: by that clock the gate is past.
bool waits_for_clock(WallTime not_before, const Now& now) {
  return not_before.is_set() && !now.wall_trusted && now.wall >= not_before;
}

struct QueueNumbers {
  std::uint64_t gated = 0, ready = 0, sent = 0, bytes = 0, waiting_for_clock = 0;
  WallTime oldest, next_gate;
};

}  // namespace

Result<json> queue_view(broker::ReadTxn& txn, OfficeId self, const Now& now) {
  std::map<std::pair<OfficeId, Lane>, QueueNumbers> queues;
  XJ_TRY_VOID(txn.scan(Table::kQueue, {}, {}, [&](const broker::Row& row) {
    const auto key = broker::parse_queue_key(row.key);
    if (!key) return true;
    QueueNumbers& numbers = queues[{key->neighbour, key->lane}];
    Decoder in(row.value);
    const WallTime created = broker::parse_seen_key(in.raw(24)).id.created();
    in.u8();
    numbers.bytes += in.u32();
    if (!numbers.oldest.is_set() || created < numbers.oldest) numbers.oldest = created;
    if (key->not_before.is_set() && (!now.wall_trusted || now.wall < key->not_before)) {
      ++numbers.gated;
      numbers.waiting_for_clock += waits_for_clock(key->not_before, now) ? 1U : 0U;
      if (!numbers.next_gate.is_set() || key->not_before < numbers.next_gate)
        numbers.next_gate = key->not_before;
    } else {
      ++numbers.ready;
    }
    return true;
  }));
  XJ_TRY_VOID(txn.scan(Table::kBatches, Bytes{0}, Bytes{0}, [&](const broker::Row& row) {
    Decoder in(row.key);
    in.u8();
    const auto neighbour = OfficeId::from_value(in.u64());
    const auto batch = broker::decode_batch_row(row.value);
    if (neighbour && batch) queues[{*neighbour, Lane::kNormal}].sent += batch->items.size();
    return true;
  }));
  json list = json::array(), held = json::array();
  for (const auto& [key, numbers] : queues)
    list.push_back({{"neighbour", to_text(key.first)},
                    {"lane", word(key.second)},
                    {"gated", numbers.gated},
                    {"waiting_for_clock", numbers.waiting_for_clock},
                    {"ready", numbers.ready},
                    {"sent", numbers.sent},
                    {"bytes", numbers.bytes},
                    {"oldest", time_or_null(numbers.oldest)},
                    {"next_gate", time_or_null(numbers.next_gate)}});
  XJ_TRY_VOID(txn.scan(Table::kHeld, {}, {}, [&](const broker::Row& row) {
    const auto decoded = broker::decode_held_row(row.value);
    const EnvelopeKey key = broker::parse_seen_key(row.key);
    if (decoded)
      held.push_back(
          {{"id", to_text(key.id)},
           {"origin", to_text(key.origin)},
           {"reason", decoded->reason},
           {"since", to_text(decoded->since)},
           {"next", decoded->next.is_set() ? json(to_text(decoded->next)) : json(nullptr)}});
    return true;
  }));
  return json{
      {"office", to_text(self)}, {"clock", clock_view(now)}, {"queues", list}, {"held", held}};
}

Result<json> restored_view(broker::ReadTxn& txn, const broker::Broker& broker) {
  if (!broker.restored()) return json(nullptr);
  std::uint64_t kept = 0;
  XJ_TRY_VOID(txn.scan(Table::kRecalls, {}, {}, [&](const broker::Row&) {
    ++kept;
    return true;
  }));
  return json{{"noticed", time_or_null(broker.restored()->at)},
              {"reconciling", kept > 0},
              {"kept_back", kept},
              {"unknown_own", broker.restored()->unknown_own}};
}

json clones_view(const broker::Broker& broker) {
  json out = json::array();
  for (const auto& [office, peer] : broker.peers())
    if (!peer.identity.empty())
      out.push_back({{"neighbour", to_text(office)}, {"refused_here", peer.identity == "clone"}});
  return out;
}

json clock_view(const Now& now) {
  json out{{"trusted", now.wall_trusted},
           {"reason", nullptr},
           {"zh", to_zh(now.doubt)},
           {"off_seconds", now.off.ms / 1000},
           {"text", broker::describe_doubt(now)}};
  if (!now.wall_trusted) out["reason"] = word(now.doubt);
  return out;
}

Result<json> envelope_view(broker::ReadTxn& txn, const EnvelopeKey& key, const Now& now) {
  XJ_TRY(const auto state, state_of(txn, key));
  if (!state) return fail(ErrorCode::kNotFound, "not_found: no such envelope at this office");
  XJ_TRY(const auto queue_row,
         txn.get(Table::kQueue,
                 broker::queue_key({state->next, state->lane, state->not_before, state->seq})));
  json out{{"id", to_text(key.id)},
           {"origin", to_text(key.origin)},
           {"state", state_word(*state, queue_row.has_value(), now)},
           {"lane", word(state->lane)},
           {"hops", state->hops},
           {"late", state->late},
           {"path_copy", state->path_copy},
           {"from", state->from.is_set() ? json(to_text(state->from)) : json(nullptr)},
           {"next", state->next.is_set() ? json(to_text(state->next)) : json(nullptr)},
           {"taken", to_text(state->taken)},
           {"changed", to_text(state->changed)},
           {"not_before", time_or_null(state->not_before)},
           {"not_after", to_text(state->not_after)},
           {"bytes", state->bytes}};
  const bool for_clock = queue_row && waits_for_clock(state->not_before, now);
  out["waiting_for_clock"] = for_clock;
  if (for_clock) out["reason"] = "clock: " + broker::describe_doubt(now);
  XJ_TRY(const auto held, txn.get(Table::kHeld, broker::seen_key(key)));
  if (held)
    if (const auto row = broker::decode_held_row(*held)) out["reason"] = row->reason;
  const auto item = load_item(txn, key);
  if (!item) return out;
  json readers = json::array();
  for (const Reader& reader : item->header.readers) readers.push_back(to_text(reader.office));
  out["kind"] = word(item->header.kind);
  out["class"] = word(item->header.klass);
  out["period"] = to_text(item->header.period);
  out["destination"] = to_text(item->header.destination);
  out["created"] = to_text(item->header.created);
  out["readers"] = readers;
  out["due"] = time_or_null(item->header.due);
  out["in_reply_to"] = id_or_null(item->header.in_reply_to);
  out["copy_of"] = id_or_null(item->header.copy_of);
  return out;
}

namespace {

// The wall time of an instant; null where there was none.
json wall_of(Instant instant, const Now& now) {
  return instant.ms == 0 ? json(nullptr) : json(to_text(now.wall + (instant - now.instant)));
}

// Where the one dials the other.
std::string endpoint_of(const routing::Directory& directory, OfficeId self, OfficeId neighbour,
                        ChannelClass channel) {
  const auto record = directory.find(directory.dials(self, neighbour) ? neighbour : self);
  if (record)
    for (const Channel& one : record->channels)
      if (one.klass == channel) return one.endpoint;
  return "";
}

// One row a channel of the directory to this neighbour, and one that is up without standing there.
json link_rows(const broker::Broker& broker, OfficeId neighbour, const Now& now) {
  const auto& directory = broker.snapshot().directory;
  const auto found = broker.peers().find(neighbour);
  const broker::Peer peer = found == broker.peers().end() ? broker::Peer{} : found->second;
  std::map<ChannelClass, broker::Link> links = peer.links;
  for (const ChannelClass channel : routing::channels_between(directory, broker.self(), neighbour))
    links[channel];
  const auto key = directory.newest_key(neighbour, now.wall);
  json rows = json::array();
  for (auto at = links.rbegin(); at != links.rend(); ++at) {
    const auto& [channel, link] = *at;
    const bool working = link.up && link.greeted;
    rows.push_back(
        {{"neighbour", to_text(neighbour)},
         {"channel", word(channel)},
         {"state", channel == ChannelClass::kMedia   ? "courier"
                   : channel == ChannelClass::kFerry ? "folder"
                   : working ? (link.outstanding.empty() ? "idle" : "sending")
                   : link.up && peer.identity == "clone" ? "refused_as_clone"
                   : link.up                             ? "greeting"
                                                         : "down"},
         {"class", working ? json(word(link.channel_class)) : json(nullptr)},
         {"class_proof", working ? json(word(link.proof)) : json(nullptr)},
         {"carries", working && peer.best() == channel},
         {"dialled", directory.dials(broker.self(), neighbour)},
         {"endpoint", endpoint_of(directory, broker.self(), neighbour, channel)},
         {"outstanding", link.outstanding.size()},
         {"window", link.window},
         {"directory_version", link.peer_directory_version},
         {"digest_differs", link.digest_differs},
         {"round_trip_ms", link.round_trip.ms < 0 ? json(nullptr) : json(link.round_trip.ms)},
         {"last_progress", wall_of(link.progress, now)},
         {"next_retry",
          link.blocked_until > now.instant ? wall_of(link.blocked_until, now) : json(nullptr)},
         {"key_until", key ? time_or_null(key->valid_until) : json(nullptr)}});
  }
  return rows;
}

}  // namespace

json links_view(const broker::Broker& broker, const Now& now) {
  json links = json::array();
  for (const OfficeId neighbour : broker.snapshot().directory.neighbours(broker.self()))
    for (json& row : link_rows(broker, neighbour, now)) links.push_back(std::move(row));
  return {{"office", to_text(broker.self())}, {"links", std::move(links)}};
}

Result<json> custody_view(broker::ReadTxn& txn) {
  json rows = json::array(), insertions = json::array();
  XJ_TRY_VOID(txn.scan(Table::kSeen, {}, {}, [&](const broker::Row& row) {
    const auto state = broker::decode_state_row(row.value);
    const EnvelopeKey key = broker::parse_seen_key(row.key);
    if (state)
      rows.push_back({{"origin", to_text(key.origin)},
                      {"id", to_text(key.id)},
                      {"taken", to_text(state->taken)}});
    return true;
  }));
  XJ_TRY_VOID(txn.scan(Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && !inbox->copy)
      insertions.push_back(
          {{"origin", to_text(inbox->key.origin)}, {"id", to_text(inbox->key.id)}});
    return true;
  }));
  return json{{"rows", rows}, {"insertions", insertions}};
}

}  // namespace xianjie::node
