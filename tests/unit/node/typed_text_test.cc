#include "node/office/typed_text.h"

#include <gtest/gtest.h>

namespace xianjie::node {
namespace {

TEST(TypedText, TrimsSpacesAndInvisibleMarks) {
  EXPECT_EQ(trim("  甲一\t\r\n"), "甲一");
  EXPECT_EQ(trim("\u3000\u00a0\ufeff甲 一\u200b\u202c\u2069"), "甲 一");
  EXPECT_EQ(trim("\u3000"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(TypedText, LeavesBrokenSequencesAlone) {
  EXPECT_EQ(trim("\xe3\x80"), "\xe3\x80");
  EXPECT_EQ(narrow("\xef\xbc"), "\xef\xbc");
  EXPECT_EQ(narrow("\xef"), "\xef");
}

TEST(TypedText, NarrowsFullWidthForms) {
  EXPECT_EQ(narrow("０１２３４５６７８９Ｘｘ"), "0123456789Xx");
  EXPECT_EQ(narrow("！～＿｀ａ\u3000年"), "!~_`a 年");
}

TEST(TypedText, CountsCharacters) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a甲𠮷"), 3U);
}

TEST(TypedText, KnowsControlCharacters) {
  EXPECT_FALSE(has_control_characters("a\tb\r\nc"));
  EXPECT_TRUE(has_control_characters(std::string_view("a\0b", 3)));
  EXPECT_TRUE(has_control_characters("\x1b[31m"));
  EXPECT_TRUE(has_control_characters("\x7f"));
}

TEST(TypedText, KnowsWhatSpreadsheetsMakeOfLongNumbers) {
  for (const auto* text : {"4.5E+17", "4.50e17", "1E+05", "1.10101E17", "4.E+17", "4.5E-3"})
    EXPECT_TRUE(is_scientific(text)) << text;
  for (const auto* text : {"", "E17", "4.5", "4.5E", "4.5E+", "45E1x", "110101180001010015"})
    EXPECT_FALSE(is_scientific(text)) << text;
}

}  // namespace
}  // namespace xianjie::node
