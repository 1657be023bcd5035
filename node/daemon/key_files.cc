#include "node/daemon/key_files.h"

#include "adapters/files.h"
#include "adapters/passphrase.h"
#include "crypto/protected_file.h"

namespace xianjie::node {

Result<crypto::OfficeKeys> load_keys(const std::filesystem::path& path, const AskPassphrase& ask) {
  const auto named = [&](const Error& error) {
    return fail(error.code, path.string() + ": " + error.text);
  };
  XJ_TRY(crypto::SecretBytes text, adapters::read_secret_file(path));
  if (crypto::is_protected(kKeyFileTitle, as_text(text.view()))) {
    const auto passphrase = ask();
    if (!passphrase) return named(passphrase.error());
    auto plain = crypto::unprotect(kKeyFileTitle, as_text(text.view()), passphrase->view());
    if (!plain) return named(plain.error());
    text = std::move(*plain);
  }
  auto keys = crypto::OfficeKeys::parse(as_text(text.view()));
  if (!keys) return named(keys.error());
  return keys;
}

AskPassphrase passphrase_of(const Config& config) {
  return [file = config.keys_passphrase_file]() -> Result<crypto::SecretBytes> {
    if (file.empty())
      return refused("protected by a passphrase: set keys_passphrase_file in the configuration");
    return adapters::read_passphrase_file(file);
  };
}

Result<std::vector<crypto::OfficeKeys>> load_sets(const Config& config, const AskPassphrase& ask) {
  std::vector<crypto::OfficeKeys> sets;
  for (const std::filesystem::path& path : config.keys) {
    XJ_TRY(auto keys, load_keys(path, ask));
    if (keys.office() != config.office)
      return refused(path.string() + ": holds the keys of " + to_text(keys.office()) + ", not of " +
                     to_text(config.office));
    sets.push_back(std::move(keys));
  }
  return sets;
}

Result<crypto::KeyRing> load_ring(const Config& config, const AskPassphrase& ask) {
  XJ_TRY(auto sets, load_sets(config, ask));
  auto ring = crypto::KeyRing::make(std::move(sets));
  if (!ring) return fail(ring.error().code, config.file.string() + ": " + ring.error().text);
  return ring;
}

Result<> choose_first_keys(crypto::KeyRing& ring, const Config& config,
                           const routing::Directory& directory, const Now& now) {
  const broker::OwnKeys own = broker::own_keys(ring, directory, now.wall);
  std::optional<KeyId> choice = own.current;
  bool known = false;
  std::string states;
  for (const broker::OwnKey& one : own.sets) {
    known = known ||
            (one.state != broker::KeyState::kUnknown && one.state != broker::KeyState::kMissing);
    states += (states.empty() ? "" : ", ") + std::to_string(one.id.number) + " is " +
              std::string(broker::to_word(one.state));
    if (!own.current && !now.wall_trusted &&
        (one.state == broker::KeyState::kOld || one.state == broker::KeyState::kNext))
      choice = one.id;
  }
  if (choice) {
    ring.use(*choice);
    return {};
  }
  if (!known)
    return refused(
        config.directory.string() + ": does not hold these keys of " + to_text(config.office) +
        "; have the directory signed anew with their request (`xianjie directory request`)");
  return refused(config.file.string() + ": keys: no key set counts at " + to_text(now.wall) + ": " +
                 states + "; make the next one with `xianjie keys rotate` and have it signed");
}

}  // namespace xianjie::node
