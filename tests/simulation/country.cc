#include "tests/simulation/country.h"

#include "routing/codes.h"

namespace xianjie::simulation {
namespace {

using routing::CodeLevel;
using tests::OfficeLine;

constexpr std::uint32_t kWithDirectCounty = 420000, kWithBarePrefecture = 440000,
                        kMunicipality = 500000;
constexpr std::uint32_t kBarePrefecture = 441900, kDirectCounty = 429004;

class Builder {
 public:
  std::vector<OfficeLine> lines;
  std::vector<std::pair<std::uint32_t, std::string>> with_townships;  // code, office

  std::string add(std::string_view type, std::uint32_t code, const std::string& parent,
                  std::string_view ordinal = "") {
    std::string id = std::string(type) + ":" + routing::code_text(code) + std::string(ordinal);
    lines.push_back({id, parent});
    return id;
  }

  std::string add_province(std::uint32_t code, int prisons, bool population_police) {
    const std::string province = add("province", code, "ministry:000000");
    const std::string bureau = add("prison-bureau", code, province);
    for (int k = 1; k <= prisons; ++k) add("prison", code, bureau, "-0" + std::to_string(k));
    if (population_police) add("population-police", code, province);
    return province;
  }

  void add_counties(std::uint32_t code, const std::string& parent, std::size_t count) {
    for (const std::uint32_t child : routing::children_of(code)) {
      if (count == 0) return;
      const auto info = routing::find_code(child);
      if (!info || info->level != CodeLevel::kCounty ||
          info->status != routing::CodeStatus::kCurrent)
        continue;
      with_townships.emplace_back(child, add("county", child, parent));
      --count;
    }
  }

  void add_prefectures(std::uint32_t code, const std::string& province, std::size_t count) {
    for (const std::uint32_t child : routing::children_of(code)) {
      if (count == 0) return;
      const auto info = routing::find_code(child);
      if (!info || info->level != CodeLevel::kPrefecture ||
          info->status != routing::CodeStatus::kCurrent)
        continue;
      add_counties(child, add("prefecture", child, province), 3);
      --count;
    }
  }

  void add_detention_house(std::uint32_t province_code, const std::string& province,
                           std::uint32_t county) {
    add("detention-house", county, add("police", province_code, province));
  }
};

}  // namespace

std::vector<OfficeLine> country(std::size_t offices) {
  XJ_CHECK(offices >= kOfficesMin);
  Builder builder;
  builder.lines.push_back({"ministry:000000", ""});
  for (const std::uint32_t code : {610000U, kWithDirectCounty, kWithBarePrefecture}) {
    const std::string province = builder.add_province(code, 3, code != kWithDirectCounty);
    builder.add_prefectures(code, province, 3);
    builder.add_detention_house(code, province, builder.with_townships.back().first);
    if (code == kWithDirectCounty)
      builder.with_townships.emplace_back(kDirectCounty,
                                          builder.add("county", kDirectCounty, province));
    if (code == kWithBarePrefecture)
      builder.with_townships.emplace_back(kBarePrefecture,
                                          builder.add("prefecture", kBarePrefecture, province));
  }
  builder.add_counties(kMunicipality, builder.add_province(kMunicipality, 2, false), 6);
  for (std::size_t turn = 0; builder.lines.size() < offices; ++turn) {
    const std::size_t before = builder.lines.size();
    for (const auto& [code, office] : builder.with_townships) {
      const auto townships = routing::children_of(code);
      if (turn < townships.size() && builder.lines.size() < offices)
        builder.add("township", townships[turn], office);
    }
    XJ_CHECK(builder.lines.size() > before);
  }
  return builder.lines;
}

}  // namespace xianjie::simulation
