#include "node/holders/request.h"

#include <algorithm>
#include <charconv>

#include "crypto/hash.h"
#include "schemas/text.h"

namespace xianjie::node::holders {
namespace {

constexpr std::string_view kTitle = "xianjie-request 1\n";
constexpr std::string_view kRequestDomain = "XJ1/request";
constexpr std::string_view kApprovalDomain = "XJ1/approval";

template <class Array>
std::optional<Array> fixed_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  Array out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::ranges::copy(*bytes, out.begin());
  return out;
}

std::string_view word_of(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}
std::string_view from_dash(std::string_view text) {
  return text == "-" ? std::string_view{} : text;
}

std::string channel_line(const Channel& channel) {
  std::string networks;
  for (const std::string& one : channel.networks) networks += (networks.empty() ? "" : ",") + one;
  return std::string(to_word(channel.klass)) + " " + or_dash(channel.endpoint) + " " +
         or_dash(channel.interface) + " " + or_dash(networks) + " " + or_dash(channel.attested);
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<Channel> read_channel_line(std::string_view rest) {
  Channel out;
  const auto klass = from_word<ChannelClass>(word_of(rest));
  if (!klass) return std::nullopt;
  out.klass = *klass;
  out.endpoint = from_dash(word_of(rest));
  out.interface = from_dash(word_of(rest));
  out.networks = listed(from_dash(word_of(rest)));
  out.attested = from_dash(rest);
  return out;
}

std::optional<KeyId> read_key_id(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  return KeyId{number};
}

// Lines in any order but the title first and the signatures last; each at most once, but lateral
// and channel.
struct Reader {
  Request out;
  OfficeKeySet keys;
  std::optional<Signature> signature;
  std::vector<std::string> seen;

  bool once(std::string_view name) {
    if (name != "lateral" && name != "channel" && std::ranges::find(seen, name) != seen.end())
      return false;
    seen.emplace_back(name);
    return true;
  }
  template <class T>
  static bool into(T& to, const auto& value) {
    if (!value) return false;
    to = *value;
    return true;
  }
  bool place(std::string_view name, std::string_view rest) {
    if (name == "office") return into(out.office.id, OfficeId::parse(rest));
    if (name == "parent") return into(out.office.parent, OfficeId::parse(rest));
    if (name == "name") {
      out.office.name = rest;
      return !rest.empty() && is_utf8(rest);
    }
    const auto lateral = OfficeId::parse(rest);
    if (lateral) out.office.laterals.push_back(*lateral);
    return lateral.has_value();
  }
  bool key_line(std::string_view name, std::string_view rest) {
    if (name == "key") return into(keys.id, read_key_id(rest));
    if (name == "signing") return into(keys.signing, fixed_hex<PublicKey>(rest));
    if (name == "sealing") return into(keys.sealing, fixed_hex<PublicKey>(rest));
    if (name == "link") return into(keys.link, fixed_hex<PublicKey>(rest));
    if (name == "from") return into(keys.valid_from, parse_wall_time(rest));
    return into(keys.valid_until, parse_wall_time(rest));
  }
  bool approved(std::string_view rest) {
    Approval approval;
    const auto by = OfficeId::parse(word_of(rest));
    const auto key = read_key_id(word_of(rest));
    const auto signed_by = fixed_hex<Signature>(rest);
    if (!by || !key || !signed_by) return false;
    out.approval = Approval{*by, *key, *signed_by};
    return true;
  }
  bool take(std::string_view name, std::string_view rest) {
    if (!once(name) || out.approval) return false;
    if (name == "approved") return signature.has_value() && approved(rest);
    if (signature) return false;
    if (name == "signature") return into(signature, fixed_hex<Signature>(rest));
    if (name == "channel") {
      const auto channel = read_channel_line(rest);
      if (channel) out.office.channels.push_back(*channel);
      return channel.has_value();
    }
    if (name == "office" || name == "parent" || name == "name" || name == "lateral")
      return place(name, rest);
    if (name == "key" || name == "signing" || name == "sealing" || name == "link" ||
        name == "from" || name == "until")
      return key_line(name, rest);
    return false;
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::find(seen, name) != seen.end();
  }
};

std::string_view through(std::string_view text, std::string_view line) {
  const std::size_t at = text.find("\n" + std::string(line) + " ");
  return at == std::string_view::npos ? text : text.substr(0, at + 1);
}

}  // namespace

std::string make_request(OfficeRecord office, const crypto::OfficeKeys& keys, WallTime from,
                         WallTime until) {
  std::string text(kTitle);
  text += "office " + to_text(office.id) + "\nname " + office.name + "\n";
  if (office.parent.is_set()) text += "parent " + to_text(office.parent) + "\n";
  for (const OfficeId lateral : office.laterals) text += "lateral " + to_text(lateral) + "\n";
  text += "key " + std::to_string(keys.id().number) + "\nsigning " + to_hex(keys.signing_public()) +
          "\nsealing " + to_hex(keys.sealing_public()) + "\nlink " + to_hex(keys.link_public()) +
          "\nfrom " + to_text(from) + "\n";
  if (until.is_set()) text += "until " + to_text(until) + "\n";
  for (const Channel& channel : office.channels) text += "channel " + channel_line(channel) + "\n";
  const Hash digest = crypto::hash(as_bytes(text));
  return text + "signature " + to_hex(keys.sign(kRequestDomain, digest)) + "\n";
}

Result<Request> read_request(std::string_view text) {
  if (text.size() > kRequestBytesMax) return refused("request: larger than any may be");
  if (!text.starts_with(kTitle))
    return refused(
        "request: does not begin with \"xianjie-request 1\"; `xianjie directory "
        "request` makes them");
  Reader reader;
  std::string_view rest = text.substr(kTitle.size());
  for (std::size_t line = 2; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      return refused("request: line " + std::to_string(line) + " has no end: the file was cut");
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const std::string_view name = word_of(one);
    if (!reader.take(name, one))
      return refused("request: line " + std::to_string(line) + ": `" + std::string(name) +
                     "` is malformed, unknown, twice, or in the wrong place");
  }
  for (const std::string_view name :
       {"office", "name", "key", "signing", "sealing", "link", "from", "signature"})
    if (!reader.has(name)) return refused("request: line `" + std::string(name) + "` is missing");
  if (reader.keys.valid_until.is_set() && reader.keys.valid_until <= reader.keys.valid_from)
    return refused("request: `until` is not after `from`");
  const Hash digest = crypto::hash(as_bytes(through(text, "signature")));
  if (!crypto::verify(reader.keys.signing, kRequestDomain, digest, *reader.signature))
    return corrupt("request: is not signed by its own signing key; it was altered");
  Request out = std::move(reader.out);
  out.office.keys = {reader.keys};
  out.fingerprint = crypto::hash(as_bytes(through(text, "approved")));
  return out;
}

Result<std::vector<std::string>> split_requests(std::string_view text) {
  std::vector<std::string> out;
  if (!text.starts_with(kTitle))
    return refused("requests: do not begin with \"xianjie-request 1\"");
  while (!text.empty()) {
    const std::size_t next = text.find("\n" + std::string(kTitle));
    const std::size_t end = next == std::string_view::npos ? text.size() : next + 1;
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

Result<std::string> approve_request(std::string_view text, const crypto::OfficeKeys& approver) {
  XJ_TRY(const Request request, read_request(text));
  if (request.approval)
    return refused("request: approved already by " + to_text(request.approval->by));
  if (approver.office() != request.office.parent && approver.office() != request.office.id)
    return refused("request: " + to_text(approver.office()) + " is neither " +
                   to_text(request.office.id) + " nor its parent " +
                   to_text(request.office.parent));
  if (approver.office() == request.office.id && approver.id() == request.office.keys[0].id)
    return refused("request: approved by the very key that it brings; use the one before");
  return std::string(text) + "approved " + to_text(approver.office()) + " " +
         std::to_string(approver.id().number) + " " +
         to_hex(approver.sign(kApprovalDomain, request.fingerprint)) + "\n";
}

Result<> check_approval(std::string_view text, const routing::Directory* directory,
                        const std::vector<Request>& others, WallTime now) {
  XJ_TRY(const Request request, read_request(text));
  const std::string name = "request of " + to_text(request.office.id);
  if (!request.office.parent.is_set()) return {};
  if (!request.approval)
    return refused(name + ": nobody has approved it; " + to_text(request.office.parent) +
                   " does, by `xianjie directory approve`");
  const Approval& by = *request.approval;
  if (by.by != request.office.parent && by.by != request.office.id)
    return refused(name + ": approved by " + to_text(by.by) + ", who is not its parent");
  std::optional<OfficeKeySet> key;
  if (directory != nullptr) {
    key = directory->key(by.by, by.key);
    if (key && !routing::is_valid(*key, now))
      return refused(name + ": approved with a key of " + to_text(by.by) + " that does not count");
  }
  for (const Request& other : others)
    if (!key && other.office.id == by.by && other.office.keys[0].id == by.key)
      key = other.office.keys[0];
  if (!key)
    return refused(name + ": approved with key " + std::to_string(by.key.number) + " of " +
                   to_text(by.by) + ", which the directory does not hold");
  if (!crypto::verify(key->signing, kApprovalDomain, request.fingerprint, by.signature))
    return corrupt(name + ": the approval is not signed by " + to_text(by.by));
  return {};
}

Result<Channel> parse_channel(std::string_view text) {
  Channel out;
  bool has_class = false;
  for (const std::string& part : listed(text)) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (name == "class") {
      const auto klass = from_word<ChannelClass>(value);
      if (!klass) return refused("channel: class: public, vpn, dedicated, media or ferry");
      out.klass = *klass;
      has_class = true;
    } else if (name == "endpoint") {
      out.endpoint = value;
    } else if (name == "interface") {
      out.interface = value;
    } else if (name == "network") {
      out.networks.push_back(value);
    } else if (name == "attested") {
      out.attested = value;
    } else {
      return refused("channel: `" + name +
                     "`: class=…,endpoint=tcp://…,interface=…,network=…,attested=… expected");
    }
  }
  if (!has_class) return refused("channel: class=… is missing");
  if (!out.endpoint.empty() && !out.endpoint.starts_with("tcp://"))
    return refused("channel: endpoint: tcp://ADDRESS:PORT, or nothing where nobody dials in");
  if (!out.attested.empty() && out.klass != ChannelClass::kVpn)
    return refused("channel: attested: who vouches for a vpn channel; no other class takes it");
  return out;
}

}  // namespace xianjie::node::holders
