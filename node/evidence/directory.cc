// The directory inside a file: a bundle of the roles (crypto/trust.h), or one file signed by
// holders. Whose keys those are only a person can say, by the fingerprint.
#include <algorithm>

#include "crypto/hash.h"
#include "crypto/statement.h"
#include "crypto/trust.h"
#include "node/evidence/case.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

std::string only_digits(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == ':' || c == '-'; });
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// The spoken half of a fingerprint counts, and the whole of it.
bool is_named(const Hash& fingerprint, const std::string& root) {
  const std::string named = only_digits(root);
  return named.size() >= 32 && to_hex(fingerprint).starts_with(named);
}

// All its roots are signed by the one before: any of them may be the one that was published.
Result<DirectoryEvidence> open_bundle(ByteView bytes, const std::string& root, WallTime at) {
  XJ_TRY(const DirectoryBundle bundle, decode_directory_bundle(bytes));
  if (bundle.roots.empty()) return corrupt("directory: it holds no root");
  if (!bundle.snapshot) return corrupt("directory: it holds no snapshot");
  XJ_TRY(const auto trust, crypto::Trust::open(bundle, crypto::fingerprint(bundle.roots.front())));
  XJ_TRY(auto contents, DirectoryFile::open(trust.snapshot_body()));
  XJ_TRY(auto directory, routing::Directory::open(std::move(contents), trust.denials(), at));
  DirectoryEvidence out{std::move(directory), crypto::spoken(trust.root_fingerprint()),
                        bundle.snapshot->signatures.size(), false};
  for (const SignedDirectory& each : trust.bundle().roots)
    out.named = out.named || is_named(crypto::fingerprint(each), root);
  return out;
}

Result<DirectoryEvidence> open_single(ByteView bytes, const std::string& root) {
  XJ_TRY(SignedDirectory file, decode_signed_directory(bytes));
  std::vector<PublicKey> signers;
  for (const DirectorySignature& one : file.signatures) {
    const PublicKey holder[] = {one.key};
    XJ_TRY_VOID(crypto::verify_directory(file, holder, 1));
    signers.push_back(one.key);
  }
  if (signers.empty()) return corrupt("directory: nobody signed it");
  XJ_TRY(auto contents, DirectoryFile::open(std::move(file.body)));
  XJ_TRY(auto directory, routing::Directory::open(std::move(contents)));
  std::ranges::sort(signers);
  crypto::Hasher hasher;
  for (const PublicKey& key : signers) hasher.add(key);
  const Hash fingerprint = hasher.finish();
  return DirectoryEvidence{std::move(directory), crypto::spoken(fingerprint), signers.size(),
                           is_named(fingerprint, root)};
}

}  // namespace

Result<DirectoryEvidence> open_directory(ByteView bytes, const std::string& root, WallTime at) {
  return is_directory_bundle(bytes) ? open_bundle(bytes, root, at) : open_single(bytes, root);
}

void Case::check_directory(const std::string& root) {
  for (std::size_t i = 0; i < container_.sections.size(); ++i) {
    if (container_.sections[i].type != SectionType::kDirectory) continue;
    if (directory_) {
      fault(i, "twice", "a second directory in one file", "文件中有第二份机构目录");
      continue;
    }
    auto opened = open_directory(container_.sections[i].bytes, root, container_.closing.time);
    if (!opened) {
      fault(i, "directory", opened.error().text, "机构目录的签名或内容无效");
      continue;
    }
    directory_ = std::move(opened->directory);
    say_directory(i, *opened, !root.empty());
  }
  if (!directory_)
    fault_at_close("no_directory", "the file holds no directory that verifies: no signature counts",
                   "文件中没有有效的机构目录：任何签名都无从核对");
}

void Case::say_directory(std::size_t section, const DirectoryEvidence& opened, bool root_named) {
  const std::string version = std::to_string(directory_->header().version),
                    signers = std::to_string(opened.signers), &print = opened.fingerprint;
  facts()["directory"] = {{"version", directory_->header().version},
                          {"rehearsal", directory_->header().rehearsal},
                          {"fingerprint", print},
                          {"signatures", opened.signers}};
  prove("directory",
        "version " + version + " of the directory is signed by " + signers +
            " holder(s) under the root " + print,
        "机构目录第 " + version + " 版由 " + signers + " 名持有人签名，根指纹 " + print);
  if (!root_named)
    cannot("root",
           "that the root of trust " + print +
               " is the real one: compare the fingerprint with the published one",
           "信任根 " + print + " 是真的：请与公布的指纹核对");
  else if (opened.named)
    prove("root", "the root of trust is the one that you named", "信任根与所给指纹一致");
  else
    fault(section, "root", "its root is " + print + ", not the one named",
          "其信任根为 " + print + "，与所给指纹不符");
  cannot("revoked", "that no key was revoked after version " + version + " of the directory",
         "机构目录第 " + version + " 版之后没有密钥被撤销");
  if (directory_->header().rehearsal)
    cannot("rehearsal", "anything about real offices: this directory is marked rehearsal",
           "与真实机构有关的任何事项：该机构目录标为演练");
}

}  // namespace xianjie::node::evidence
