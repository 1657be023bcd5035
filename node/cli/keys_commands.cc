// `keys …`: an office's key file, made here, never shown. What `show` prints goes to the holders of
// the directory, who keep it for every later version.
#include <iostream>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "adapters/system_random.h"
#include "node/cli/commands.h"
#include "node/cli/passphrase.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

struct GenerateOptions {
  std::string office, output;
  std::uint32_t key_id = 1;
};

Result<> generate(const Context& context, const GenerateOptions& options) {
  adapters::SystemRandom random;
  const auto keys =
      crypto::OfficeKeys::generate(*OfficeId::parse(options.office), {options.key_id}, random);
  const crypto::SecretBytes text = keys.serialise();
  XJ_TRY_VOID(adapters::write_secret_file(options.output, text.view()));
  context.print({{"office", options.office}, {"key_id", options.key_id}, {"file", options.output}},
                [](std::ostream& out, const json& value) {
                  out << "keys " << cell(value["key_id"]) << " of " << cell(value["office"])
                      << " in " << cell(value["file"]) << "; next: xianjie keys show "
                      << cell(value["file"]) << "\n";
                });
  return {};
}

Result<> show(const std::string& file, const std::string& valid_from,
              const std::string& passphrase_file) {
  XJ_TRY(const auto keys, load_keys(file, ask_for(passphrase_file, file)));
  WallTime from = adapters::real_wall_time();
  if (!valid_from.empty()) from = *parse_wall_time(valid_from);
  std::cout << one_line({{"office", to_text(keys.office())},
                         {"key_id", keys.id().number},
                         {"signing", to_hex(keys.signing_public())},
                         {"sealing", to_hex(keys.sealing_public())},
                         {"link", to_hex(keys.link_public())},
                         {"valid_from", to_text(from)}})
            << "\n";
  return {};
}

Result<> check(const Context& context, const std::string& file,
               const std::string& passphrase_file) {
  XJ_TRY(const auto keys, load_keys(file, ask_for(passphrase_file, file)));
  context.print({{"office", to_text(keys.office())}, {"key_id", keys.id().number}, {"sound", true}},
                [](std::ostream& out, const json& value) {
                  out << "sound: keys " << cell(value["key_id"]) << " of " << cell(value["office"])
                      << "\n";
                });
  return {};
}

std::string check_time(const std::string& text) {
  return parse_wall_time(text) ? ""
                               : "\"" + text + "\" is no time such as 2026-12-09T12:00:00+08:00";
}

}  // namespace

void add_keys_commands(CLI::App& app, Context& context) {
  CLI::App* keys = app.add_subcommand("keys", "This office's keys");
  keys->require_subcommand(1);

  CLI::App* make =
      keys->add_subcommand("generate", "Make a key file (mode 0600); replaces nothing");
  const auto options = std::make_shared<GenerateOptions>();
  make->add_option("--office", options->office, "whose keys")->required()->check(office_argument());
  make->add_option("--output", options->output, "the new key file")->required()->type_name("FILE");
  make->add_option("--key-id", options->key_id,
                   "number of this key set at its office, never used again")
      ->capture_default_str()
      ->check(CLI::Range(1U, 0xffffffffU));
  make->callback([&context, options] { context.finish(generate(context, *options)); });

  CLI::App* shown =
      keys->add_subcommand("show", "The public parts as JSON, for the directory's holders");
  const auto shown_file = std::make_shared<std::string>(),
             valid_from = std::make_shared<std::string>();
  shown->add_option("file", *shown_file, "key file")->required()->type_name("FILE");
  shown->add_option("--valid-from", *valid_from, "when they begin to count; default now")
      ->type_name("TIME")
      ->check(check_time);
  const auto passphrase = std::make_shared<std::string>();
  const auto add_passphrase = [&](CLI::App* command) {
    command
        ->add_option("--passphrase-file", *passphrase,
                     "of a protected file; else asked on the terminal")
        ->type_name("FILE");
  };
  add_passphrase(shown);
  shown->callback([&context, shown_file, valid_from, passphrase] {
    context.finish(show(*shown_file, *valid_from, *passphrase));
  });

  CLI::App* checked =
      keys->add_subcommand("check", "Whether a key file is sound and closed to others");
  const auto checked_file = std::make_shared<std::string>();
  checked->add_option("file", *checked_file, "key file")->required()->type_name("FILE");
  add_passphrase(checked);
  checked->callback([&context, checked_file, passphrase] {
    context.finish(check(context, *checked_file, *passphrase));
  });
  add_key_change_commands(*keys, context);
}

}  // namespace xianjie::node::cli
