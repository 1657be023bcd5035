#include "node/cli/passphrase.h"

#include <algorithm>

#include "adapters/passphrase.h"

namespace xianjie::node::cli {

AskPassphrase ask_for(const std::string& file, const std::string& whose, bool twice) {
  return [=]() -> Result<crypto::SecretBytes> {
    if (!file.empty()) return adapters::read_passphrase_file(file);
    XJ_TRY(auto first, adapters::ask_passphrase("passphrase of " + whose + ": "));
    if (!twice) return first;
    XJ_TRY(const auto second, adapters::ask_passphrase("the same again: "));
    if (!std::ranges::equal(first.view(), second.view()))
      return refused("passphrase: the two are not the same");
    return first;
  };
}

}  // namespace xianjie::node::cli
