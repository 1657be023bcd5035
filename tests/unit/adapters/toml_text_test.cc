#include "adapters/toml_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xianjie::adapters {
namespace {

using testing::StartsWith;

TEST(TomlText, ReadsWhatIsToml) {
  const auto table = parse_toml("a = 1\n[b]\nc = \"x\"\n");
  ASSERT_TRUE(table) << table.error().text;
  EXPECT_EQ((*table)["a"].value<int>(), 1);
  EXPECT_EQ((*table)["b"]["c"].value<std::string>(), "x");
}

TEST(TomlText, NamesTheLineOfAFault) {
  const auto table = parse_toml("a = 1\nb = = 2\n");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::kRefused);
  EXPECT_THAT(table.error().text, StartsWith("line 2: "));
}

// Found by tests/fuzz/config.cc: the library's own assertions abort on these.
TEST(TomlText, RefusesWhatBreaksTheParsersAssertions) {
  for (const std::string broken : {"[,k]", "[[[a]]]", "[[=", "[[,", "[;"}) {
    for (const std::string rest : {"", "\n", "\nb = 2\n[c]\n"}) {
      const auto table = parse_toml("a = \"\"\"\n[,\n\"\"\"\n\n" + broken + rest);
      ASSERT_FALSE(table) << broken;
      EXPECT_THAT(table.error().text, StartsWith("line 5: ")) << broken;
    }
  }
  EXPECT_FALSE(parse_toml("[,"));
}

// The second part of the header's remark, for the undefined-behaviour sanitizer to see.
TEST(TomlText, RefusesMarksOutsideOfQuotes) {
  for (const std::string mark : {"\u00e9", "\u3002", "\ufefe", "\u2c5f", "\u3000"})
    EXPECT_FALSE(parse_toml("a =" + mark + " 1\n")) << mark;
}

TEST(TomlText, FaultsAreOneLine) {
  const auto table = parse_toml("a = 1\nb = t\n\n\n");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().text.find('\n'), std::string::npos) << table.error().text;
}

}  // namespace
}  // namespace xianjie::adapters
