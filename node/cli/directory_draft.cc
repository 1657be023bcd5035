#include "node/cli/directory_draft.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "adapters/channel_proof.h"
#include "adapters/files.h"
#include "node/cli/directory_source.h"
#include "node/holders/request.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

using nlohmann::json;
using Records = std::map<OfficeId, OfficeRecord*>;

std::string text_of(const json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<PublicKey> key_of(const json& value, const char* name) {
  const auto bytes = from_hex(text_of(value, name));
  PublicKey key{};
  if (!bytes || bytes->size() != key.size())
    return refused(std::string("`") + name + "`: 64 hex digits expected");
  std::ranges::copy(*bytes, key.begin());
  return key;
}

// A time that may be missing.
Result<WallTime> time_of(const json& value, const char* name, WallTime otherwise) {
  const std::string text = text_of(value, name);
  if (text.empty()) return otherwise;
  const auto time = parse_wall_time(text);
  if (!time) return refused(std::string("`") + name + "`: a time with offset expected");
  return *time;
}

Result<OfficeRecord*> record_of(const Records& records, const std::string& office) {
  const auto id = OfficeId::parse(office);
  const auto found = id ? records.find(*id) : records.end();
  if (found == records.end()) return refused("\"" + office + "\" is no office of the nation file");
  return found->second;
}

Result<> add_key(const Records& records, const json& value, WallTime created) {
  if (!value.is_object())
    return refused("a JSON object a line expected, as `xianjie keys show` prints");
  XJ_TRY(OfficeRecord* const record, record_of(records, text_of(value, "office")));
  OfficeKeySet set;
  const auto id = value.find("key_id");
  if (id == value.end() || !id->is_number_unsigned() || id->get<std::uint64_t>() == 0 ||
      id->get<std::uint64_t>() > 0xffffffffU)
    return refused("`key_id`: a number from 1 expected");
  set.id = {id->get<std::uint32_t>()};
  XJ_TRY(set.signing, key_of(value, "signing"));
  XJ_TRY(set.sealing, key_of(value, "sealing"));
  XJ_TRY(set.link, key_of(value, "link"));
  XJ_TRY(set.valid_from, time_of(value, "valid_from", created));
  XJ_TRY(set.valid_until, time_of(value, "valid_until", {}));
  const auto revoked = value.find("revoked");
  set.revoked = revoked != value.end() && revoked->is_boolean() && revoked->get<bool>();
  XJ_TRY(set.revoked_at, time_of(value, "revoked_at", {}));
  set.revoked = set.revoked || set.revoked_at.is_set();
  if (std::ranges::find(record->keys, set.id, &OfficeKeySet::id) != record->keys.end())
    return refused("key " + std::to_string(set.id.number) + " of " + to_text(record->id) +
                   " comes twice");
  record->keys.push_back(set);
  return {};
}

Result<> read_keys(const Records& records, const std::string& file, WallTime created) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kDirectoryBytesMax));
  std::string_view text = as_text(bytes);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto added = add_key(records, json::parse(one, nullptr, false), created);
    if (!added) return refused(file + ": line " + std::to_string(line) + ": " + added.error().text);
  }
  return {};
}

Result<Channel> channel_of(const json& value) {
  Channel channel;
  if (!value.is_object()) return refused("{class, endpoint, networks, interface} expected");
  const auto klass = from_word<ChannelClass>(text_of(value, "class"));
  if (!klass) return refused("`class`: public, vpn, dedicated, media or ferry");
  channel.klass = *klass;
  channel.endpoint = text_of(value, "endpoint");
  channel.interface = text_of(value, "interface");
  channel.attested = text_of(value, "attested");
  if (!channel.attested.empty() && channel.klass != ChannelClass::kVpn)
    return refused("`attested`: who vouches for a vpn channel; no other class takes it");
  if (!channel.endpoint.empty() && !channel.endpoint.starts_with("tcp://"))
    return refused("`endpoint`: tcp://ADDRESS:PORT, or nothing where nobody dials in");
  for (const json& network : value.value("networks", json::array())) {
    channel.networks.push_back(network.is_string() ? network.get<std::string>() : "");
    XJ_TRY_VOID(adapters::IpNetwork::parse(channel.networks.back()));
  }
  return channel;
}

Result<> read_channels(const Records& records, const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kDirectoryBytesMax));
  const json channels = json::parse(as_text(bytes), nullptr, false);
  if (!channels.is_object()) return refused(file + ": {office: {class, …}, …} expected");
  for (const auto& [office, value] : channels.items()) {
    auto record = record_of(records, office);
    if (!record) return refused(file + ": " + record.error().text);
    (*record)->channels.clear();
    for (const json& one : value.is_array() ? value : json::array({value})) {
      auto channel = channel_of(one);
      if (!channel) return refused(file + ": " + office + ": " + channel.error().text);
      for (const Channel& other : (*record)->channels)
        if (other.klass == channel->klass)
          return refused(file + ": " + office + ": two channels of one class");
      (*record)->channels.push_back(std::move(*channel));
    }
  }
  return {};
}

// Keys and channels out of approved requests. An approver may be among the new ones.
Result<> read_requests(const Records& records, const std::vector<std::string>& files,
                       WallTime created) {
  std::vector<std::string> texts;
  std::vector<holders::Request> all;
  for (const std::string& file : files) {
    XJ_TRY(const Bytes bytes, adapters::read_file(file, kDirectoryBytesMax));
    auto split = holders::split_requests(as_text(bytes));
    if (!split) return refused(file + ": " + split.error().text);
    for (std::string& text : *split) {
      auto request = holders::read_request(text);
      if (!request) return refused(file + ": " + request.error().text);
      all.push_back(std::move(*request));
      texts.push_back(std::move(text));
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    XJ_TRY_VOID(holders::check_approval(texts[i], nullptr, all, created));
    XJ_TRY(OfficeRecord* const record, record_of(records, to_text(all[i].office.id)));
    if (record->parent != all[i].office.parent)
      return refused("request of " + to_text(record->id) + ": its parent is " +
                     to_text(all[i].office.parent) + ", in the nation file " +
                     to_text(record->parent));
    record->keys.push_back(all[i].office.keys[0]);
    record->channels = all[i].office.channels;
  }
  return {};
}

// One line a day: 2027-02-17,holiday or 2027-02-20,working (a make-up day at a weekend).
Result<> read_holidays(DirectoryHeader& header, const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, 1U << 20));
  std::string_view rest = as_text(bytes);
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty() || text.starts_with('#')) continue;
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto date = parse_iso_date(text.substr(0, comma));
    const std::string_view what = text.substr(std::min(comma + 1, text.size()));
    if (!date || (what != "holiday" && what != "working"))
      return refused(file + ": line " + std::to_string(line) +
                     ": 2027-02-17,holiday or 2027-02-20,working expected");
    (what == "holiday" ? header.holidays : header.working_weekends).push_back(*date);
  }
  return {};
}

}  // namespace

Result<BulkDraft> draft_directory(const DraftOptions& options, WallTime created) {
  BulkDraft draft;
  XJ_TRY(adapters::Nation nation, load_nation(options.offices));
  draft.warnings = std::move(nation.warnings);
  draft.contents.offices = std::move(nation.offices);
  Records records;
  for (OfficeRecord& record : draft.contents.offices) records[record.id] = &record;
  for (const std::string& file : options.keys_json) XJ_TRY_VOID(read_keys(records, file, created));
  if (!options.channels.empty()) XJ_TRY_VOID(read_channels(records, options.channels));
  XJ_TRY_VOID(read_requests(records, options.requests, created));
  for (OfficeRecord& record : draft.contents.offices) {
    std::ranges::sort(record.keys, {}, &OfficeKeySet::id);
    if (record.keys.empty())
      draft.warnings.push_back(to_text(record.id) + " has no keys: nothing can be sealed to it");
  }
  DirectoryHeader& header = draft.contents.header;
  header.version = options.version;
  header.rehearsal = options.rehearsal;
  header.created = created;
  if (!options.holidays.empty()) XJ_TRY_VOID(read_holidays(header, options.holidays));
  if (options.valid_days > 0)
    header.valid_until = created + days(options.valid_days);
  else if (!options.rehearsal)
    return refused("a directory without an end is for rehearsals only: --valid-days");
  XJ_TRY(auto file, DirectoryFile::open(encode_directory_body(draft.contents)));
  XJ_TRY_VOID(routing::Directory::open(std::move(file)));
  return draft;
}

}  // namespace xianjie::node::cli
