// `keys` and `directory`: files that hold secrets, and the directory that holders sign.
#include <gmock/gmock.h>

#include <sys/stat.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Keys : public testing::Test {
 protected:
  Keys() {
    write_text(path("nation.toml"),
               nation_toml({{"ministry:000000", ""}, {"province:610000", "ministry:000000"}}));
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] static mode_t mode_of(const std::string& file) {
    struct stat found {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0);
    return found.st_mode & 0777;
  }

  TempDirectory folder_;
};

TEST_F(Keys, AreMadeOnceAndShownWithoutTheirSecrets) {
  const std::string file = path("a.keys");
  const json made = answer(
      {"keys", "generate", "--office", "province:610000", "--output", file, "--key-id", "7"});
  EXPECT_EQ(made["key_id"], 7);
  EXPECT_EQ(mode_of(file), 0600U);
  const std::string text = read_text(file);
  EXPECT_EQ(cli({"keys", "generate", "--office", "province:610000", "--output", file}).status, 1);
  EXPECT_EQ(read_text(file), text);

  const json shown = answer({"keys", "show", file});
  EXPECT_EQ(shown["office"], "province:610000");
  EXPECT_EQ(shown["key_id"], 7);
  for (const char* part : {"signing", "sealing", "link"}) {
    EXPECT_EQ(shown[part].get<std::string>().size(), 64U) << part;
    EXPECT_THAT(text, testing::Not(HasSubstr(shown[part].get<std::string>()))) << part;
  }
  EXPECT_EQ(answer({"keys", "check", file})["sound"], true);
}

TEST_F(Keys, AreRefusedWhereDamagedOrOpenToOthers) {
  const std::string file = path("a.keys");
  ASSERT_EQ(cli({"keys", "generate", "--office", "province:610000", "--output", file}).status, 0);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const Ended open = cli({"keys", "check", file});
  EXPECT_EQ(open.status, 1);
  EXPECT_THAT(open.err, HasSubstr(file));
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  std::string text = read_text(file);
  const std::size_t at = text.find("signing ") + 8;
  text[at] = text[at] == '0' ? '1' : '0';
  write_text(file, text);
  EXPECT_EQ(cli({"keys", "check", file}).status, 1);
  EXPECT_EQ(cli({"keys", "show", path("none.keys")}).status, 1);
}

TEST_F(Keys, OfADirectoryAreRefusedWithTheirLine) {
  make_keys(folder_.path(), "province:610000");
  make_keys(folder_.path(), "county:610802");
  auto draft = draft_arguments(folder_.path());
  const Ended stranger = cli(draft);
  EXPECT_EQ(stranger.status, 1);
  EXPECT_THAT(stranger.err, HasSubstr("line 2"));
  EXPECT_FALSE(std::filesystem::exists(path("list.xjs")));

  write_text(path("keys.json"), "{\"office\": \"province:610000\", \"key_id\": 1}\n");
  EXPECT_EQ(cli(draft).status, 1);
}

TEST_F(Keys, OfAHolderAreRefusedWhereDamaged) {
  make_root(folder_.path());
  std::string holder = read_text(path("holder.key"));
  const std::size_t seed_at = holder.find("seed ") + 5;
  holder[seed_at] = holder[seed_at] == '0' ? '1' : '0';
  write_text(path("holder.key"), holder);
  const Ended damaged =
      cli({"directory", "sign", path("root.xjr"), "--holder-key", path("holder.key")});
  EXPECT_EQ(damaged.status, 1);
  EXPECT_THAT(damaged.err, HasSubstr("holder.key"));
  write_text(path("holder.key"), "xianjie-holder-key 1\n");
  EXPECT_EQ(
      cli({"directory", "sign", path("root.xjr"), "--holder-key", path("holder.key")}).status, 1);
}

}  // namespace
}  // namespace xianjie::tests
