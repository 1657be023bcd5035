#include "node/cli/directory_files.h"

#include "adapters/files.h"
#include "adapters/holder_key_file.h"
#include "crypto/statement.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {

Result<SignedDirectory> read_role_file(const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kDirectoryBytesMax));
  auto out = decode_signed_directory(bytes);
  if (!out)
    return fail(out.error().code,
                file + ": is no file that holders sign (" + out.error().text + ")");
  return out;
}

Result<> write_role_file(const std::string& file, const SignedDirectory& signed_file) {
  return adapters::write_file_atomically(file, encode(signed_file));
}

Result<Role> role_of(const SignedDirectory& file) {
  if (file.body.size() >= 8) {
    const std::string_view id = as_text(ByteView(file.body).subspan(4, 4));
    if (id == "XJRT") return Role::kRoot;
    if (id == "XJDB") return Role::kSnapshot;
    if (id == "XJTS") return Role::kTimestamp;
    if (id == "XJDN") return Role::kDeny;
  }
  return corrupt("neither a root nor a list of offices");
}

Result<> sign_role_file(SignedDirectory& file, const std::vector<std::string>& holder_keys) {
  for (const std::string& key : holder_keys) {
    XJ_TRY(const crypto::SigningPair holder, adapters::read_holder_key(key));
    std::erase_if(file.signatures, [&](const auto& one) { return one.key == holder.public_key; });
    file.signatures.push_back(crypto::sign_directory(file.body, holder));
  }
  if (file.signatures.size() > kDirectorySignaturesMax)
    return refused("at most " + std::to_string(kDirectorySignaturesMax) + " signatures");
  return {};
}

}  // namespace xianjie::node::cli
