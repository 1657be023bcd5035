// `directory …`: what offices read a directory for. What holders do to make one stands in
// directory_edits.cc and directory_ceremony.cc.
#include <iostream>

#include "node/cli/commands.h"
#include "node/cli/directory_families.h"
#include "node/cli/directory_source.h"
#include "node/cli/text_table.h"
#include "node/holders/draft.h"
#include "routing/codes.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

json time_or_null(WallTime time) {
  return time.is_set() ? json(to_text(time)) : json(nullptr);
}

json summary(const routing::Directory& directory) {
  const DirectoryHeader& header = directory.header();
  std::map<std::string, std::size_t> types;
  for (const OfficeId office : directory.all())
    ++types[std::string(office_type_row(office.type()).word)];
  return {{"version", header.version},
          {"rehearsal", header.rehearsal},
          {"created", time_or_null(header.created)},
          {"valid_until", time_or_null(header.valid_until)},
          {"holidays", header.holidays.size()},
          {"working_weekends", header.working_weekends.size()},
          {"offices", directory.size()},
          {"types", types}};
}

json texts(const std::vector<OfficeId>& offices) {
  json out = json::array();
  for (const OfficeId office : offices) out.push_back(to_text(office));
  return out;
}

json office_json(const routing::Directory& directory, const OfficeRecord& record) {
  json keys = json::array(), channels = json::array(), codes = json::array();
  for (const std::uint32_t code : record.codes) codes.push_back(routing::code_text(code));
  for (const OfficeKeySet& set : record.keys)
    keys.push_back({{"key_id", set.id.number},
                    {"signing", to_hex(set.signing)},
                    {"sealing", to_hex(set.sealing)},
                    {"link", to_hex(set.link)},
                    {"valid_from", time_or_null(set.valid_from)},
                    {"valid_until", time_or_null(set.valid_until)},
                    {"revoked", set.revoked},
                    {"revoked_at", time_or_null(set.revoked_at)}});
  for (const Channel& channel : record.channels)
    channels.push_back({{"class", to_word(channel.klass)},
                        {"endpoint", channel.endpoint},
                        {"networks", channel.networks},
                        {"interface", channel.interface},
                        {"attested", channel.attested}});
  return {{"id", to_text(record.id)},
          {"name", record.name},
          {"parent", record.parent.is_set() ? json(to_text(record.parent)) : json(nullptr)},
          {"children", texts(directory.children(record.id))},
          {"neighbours", texts(directory.neighbours(record.id))},
          {"codes", codes},
          {"keys", keys},
          {"channels", channels}};
}

void print_flat(std::ostream& out, const json& value) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, field] : value.items()) fields.emplace_back(name, cell(field));
  print_fields(out, fields);
}

json roles_json(const crypto::Trust& trust) {
  json roles = json::object();
  for (std::size_t k = 0; k < kRoles; ++k) {
    const RoleKeys& role = trust.root().roles[k];
    json keys = json::array();
    for (const PublicKey& key : role.keys) keys.push_back(to_hex(key));
    roles[std::string(to_word(static_cast<Role>(k)))] = {{"threshold", role.threshold},
                                                         {"keys", keys}};
  }
  return roles;
}

void add_trust(json& value, const crypto::Trust& trust) {
  const auto& roots = trust.bundle().roots;
  value["root_version"] = trust.root().version;
  value["root_expires"] = to_text(trust.root().expires);
  value["root_fingerprint"] = to_hex(crypto::fingerprint(roots.front()));
  value["spoken"] = crypto::spoken(crypto::fingerprint(roots.front()));
  value["roles"] = roles_json(trust);
  value["timestamp_version"] = trust.timestamp() ? trust.timestamp()->version : 0;
  value["timestamp_until"] = time_or_null(trust.fresh_until());
  value["denials"] = json::array();
  for (const DenialBody& denial : trust.denials())
    value["denials"].push_back({{"office", to_text(denial.office)},
                                {"key_id", denial.key.number},
                                {"since", to_text(denial.since)},
                                {"reason", denial.reason}});
  if (!trust.frozen().empty()) value["frozen"] = trust.frozen();
}

Result<> show(const Context& context, const std::string& file, const std::string& office) {
  XJ_TRY(const DirectorySource source, load_directory_source(file));
  for (const std::string& warning : source.warnings)
    std::cerr << "xianjie: warning: " << warning << "\n";
  if (office.empty()) {
    json value = summary(source.directory());
    value["signatures"] = source.signatures;
    value["digest"] = to_hex(source.snapshot->route_digest);
    if (source.trust) add_trust(value, *source.trust);
    context.print(value, print_flat);
    return {};
  }
  const auto record = source.directory().find(*OfficeId::parse(office));
  if (!record) return fail(ErrorCode::kNotFound, file + ": holds no office " + office);
  context.print(office_json(source.directory(), *record), print_flat);
  return {};
}

Result<> verify(const Context& context, const std::string& file, const std::string& fingerprint) {
  XJ_TRY(const DirectorySource source, load_directory_source(file, fingerprint));
  json value = summary(source.directory());
  value["verified"] = true;
  add_trust(value, *source.trust);
  context.print(value, [](std::ostream& out, const json& one) {
    out << "verified: root " << cell(one["root_version"]) << ", version " << cell(one["version"])
        << ", " << cell(one["offices"]) << " offices\n";
  });
  return {};
}

Result<> diff(const Context& context, const std::string& before, const std::string& after) {
  XJ_TRY(const DirectorySource old_source, load_directory_source(before));
  XJ_TRY(const DirectorySource new_source, load_directory_source(after));
  XJ_TRY(const auto lines, holders::differences(old_source.body, new_source.body));
  context.print({{"before", old_source.directory().header().version},
                 {"after", new_source.directory().header().version},
                 {"changes", lines}},
                [](std::ostream& out, const json& value) {
                  for (const json& line : value["changes"]) out << cell(line) << "\n";
                  if (value["changes"].empty()) out << "nothing differs\n";
                });
  return {};
}

Result<> status(const Context& context) {
  XJ_TRY(const json answer, context.call("directory.status", {}));
  context.print(answer, [](std::ostream& out, const json& value) {
    print_fields(out, {{"root", "version " + cell(value["root_version"])},
                       {"directory", "version " + cell(value["snapshot_version"])},
                       {"gates", value.value("gates_may_open", false) ? "may open" : "stay shut"},
                       {"frozen", cell(value["frozen"])}});
    TextTable table({"what", "detail", "until", "left", "then", "who acts"});
    for (const json& row : value["expiries"])
      table.add({cell(row["what"]), cell(row["detail"]), cell(row["until"]), cell(row["left"]),
                 cell(row["means"]), cell(row["who_acts"])});
    out << "\n";
    table.print(out);
  });
  return {};
}

}  // namespace

void add_directory_commands(CLI::App& app, Context& context) {
  CLI::App* directory = app.add_subcommand("directory", "The signed list of offices (机构目录)");
  directory->require_subcommand(1);

  CLI::App* shown =
      directory->add_subcommand("show", "What a signed directory or a nation file holds");
  const auto shown_file = std::make_shared<std::string>(), office = std::make_shared<std::string>();
  shown->add_option("file", *shown_file, "signed directory or nation file")
      ->required()
      ->type_name("FILE");
  shown->add_option("--office", *office, "this office's whole entry")->check(office_argument());
  shown->callback(
      [&context, shown_file, office] { context.finish(show(context, *shown_file, *office)); });

  CLI::App* verified =
      directory->add_subcommand("verify", "Whether it begins with this root and all is signed");
  const auto verified_file = std::make_shared<std::string>(),
             fingerprint = std::make_shared<std::string>();
  verified->add_option("file", *verified_file, "published directory")
      ->required()
      ->type_name("FILE");
  verified->add_option("--fingerprint", *fingerprint, "of the root, as its holders publish it")
      ->required()
      ->type_name("HEX");
  verified->callback([&context, verified_file, fingerprint] {
    context.finish(verify(context, *verified_file, *fingerprint));
  });

  CLI::App* compared = directory->add_subcommand("diff", "What differs between two directories");
  const auto before = std::make_shared<std::string>(), after = std::make_shared<std::string>();
  compared->add_option("before", *before, "a directory or draft")->required()->type_name("FILE");
  compared->add_option("after", *after, "a directory or draft")->required()->type_name("FILE");
  compared->callback([&context, before, after] { context.finish(diff(context, *before, *after)); });

  CLI::App* asked = directory->add_subcommand(
      "status", "What this office believes, what ends when, and who must act");
  asked->callback([&context] { context.finish(status(context)); });

  add_directory_edits(*directory, context);
  add_directory_ceremony(*directory, context);
}

}  // namespace xianjie::node::cli
