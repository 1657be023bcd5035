#include "node/office/notice_split.h"

#include <gmock/gmock.h>

#include "notice_fixture.h"

namespace xianjie::node {
namespace {

using testing::ElementsAre;

RawRow three(std::string origin, std::string name) {
  return cells_row({std::move(origin), std::move(name), "110101180001010015"});
}

TEST(NoticeSplit, KeepsRowNumbersAndCells) {
  RawRow broken = three("红石监狱", "戊");
  broken.broken = true;
  const NoticeSplit split = split_notices(
      {cells_row({"呈报单位", "name", "身份证号"}), three("清河看守所", "甲, \"一\"\n"),
       three(std::string(kPrison), "乙"), cells_row({""}), three("", "丙"), three("无名", "丁"),
       broken, three("红石监狱", " 己"), cells_row({"红石监狱"}), three("榆阳区司法局", "庚")},
      find_test_office);
  EXPECT_EQ(split.rows_read, 8U);
  ASSERT_EQ(split.parts.size(), 2U);

  const NoticePart& prison = split.parts[0];
  EXPECT_EQ(to_text(prison.origin), kPrison);
  EXPECT_THAT(prison.rows, ElementsAre(2, 6));
  EXPECT_EQ(prison.csv,
            "呈报单位,name,身份证号\r\n"
            "prison:610000-03,乙,110101180001010015\r\n"
            "红石监狱,\" 己\",110101180001010015\r\n");
  EXPECT_EQ(row_in_whole(prison, 2), 6U);
  EXPECT_EQ(row_in_whole(prison, 0), 0U);

  const NoticePart& house = split.parts[1];
  EXPECT_THAT(house.rows, ElementsAre(1));
  EXPECT_THAT(house.csv,
              testing::HasSubstr("清河看守所,\"甲, \"\"一\"\"\n\",110101180001010015\r\n"));

  std::vector<std::string> refused;
  for (const NoticeRefusal& refusal : split.refusals) refused.push_back(verdict_of(refusal));
  EXPECT_THAT(refused,
              ElementsAre("3 origin missing", "4 origin unknown_origin", "5 row broken_line",
                          "7 row broken_line", "8 origin unknown_origin"));
}

TEST(NoticeSplit, RefusesAWholeFile) {
  for (const auto& [rows, field] :
       {std::pair<std::vector<RawRow>, const char*>{{}, "file"},
        {{cells_row({"origin", "name"}), cells_row({"a", "b"})}, "header"}}) {
    const NoticeSplit split = split_notices(rows, find_test_office);
    EXPECT_TRUE(split.parts.empty());
    ASSERT_EQ(split.refusals.size(), 1U);
    EXPECT_EQ(split.refusals[0].row, 0U);
    EXPECT_EQ(split.refusals[0].field, field);
  }
}

}  // namespace
}  // namespace xianjie::node
