#include "node/office/release_date.h"

#include <gtest/gtest.h>

namespace xianjie::node {
namespace {

TEST(ReleaseDate, TakesEveryFormOfTheContract) {
  const Date expected{2027, 1, 15};
  for (const auto* text :
       {"2027-01-15", "2027-1-15", "2027/1/15", "2027/01/15", "2027.1.15", "2027.01.15",
        "2027年1月15日", "2027年01月15日", "20270115", " 2027-01-15 ", "２０２７－０１－１５",
        "２０２７年１月１５日", "２０２７．１．１５", "２０２７／１／１５"})
    EXPECT_EQ(parse_release_date(text), expected) << text;
  EXPECT_EQ(parse_release_date("2028-2-29"), (Date{2028, 2, 29}));
}

TEST(ReleaseDate, RefusesOtherFormsAndUnrealDays) {
  for (const auto* text : {"",
                           "2027",
                           "2027-",
                           "2027-01",
                           "2027-01-",
                           "2027-01-32",
                           "2027-02-29",
                           "2027-13-01",
                           "2027-00-10",
                           "20270230",
                           "2027011",
                           "202701150",
                           "2027-01/15",
                           "2027/01.15",
                           "2027年1月15",
                           "2027年1-15日",
                           "27-01-15",
                           "15.1.2027",
                           "2027-001-15",
                           "2027-01-15 00:00",
                           "2027-01-15x",
                           "46402",
                           "0000-01-01",
                           "+2027-1-1",
                           "2027--1-1"})
    EXPECT_FALSE(parse_release_date(text)) << text;
}

}  // namespace
}  // namespace xianjie::node
