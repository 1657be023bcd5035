// `directory …` as its holders and joining offices use it: keys, root, requests, signatures,
// publishing. No command here talks to a daemon but `import`.
#include <fstream>
#include <iostream>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "adapters/holder_key_file.h"
#include "adapters/system_random.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "node/cli/commands.h"
#include "node/cli/directory_families.h"
#include "node/cli/directory_files.h"
#include "node/cli/directory_source.h"
#include "node/cli/passphrase.h"
#include "node/cli/text_table.h"
#include "node/daemon/engine.h"
#include "node/holders/draft.h"

namespace xianjie::node::cli {
namespace {

void print_plain(std::ostream& out, const json& value) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, field] : value.items()) fields.emplace_back(name, cell(field));
  print_fields(out, fields);
}

std::string check_moment(const std::string& text) {
  return parse_wall_time(text) ? ""
                               : "\"" + text + "\" is no time such as 2026-12-09T12:00:00+08:00";
}
WallTime moment(const std::string& text) {
  return text.empty() ? adapters::real_wall_time() : *parse_wall_time(text);
}

Result<RoleKeys> role_keys(const std::vector<std::string>& hex, std::size_t threshold) {
  RoleKeys out;
  out.threshold = static_cast<std::uint8_t>(threshold);
  for (const std::string& text : hex) {
    const auto bytes = from_hex(text);
    PublicKey key{};
    if (!bytes || bytes->size() != key.size())
      return refused("\"" + text + "\": 64 hex digits, as `xianjie directory holder-key` prints");
    std::ranges::copy(*bytes, key.begin());
    out.keys.push_back(key);
  }
  return out;
}

struct InitOptions {
  std::array<std::vector<std::string>, kRoles> keys;
  std::array<std::size_t, kRoles> thresholds{0, 0, 1, 1};
  std::string previous, at, output;
  bool rehearsal = false;
  std::uint32_t days_valid = 365;
};

Result<> init(const Context& context, const InitOptions& options) {
  holders::RootEdit edit;
  edit.rehearsal = options.rehearsal;
  edit.lifetime = days(options.days_valid);
  for (std::size_t k = 0; k < kRoles; ++k) {
    if (options.keys[k].empty()) continue;
    const std::size_t most = options.keys[k].size() / 2 + 1;
    const std::size_t wanted = options.thresholds[k] == 0 ? most : options.thresholds[k];
    XJ_TRY(edit.roles[k], role_keys(options.keys[k], wanted));
  }
  std::optional<RootBody> previous;
  if (!options.previous.empty()) {
    XJ_TRY(const auto bundle, load_bundle(options.previous));
    SignedDirectory last;
    if (bundle && !bundle->roots.empty()) {
      last = bundle->roots.back();
    } else {
      XJ_TRY(last, read_role_file(options.previous));
    }
    XJ_TRY(previous, decode_root_body(last.body));
  }
  XJ_TRY(const RootBody body, holders::next_root(previous, edit, moment(options.at)));
  const SignedDirectory file{encode_root_body(body), {}};
  XJ_TRY_VOID(write_role_file(options.output, file));
  const Hash print = crypto::fingerprint(file);
  context.print({{"root_version", body.version},
                 {"fingerprint", to_hex(print)},
                 {"spoken", crypto::spoken(print)},
                 {"expires", to_text(body.expires)},
                 {"signatures_needed", body.role(Role::kRoot).threshold},
                 {"output", options.output}},
                print_plain);
  return {};
}

Result<> make_holder_key(const Context& context, const std::string& file) {
  adapters::SystemRandom random;
  const auto pair = crypto::SigningPair::generate(random);
  XJ_TRY_VOID(adapters::write_holder_key(file, pair));
  context.print({{"public", to_hex(pair.public_key)}, {"file", file}},
                [](std::ostream& out, const json& value) { out << cell(value["public"]) << "\n"; });
  return {};
}

struct RequestOptions {
  std::string keys, name, parent, from, until, output;
  std::vector<std::string> laterals, channels;
};

void print_spoken(const Context& context, const std::string& office, std::uint32_t key,
                  const Hash& print, const std::string& output) {
  context.print({{"office", office},
                 {"key_id", key},
                 {"fingerprint", to_hex(print)},
                 {"spoken", crypto::spoken(print)},
                 {"output", output}},
                [](std::ostream& out, const json& value) {
                  out << cell(value["output"]) << "\nread this out to whoever approves it:\n  "
                      << cell(value["spoken"]) << "\n";
                });
}

Result<> request(const Context& context, const RequestOptions& options) {
  XJ_TRY(const auto keys, load_keys(options.keys, ask_for("", options.keys)));
  OfficeRecord office;
  office.id = keys.office();
  office.name = options.name;
  if (!options.parent.empty()) office.parent = *OfficeId::parse(options.parent);
  for (const std::string& one : options.laterals) office.laterals.push_back(*OfficeId::parse(one));
  for (const std::string& one : options.channels) {
    XJ_TRY(auto channel, holders::parse_channel(one));
    office.channels.push_back(std::move(channel));
  }
  const WallTime until = options.until.empty() ? WallTime{} : moment(options.until);
  const std::string text = holders::make_request(office, keys, moment(options.from), until);
  XJ_TRY(const auto read, holders::read_request(text));
  XJ_TRY_VOID(adapters::write_file_atomically(options.output, as_bytes(text)));
  print_spoken(context, to_text(office.id), keys.id().number, read.fingerprint, options.output);
  return {};
}

std::string only_hex(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

Result<> approve(const Context& context, const std::string& file, const std::string& keys_file,
                 const std::string& heard, const std::string& output) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, holders::kRequestBytesMax));
  XJ_TRY(const auto read, holders::read_request(as_text(bytes)));
  const std::string spoken = only_hex(crypto::spoken(read.fingerprint));
  if (only_hex(heard) != spoken && only_hex(heard) != to_hex(read.fingerprint))
    return refused(file + ": its fingerprint is " + crypto::spoken(read.fingerprint) +
                   "; that is not what was given. Ask " + to_text(read.office.id) +
                   " to read it out again, and approve nothing that differs");
  XJ_TRY(const auto keys, load_keys(keys_file, ask_for("", keys_file)));
  XJ_TRY(const std::string approved, holders::approve_request(as_text(bytes), keys));
  XJ_TRY_VOID(adapters::write_file_atomically(output, as_bytes(approved)));
  context.print({{"office", to_text(read.office.id)},
                 {"approved_by", to_text(keys.office())},
                 {"key_id", keys.id().number},
                 {"output", output}},
                print_plain);
  return {};
}

Result<> sign(const Context& context, const std::string& file,
              const std::vector<std::string>& holder_keys, const std::string& output) {
  XJ_TRY(SignedDirectory signed_file, read_role_file(file));
  const auto role = role_of(signed_file);
  if (!role || (*role != Role::kRoot && *role != Role::kSnapshot))
    return refused(file + ": neither a root nor a list of offices");
  XJ_TRY_VOID(sign_role_file(signed_file, holder_keys));
  XJ_TRY_VOID(write_role_file(output.empty() ? file : output, signed_file));
  json signatures = json::array();
  for (const DirectorySignature& one : signed_file.signatures)
    signatures.push_back(to_hex(one.key));
  const Hash print = crypto::fingerprint(signed_file);
  context.print({{"role", to_word(*role)},
                 {"fingerprint", to_hex(print)},
                 {"spoken", crypto::spoken(print)},
                 {"signatures", signatures},
                 {"output", output.empty() ? file : output}},
                print_plain);
  return {};
}

struct PublishOptions {
  std::string base, snapshot, timestamp_key, at, output;
  std::vector<std::string> roots, denials;
  std::uint32_t hours = 24;
};

Result<> publish(const Context& context, const PublishOptions& options) {
  DirectoryBundle news;
  for (const std::string& file : options.roots) {
    XJ_TRY(news.roots.emplace_back(), read_role_file(file));
  }
  for (const std::string& file : options.denials) {
    XJ_TRY(news.denials.emplace_back(), read_role_file(file));
  }
  if (!options.snapshot.empty()) {
    XJ_TRY(news.snapshot, read_role_file(options.snapshot));
  }
  DirectoryBundle base;
  if (!options.base.empty()) {
    XJ_TRY(const auto bundle, load_bundle(options.base));
    if (!bundle) return refused(options.base + ": is no published directory");
    base = *bundle;
  } else if (!news.roots.empty()) {
    base.roots = {news.roots.front()};
  }
  if (base.roots.empty()) return refused("publish: give --base, or the first --root");
  XJ_TRY(auto trust, crypto::Trust::open(base, crypto::fingerprint(base.roots.front())));
  auto change = trust.take(news);
  if (!change.fork.empty()) return refused(change.fork);
  if (!change.refused.empty()) return refused(change.refused.front());
  XJ_TRY(const auto sync, broker::DirectorySync::open(trust));  // its tree makes sense
  if (!options.timestamp_key.empty()) {
    if (options.hours > 24 && !trust.root().rehearsal)
      return refused("--hours: at most 24 outside a rehearsal");
    XJ_TRY(const auto pair, adapters::read_holder_key(options.timestamp_key));
    DirectoryBundle stamped;
    stamped.timestamp = sync.make_timestamp(pair, moment(options.at), minutes(60) * options.hours);
    change = trust.take(stamped);
    if (!change.refused.empty()) return refused(change.refused.front());
  }
  XJ_TRY_VOID(adapters::write_file_atomically(options.output, encode(trust.bundle())));
  context.print({{"root_version", trust.root().version},
                 {"root_fingerprint", to_hex(crypto::fingerprint(trust.bundle().roots.front()))},
                 {"snapshot_version", trust.snapshot_version()},
                 {"offices", sync.snapshot()->directory.size()},
                 {"timestamp_version", trust.timestamp() ? trust.timestamp()->version : 0},
                 {"denials", trust.denials().size()},
                 {"output", options.output}},
                print_plain);
  return {};
}

struct DenyOptions {
  std::string office, reason, since, holder_key, output;
  std::uint32_t key = 0;
};

Result<> deny(const Context& context, const DenyOptions& options) {
  const WallTime now = adapters::real_wall_time();
  const DenialBody body{*OfficeId::parse(options.office),
                        {options.key},
                        options.since.empty() ? now : moment(options.since),
                        now,
                        options.reason};
  SignedDirectory file{encode_denial_body(body), {}};
  XJ_TRY_VOID(decode_denial_body(file.body));
  XJ_TRY_VOID(sign_role_file(file, {options.holder_key}));
  DirectoryBundle bundle;
  bundle.denials = {file};
  XJ_TRY_VOID(adapters::write_file_atomically(options.output, encode(bundle)));
  context.print({{"office", options.office},
                 {"key_id", options.key},
                 {"since", to_text(body.since)},
                 {"output", options.output}},
                print_plain);
  return {};
}

Result<> import(const Context& context, const std::string& file) {
  XJ_TRY(Bytes bytes, adapters::read_file(file, kBundleBytesMax));
  XJ_TRY(const json answer, context.call("directory.import", {}, std::move(bytes)));
  context.print(answer, [](std::ostream& out, const json& value) {
    for (const char* role : {"root", "snapshot", "timestamp", "denials"})
      out << role << ": " << cell(value[role]["before"]) << " → " << cell(value[role]["now"])
          << "\n";
    for (const json& text : value["refused"]) out << "not taken: " << cell(text) << "\n";
    for (const json& text : value["alarms"]) out << "alarm: " << cell(text) << "\n";
  });
  if (!answer["alarms"].empty()) return refused(answer["alarms"][0].get<std::string>());
  if (!answer["refused"].empty()) return refused(answer["refused"][0].get<std::string>());
  return {};
}

void add_init(CLI::App& group, Context& context) {
  CLI::App* command =
      group.add_subcommand("init", "Draft the root: who may sign what, and how many of them");
  const auto options = std::make_shared<InitOptions>();
  const std::array<const char*, kRoles> names{"root", "snapshot", "timestamp", "deny"};
  for (std::size_t k = 0; k < kRoles; ++k) {
    const std::string name(names[k]);
    command
        ->add_option("--" + name, options->keys[k],
                     "public keys of the role " + name + "; default: as before")
        ->type_name("HEX");
    if (k < 2)
      command
          ->add_option("--" + name + "-threshold", options->thresholds[k],
                       "how many of them must sign; default: most")
          ->check(CLI::Range(std::size_t{1}, kRoleKeysMax));
  }
  command->add_option("--previous", options->previous, "the root, or directory, before this one")
      ->type_name("FILE");
  command->add_flag("--rehearsal", options->rehearsal, "for a rehearsal: loopback counts as vpn");
  command->add_option("--valid-days", options->days_valid, "how long it counts")
      ->capture_default_str()
      ->check(CLI::Range(1U, 36500U));
  command->add_option("--at", options->at, "when it was made; default now")
      ->type_name("TIME")
      ->check(check_moment);
  command->add_option("--output", options->output, "the root, to be signed")
      ->required()
      ->type_name("FILE");
  command->callback([&context, options] { context.finish(init(context, *options)); });

  CLI::App* made =
      group.add_subcommand("holder-key", "Make a holder's key file; prints the public key");
  const auto made_file = std::make_shared<std::string>();
  made->add_option("--output", *made_file, "the new key file (mode 0600)")
      ->required()
      ->type_name("FILE");
  made->callback([&context, made_file] { context.finish(make_holder_key(context, *made_file)); });
}

void add_requests(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand(
      "request", "Ask for an office, or its next keys, to stand in the directory");
  const auto options = std::make_shared<RequestOptions>();
  command->add_option("--keys", options->keys, "the office's new key file; nothing secret leaves")
      ->required()
      ->type_name("FILE");
  command->add_option("--name", options->name, "the office's name")->required();
  command->add_option("--parent", options->parent, "the office above; none at the root")
      ->check(office_argument());
  command->add_option("--lateral", options->laterals, "a neighbour beside the tree")
      ->check(office_argument());
  command
      ->add_option("--channel", options->channels,
                   "class=vpn,endpoint=tcp://…,interface=wg0,network=10.0.0.0/8")
      ->type_name("CHANNEL");
  command->add_option("--from", options->from, "when the keys begin to count; default now")
      ->type_name("TIME")
      ->check(check_moment);
  command->add_option("--until", options->until, "when they end; default open")
      ->type_name("TIME")
      ->check(check_moment);
  command->add_option("--output", options->output, "the request")->required()->type_name("FILE");
  command->callback([&context, options] { context.finish(request(context, *options)); });

  CLI::App* approved =
      group.add_subcommand("approve", "The parent's word for a request, after a telephone call");
  const auto file = std::make_shared<std::string>(), keys = std::make_shared<std::string>(),
             heard = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  approved->add_option("request", *file, "the request")->required()->type_name("FILE");
  approved->add_option("--keys", *keys, "key file of the parent, or the office's key before")
      ->required()
      ->type_name("FILE");
  approved->add_option("--fingerprint", *heard, "as the other one read it out")->required();
  approved->add_option("--output", *output, "the approved request")->required()->type_name("FILE");
  approved->callback([&context, file, keys, heard, output] {
    context.finish(approve(context, *file, *keys, *heard, *output));
  });
}

void add_sign(CLI::App& group, Context& context) {
  CLI::App* command =
      group.add_subcommand("sign", "A holder's signature under a root or a list of offices");
  const auto file = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  const auto keys = std::make_shared<std::vector<std::string>>();
  command->add_option("file", *file, "what is signed")->required()->type_name("FILE");
  command->add_option("--holder-key", *keys, "sign with these")->required()->type_name("FILE");
  command->add_option("--output", *output, "default: the file itself")->type_name("FILE");
  command->callback(
      [&context, file, keys, output] { context.finish(sign(context, *file, *keys, *output)); });
}

void add_publish(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand(
      "publish", "Put together what is signed, checked as every office will check it");
  const auto options = std::make_shared<PublishOptions>();
  command->add_option("--base", options->base, "the directory published before")->type_name("FILE");
  command->add_option("--root", options->roots, "new roots, in order")->type_name("FILE");
  command->add_option("--snapshot", options->snapshot, "the signed list of offices")
      ->type_name("FILE");
  command->add_option("--timestamp-key", options->timestamp_key, "also sign a timestamp")
      ->type_name("FILE");
  command->add_option("--hours", options->hours, "how long that counts")
      ->capture_default_str()
      ->check(CLI::Range(1U, 24U * 36500U));
  command->add_option("--at", options->at, "when that was made; default now")
      ->type_name("TIME")
      ->check(check_moment);
  command->add_option("--output", options->output, "the directory for every office")
      ->required()
      ->type_name("FILE");
  command->callback([&context, options] { context.finish(publish(context, *options)); });

  CLI::App* denied = group.add_subcommand(
      "deny", "Take trust away at once, by one holder; nothing can be added this way");
  const auto denial = std::make_shared<DenyOptions>();
  denied->add_option("office", denial->office, "whose keys")->required()->check(office_argument());
  denied->add_option("--key", denial->key, "which key set; 0: all that count by now")
      ->capture_default_str();
  denied->add_option("--since", denial->since, "from when on; default now")
      ->type_name("TIME")
      ->check(check_moment);
  denied->add_option("--reason", denial->reason, "one line, for people")->required();
  denied->add_option("--holder-key", denial->holder_key, "of the role deny")
      ->required()
      ->type_name("FILE");
  denied->add_option("--output", denial->output, "to be imported at any office")
      ->required()
      ->type_name("FILE");
  denied->callback([&context, denial] { context.finish(deny(context, *denial)); });

  CLI::App* imported =
      group.add_subcommand("import", "Give a published directory to this office's daemon");
  const auto file = std::make_shared<std::string>();
  imported->add_option("file", *file, "as `publish` or `deny` made it")
      ->required()
      ->type_name("FILE");
  imported->callback([&context, file] { context.finish(import(context, *file)); });
}

}  // namespace

void add_directory_ceremony(CLI::App& group, Context& context) {
  add_init(group, context);
  add_requests(group, context);
  add_sign(group, context);
  add_publish(group, context);
}

}  // namespace xianjie::node::cli
