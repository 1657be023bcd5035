// The official list of code changes, over the built-in table.
#include <gmock/gmock.h>

#include "routing/resolve.h"
#include "routing/route.h"
#include "tests/unit/routing/office_tree.h"

namespace xianjie::routing {
namespace {

using ::testing::HasSubstr;

const Date kOpen{}, kGone = *Date::make(2026, 6, 1);

Resolution resolved(const std::string& code, const std::vector<CodeChange>& rows,
                    const std::string& address = "") {
  const auto found = resolve({code, address, ""}, CodeChanges(rows));
  EXPECT_TRUE(found) << (found ? "" : found.error().reason);
  return found.value_or(Resolution{});
}

TEST(CodeChanges, WithoutAListTheTableStands) {
  const CodeChanges none;
  EXPECT_EQ(none.find(610802)->desk, find_code(610802)->desk);
  EXPECT_EQ(none.parent(610802001), 610802U);
  EXPECT_FALSE(none.find(610899));
}

TEST(CodeChanges, ANewTownshipAndANewCountyAreKnown) {
  const std::vector<CodeChange> rows{{610802099, "新街道", kGone, kOpen, {}, "陕民发〔2026〕1号"},
                                     {610899, "新区", kGone, kOpen, {}, "国函〔2026〕1号"}};
  const Resolution township = resolved("610802099", rows);
  EXPECT_EQ(township.code, 610802099U);
  EXPECT_EQ(township.confidence, Confidence::kExact);
  EXPECT_EQ(resolved("610802099", {}).confidence, Confidence::kAmbiguous) << "without the list";
  EXPECT_EQ(resolved("610899", rows).code, 610899U);
  EXPECT_EQ(CodeChanges(rows).parent(610899), 610800U);
  EXPECT_EQ(CodeChanges(rows).parent(610802099), 610802U);
}

TEST(CodeChanges, OneSuccessorIsFollowedAndTheSourceIsNamed) {
  const std::vector<CodeChange> rows{{610802, "榆阳区", kOpen, kGone, {610899}, "国函〔2026〕1号"},
                                     {610899, "新区", kGone, kOpen, {}, "国函〔2026〕1号"}};
  const Resolution found = resolved("610802", rows);
  EXPECT_EQ(found.code, 610899U);
  EXPECT_EQ(found.confidence, Confidence::kSuccessor);
  EXPECT_THAT(found.rule, HasSubstr("国函〔2026〕1号"));
}

TEST(CodeChanges, AChainEndsAtACurrentCode) {
  const std::vector<CodeChange> rows{{610802, "一", kOpen, kGone, {610899}, "a"},
                                     {610899, "二", kOpen, kGone, {610803}, "b"}};
  EXPECT_EQ(resolved("610802", rows).code, 610803U);
  // A circle leads nowhere, and ends.
  const std::vector<CodeChange> circle{{610802, "一", kOpen, kGone, {610899}, "a"},
                                       {610899, "二", kOpen, kGone, {610802}, "b"}};
  EXPECT_EQ(resolved("610802", circle).confidence, Confidence::kAmbiguous);
}

TEST(CodeChanges, ADividedCodeIsForAPersonAtTheDeskOverItsParts) {
  const std::vector<CodeChange> rows{{610802001, "一", kOpen, kGone, {610802002, 610802003}, "a"}};
  const Resolution found = resolved("610802001", rows);
  EXPECT_EQ(found.code, 610802U);
  EXPECT_EQ(found.confidence, Confidence::kAmbiguous);
  EXPECT_THAT(found.rule, HasSubstr("divided"));
}

TEST(CodeChanges, OfTheDirectoryDecideWhoseAreaACodeIs) {
  DirectoryContents contents;
  contents.header.version = 7;
  contents.header.created = local_time(Date{2026, 12, 1});
  contents.header.code_changes = {{610899, "新区", kGone, kOpen, {}, "国函"}};
  contents.offices = records_of({{"ministry:000000", "-"},
                                 {"province:610000", "ministry:000000"},
                                 {"prefecture:610800", "province:610000"}});
  const auto directory = Directory::open(*DirectoryFile::open(encode_directory_body(contents)));
  ASSERT_TRUE(directory) << directory.error().text;
  EXPECT_EQ(office_for_code(*directory, 610899), office("prefecture:610800"));
  EXPECT_EQ(directory->code_changes().find(610899)->name, "新区");
}

}  // namespace
}  // namespace xianjie::routing
