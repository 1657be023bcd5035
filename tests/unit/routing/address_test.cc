#include "routing/address.h"

#include <string>

#include <gtest/gtest.h>

#include "routing/codes.h"
#include "routing/resolve.h"

namespace xianjie::routing {
namespace {

void expect(const std::string& address, std::uint32_t code) {
  const AddressMatch match = match_address(address);
  EXPECT_EQ(match.code, code) << address;
  EXPECT_TRUE(match.candidates.empty()) << address;
}
void expect_ambiguous(const std::string& address, std::uint32_t desk) {
  const AddressMatch match = match_address(address);
  EXPECT_EQ(match.code, desk) << address;
  EXPECT_GE(match.candidates.size(), 2u) << address;
}

TEST(Address, MatchesLevelByLevelWithOptionalKinds) {
  expect("陕西省榆林市榆阳区青山路街道", 610802002);
  expect("陕西榆林榆阳青山路", 610802002);
  expect("陕西省榆林市榆阳区青山路街道办事处某小区１号", 610802002);
  expect("榆林市榆阳区青山路办事处", 610802002);
  expect("榆阳区青山路街道", 610802002);
  expect("中国 陕西省　榆林市，榆阳区、青山路街道", 610802002);
  expect("陕西省榆林市榆阳区", 610802);
  expect("陕西省榆林市", 610800);
  expect("陕西", 610000);
}

TEST(Address, KnowsMunicipalitiesAndAutonomousPlaces) {
  expect("北京市朝阳区三里屯街道", 110105004);
  expect("北京市市辖区东城区", 110101);
  expect("重庆市县城口县", 500229);
  expect("内蒙古赤峰市", 150400);
  expect("内蒙古自治区呼伦贝尔市鄂温克族自治旗", 150724);
  expect("广西恭城县", 450332);
  expect("贵州省黔东南州", 522600);
  expect("吉林省延边朝鲜族自治州延吉市", 222401);
  expect("湖北省神农架林区", 429021);
  expect("新疆石河子市", 659001);
  expect("新疆生产建设兵团", 660000);
  expect("广东省东莞市石龙镇", 441900102);
  expect("甘肃省嘉峪关市", 620200);
}

TEST(Address, ReadsTheLongestWholeNotTheFirstName) {
  expect("山东省济南市中区", 370103);
  expect("济南市市中区", 370103);
  expect("吉林省吉林市昌邑区", 220202);
  expect("吉林市昌邑区", 220202);
  expect("海南共和县", 632521);
  expect("海南省", 460000);
  expect("海南", 460000);
  expect("辽宁省朝阳县", 211321);
  expect("辽宁朝阳", 211300);
}

TEST(Address, DoubtEndsAtTheDeskThatCoversAll) {
  expect_ambiguous("河北省唐山市开平区开平", 130205);
  expect("河北省唐山市开平区开平镇", parse_code("130205").value() * 1'000 + 100);
  expect_ambiguous("江苏省鼓楼区", 320000);
  expect_ambiguous("河北省新华区", 130000);
}

TEST(Address, AnotherKindOrARoadIsNotThePlace) {
  expect("陕西省榆林市榆阳区青山路镇", 610802);
  expect("北京市朝阳区酒仙桥路10号", 110105);
  expect("北京市密云县溪翁庄镇", 110000);
  expect("河北省邯郸县", 130000);
}

TEST(Address, TownshipNamesAloneNeverMatch) {
  EXPECT_EQ(match_address("青山路街道").code, 0u);
  EXPECT_EQ(match_address("城关镇").code, 0u);
  EXPECT_EQ(match_address("幸福路5号").code, 0u);
  EXPECT_EQ(match_address("").code, 0u);
  EXPECT_EQ(match_address("\xFF\xFE\xE9").code, 0u);
  EXPECT_EQ(match_address(std::string(100'000, 'x')).code, 0u);
}

TEST(Address, ANameWithoutItsKindIsReadWhereThePlaceBehindItProvesIt) {
  expect("北京大兴区黄村镇", 110115);
  expect("辽宁大连庄河市", 210283);
  expect("辽宁大连", 210200);
  expect("山西大同", 140200);
  expect("云南大理市下关街道", 532901003);
  expect("黑龙江大庆", 230600);
  expect("重庆大足区", 500111);
  expect("石家庄桥西区", 130104);
  expect("河北唐山路北区", 130203);
  expect("黑龙江哈尔滨道里区", 230102);
  expect("湖南永州道县", 431124);
  expect("浙江台州路桥区", 331004);
  expect("江苏盐城大丰区", 320904);
  expect("河南省济源市沁园街道", 419001001);
  expect("商水", 411623);
  EXPECT_EQ(match_address("湖南长沙望城大泽湖街道").code / 1'000, 430112u);
}

TEST(Address, TheBeginningOfATownshipsNameIsNoPlaceAboveIt) {
  for (const char* alone : {"安定门街道", "周口店地区", "河南寨镇", "广安门内街道", "中山门街道",
                            "宜兴埠镇", "平安城镇", "普兰店市", "路南彝族自治县", "白沙工农区",
                            "古县镇", "古县渡镇", "矿区街道", "永兴", "北京市双河农场"})
    EXPECT_EQ(match_address(alone).code, 0u) << alone;
  expect("北京市朝阳门街道", 110000);
  expect("天津市河西务镇", 120000);
  expect("辽宁省抚顺市抚顺城街道", 210400);
}

// Every county and prefecture, with all above it written without kinds.
TEST(Address, ShortNamesAboveAWholeNameComeBackAsItsCode) {
  const auto brief = [](std::uint32_t code) {
    std::string name(find_code(code)->name);
    for (const std::string_view kind :
         {"维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市", "地区", "盟"})
      if (name.ends_with(kind)) return name.substr(0, name.size() - kind.size());
    return name;
  };
  std::size_t tried = 0;
  for (const std::uint32_t code : all_codes(false)) {
    const auto info = find_code(code);
    if (info->status != CodeStatus::kCurrent || code > 1'000'000 || info->parent == 0) continue;
    std::string text(info->name);
    for (std::uint32_t at = parent_code(code); at != 0; at = parent_code(at))
      if (find_code(at)->status == CodeStatus::kCurrent) text = brief(at) + text;
    ++tried;
    const AddressMatch match = match_address(text);
    EXPECT_EQ(match.code, code) << text;
  }
  EXPECT_GT(tried, 3'000u);
}

// No township's own name is taken for another place: at most for one that holds it. Farms, prisons
// and zones are left out: some bear the name of a county they once lay in.
TEST(Address, NoTownshipsNameLeadsToAPlaceThatDoesNotHoldIt) {
  std::size_t tried = 0, wrong = 0;
  for (const std::uint32_t code : all_codes(false)) {
    if (code < 1'000'000) continue;
    const auto info = find_code(code);
    const auto ends = [&](std::string_view kind) { return info->name.ends_with(kind); };
    if (info->status != CodeStatus::kCurrent || !(ends("街道") || ends("镇") || ends("乡")))
      continue;
    ++tried;
    const AddressMatch match = match_address(info->name);
    if (match.code == 0) continue;
    std::uint32_t at = code;
    while (at != 0 && at != match.code) at = parent_code(at);
    if (at == 0) {
      ++wrong;
      if (wrong <= 40) ADD_FAILURE() << info->name << " → " << match.code;
    }
  }
  EXPECT_GT(tried, 38'000u);
  EXPECT_EQ(wrong, 0u);
}

TEST(Address, SeveralProvincesAreRefusedByName) {
  for (const char* address : {"朝阳区", "朝阳区三里屯街道", "四川省重庆市万县", "鼓楼区"}) {
    const auto got = resolve({.code = "", .address = address, .id_number = "110101180001010015"});
    ASSERT_FALSE(got) << address << ": " << got->rule;
    EXPECT_EQ(got.error().field, "registration_address");
    EXPECT_TRUE(got.error().reason.starts_with("several_places: ")) << got.error().reason;
  }
  const auto got = resolve({.code = "", .address = "四川省重庆市万县", .id_number = ""});
  EXPECT_NE(got.error().reason.find("四川省"), std::string::npos);
  EXPECT_NE(got.error().reason.find("重庆市"), std::string::npos);
}

TEST(Address, ResolvesWithItsConfidence) {
  const auto found =
      resolve({.code = "", .address = "陕西省榆林市榆阳区青山路街道", .id_number = ""});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->confidence, Confidence::kAddress);
  const auto doubtful =
      resolve({.code = " ", .address = "河北省新华区", .id_number = "110101180001010015"});
  ASSERT_TRUE(doubtful);
  EXPECT_EQ(doubtful->confidence, Confidence::kAmbiguous);
  EXPECT_EQ(doubtful->code, 130000u);
}

// Every county and township by its full written address comes back as itself.
TEST(Address, FullNamesComeBackAsTheirCode) {
  std::size_t tried = 0, other = 0;
  for (const std::uint32_t code : all_codes(false)) {
    const auto info = find_code(code);
    if (info->status != CodeStatus::kCurrent || (code > 1'000'000 && code % 37 != 0)) continue;
    std::string text;
    for (std::uint32_t at = code; at != 0; at = parent_code(at))
      text = std::string(find_code(at)->name) + text;
    const AddressMatch match = match_address(text);
    ++tried;
    const auto county = find_code(code / 1'000);
    const bool zone = code > 1'000'000 && county && county->status == CodeStatus::kStatistical;
    if (match.code != code && !zone) {
      ++other;
      ADD_FAILURE() << code << " " << text << " → " << match.code;
    }
  }
  EXPECT_GT(tried, 4'000u);
  EXPECT_EQ(other, 0u);
}

}  // namespace
}  // namespace xianjie::routing
