// An office set up by hand, the way node/cli/README.md tells it: keys, what `keys show` prints, a
// directory that its holder signs, a configuration.
#pragma once

#include "tests/functional/cli.h"

namespace xianjie::tests {

// In `folder`: holder.key, holder.pub's content returned.
inline std::string make_holder(const std::filesystem::path& folder,
                               const std::string& name = "holder") {
  return answer(
      {"directory", "holder-key", "--output", (folder / (name + ".key")).string()})["public"];
}

// OFFICE.keys, and its public half appended to keys.json.
inline std::filesystem::path make_keys(const std::filesystem::path& folder,
                                       const std::string& office) {
  const std::filesystem::path file = folder / (office + ".keys");
  EXPECT_EQ(cli({"keys", "generate", "--office", office, "--output", file.string()}).status, 0);
  const Ended shown =
      cli({"keys", "show", file.string(), "--valid-from", "2026-01-01T00:00:00+08:00"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  std::ofstream(folder / "keys.json", std::ios::app) << shown.out;
  return file;
}

inline std::vector<std::string> sign_arguments(const std::filesystem::path& folder) {
  return {"directory",    "sign",
          "--offices",    (folder / "nation.toml").string(),
          "--keys-json",  (folder / "keys.json").string(),
          "--holder-key", (folder / "holder.key").string(),
          "--version",    "1",
          "--output",     (folder / "directory.xjd").string()};
}

}  // namespace xianjie::tests
