// `directory …`: what offices read a signed directory for, and what its holders do to make one.
#include <iostream>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "adapters/system_random.h"
#include "node/cli/commands.h"
#include "node/cli/directory_sign.h"
#include "node/cli/directory_source.h"
#include "node/cli/holder_key.h"
#include "node/cli/text_table.h"
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
                    {"revoked", set.revoked}});
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

Result<> show(const Context& context, const std::string& file, const std::string& office) {
  XJ_TRY(const DirectorySource source, load_directory_source(file, {}));
  for (const std::string& warning : source.warnings)
    std::cerr << "xianjie: warning: " << warning << "\n";
  if (office.empty()) {
    json value = summary(source.directory());
    value["signatures"] = source.signatures;
    value["digest"] = to_hex(source.snapshot->route_digest);
    context.print(value, print_flat);
    return {};
  }
  const auto record = source.directory().find(*OfficeId::parse(office));
  if (!record) return fail(ErrorCode::kNotFound, file + ": holds no office " + office);
  context.print(office_json(source.directory(), *record), print_flat);
  return {};
}

Result<> verify(const Context& context, const std::string& file,
                const std::vector<std::string>& hex, std::size_t threshold) {
  XJ_TRY(auto holders, parse_public_keys(hex));
  XJ_TRY(const DirectorySource source,
         load_directory_source(file, {std::move(holders), threshold}));
  json value = summary(source.directory());
  value["verified"] = true;
  context.print(value, [](std::ostream& out, const json& one) {
    out << "verified: version " << cell(one["version"]) << ", " << cell(one["offices"])
        << " offices\n";
  });
  return {};
}

Result<> make_holder_key(const Context& context, const std::string& file) {
  adapters::SystemRandom random;
  const auto pair = crypto::SigningPair::generate(random);
  XJ_TRY_VOID(write_holder_key(file, pair));
  context.print({{"public", to_hex(pair.public_key)}, {"file", file}},
                [](std::ostream& out, const json& value) { out << cell(value["public"]) << "\n"; });
  return {};
}

void print_signed(const Context& context, const SignedDirectory& file, json value,
                  const std::string& output) {
  value["signatures"] = json::array();
  for (const DirectorySignature& one : file.signatures)
    value["signatures"].push_back(to_hex(one.key));
  value["output"] = output;
  context.print(value, print_flat);
}

Result<> sign(const Context& context, const SignOptions& options) {
  XJ_TRY(DirectoryDraft draft, draft_directory(options, adapters::real_wall_time()));
  for (const std::string& warning : draft.warnings)
    std::cerr << "xianjie: warning: " << warning << "\n";
  XJ_TRY(const auto file, sign_directory_file(encode_directory_body(draft.contents), {},
                                              options.holder_keys, options.output));
  print_signed(context, file,
               {{"version", options.version}, {"offices", draft.contents.offices.size()}},
               options.output);
  return {};
}

// A second holder, on a machine of its own, adds a signature to what the first one signed.
Result<> countersign(const Context& context, const std::string& input, const SignOptions& options) {
  XJ_TRY(const Bytes bytes, adapters::read_file(input, kDirectoryBytesMax));
  XJ_TRY(SignedDirectory file, decode_signed_directory(bytes));
  XJ_TRY(auto contents, DirectoryFile::open(file.body));
  XJ_TRY(const auto directory, routing::Directory::open(std::move(contents)));
  XJ_TRY(const auto signed_file,
         sign_directory_file(std::move(file.body), std::move(file.signatures), options.holder_keys,
                             options.output));
  print_signed(context, signed_file, summary(directory), options.output);
  return {};
}

void add_sign(CLI::App& group, Context& context) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App* command = group.add_subcommand("sign", "Make and sign a directory");
  command->add_option("--offices", options->offices, "nation file: offices and parents")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--keys-json", options->keys_json, "what `keys show` printed, one office a line")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--channels", options->channels,
                   "JSON {office: {class, endpoint, networks, interface}}")
      ->type_name("FILE");
  command
      ->add_option("--holidays", options->holidays,
                   "the year's list, a line a day: 2027-02-17,holiday or 2027-02-20,working")
      ->type_name("FILE");
  command->add_option("--holder-key", options->holder_keys, "sign with these")
      ->required()
      ->type_name("FILE");
  command->add_option("--version", options->version, "higher than every version before")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62));
  command->add_option("--valid-days", options->valid_days, "until then; default: open")
      ->check(CLI::Range(0U, 36500U));
  command->add_flag("--rehearsal", options->rehearsal, "for a rehearsal: loopback counts as vpn");
  command->add_option("--output", options->output, "the signed directory")
      ->required()
      ->type_name("FILE");
  command->callback([&context, options] { context.finish(sign(context, *options)); });

  const auto input = std::make_shared<std::string>();
  const auto more = std::make_shared<SignOptions>();
  CLI::App* again = group.add_subcommand("countersign", "Add a signature to a signed directory");
  again->add_option("file", *input, "the signed directory")->required()->type_name("FILE");
  again->add_option("--holder-key", more->holder_keys, "sign with these")
      ->required()
      ->type_name("FILE");
  again->add_option("--output", more->output, "the directory with both")
      ->required()
      ->type_name("FILE");
  again->callback([&context, input, more] { context.finish(countersign(context, *input, *more)); });
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

  CLI::App* verified = directory->add_subcommand("verify", "Whether its holders signed it");
  const auto verified_file = std::make_shared<std::string>();
  const auto holders = std::make_shared<std::vector<std::string>>();
  const auto threshold = std::make_shared<std::size_t>(1);
  verified->add_option("file", *verified_file, "signed directory")->required()->type_name("FILE");
  verified->add_option("--holder,--holders", *holders, "public key of a holder")
      ->required()
      ->type_name("HEX");
  verified->add_option("--threshold", *threshold, "how many must have signed")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kDirectorySignaturesMax));
  verified->callback([&context, verified_file, holders, threshold] {
    context.finish(verify(context, *verified_file, *holders, *threshold));
  });

  CLI::App* made =
      directory->add_subcommand("holder-key", "Make a holder's key file; prints the public key");
  const auto made_file = std::make_shared<std::string>();
  made->add_option("--output", *made_file, "the new key file (mode 0600)")
      ->required()
      ->type_name("FILE");
  made->callback([&context, made_file] { context.finish(make_holder_key(context, *made_file)); });

  add_sign(*directory, context);
}

}  // namespace xianjie::node::cli
