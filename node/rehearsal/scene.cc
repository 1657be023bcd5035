#include "node/rehearsal/scene.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"
#include "node/office/continuation.h"
#include "node/office/id_number.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr std::uint64_t kUnlinkedOneIn = 20;

}  // namespace

bool Scene::is_unlinked(std::size_t row) const {
  return crypto::checksum(Encoder().text("rehearsal").u64(seed_).u64(row).bytes()) %
             kUnlinkedOneIn ==
         0;
}

std::uint64_t Scene::dice(const std::string& name, std::uint64_t sides) const {
  return crypto::checksum(Encoder().text("dice").u64(seed_).text(name).bytes()) % sides;
}

std::vector<OfficeId> Scene::all_of(OfficeType type) const {
  std::vector<OfficeId> out = directory_.all();
  std::erase_if(out, [&](OfficeId office) { return office.type() != type; });
  return out;
}

std::vector<OfficeId> Scene::townships_below(OfficeId office) const {
  std::vector<OfficeId> out = all_of(OfficeType::kTownship);
  std::erase_if(out, [&](OfficeId one) { return !stands_below(directory_, one, office); });
  return out;
}

OfficeId Scene::another_township(const std::string& name,
                                 const std::vector<OfficeId>& others) const {
  std::vector<OfficeId> all = all_of(OfficeType::kTownship);
  std::erase_if(all, [&](OfficeId one) { return std::ranges::find(others, one) != others.end(); });
  return all.empty() ? OfficeId{} : all[dice(name, all.size())];
}

WallTime Scene::at(int day, int hour, int minute) const {
  return local_time(Date{month_.year(), month_.month(), day}, hour, minute);
}

std::string Scene::day_text(int day) const {
  return to_text(Date{month_.year(), month_.month(), day});
}

MadeUp made_up(std::size_t n) {
  static constexpr std::array<const char*, 10> kStems{"甲", "乙", "丙", "丁", "戊",
                                                      "己", "庚", "辛", "壬", "癸"};
  const auto two = [](std::size_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  const std::string digits = "110101180" + std::to_string(n % 10) + two(1 + n / 10 % 12) +
                             two(1 + n / 120 % 28) + "9" + two(n % 100);
  return {std::string("演练") + kStems[n / 100 % 10] + kStems[n / 10 % 10] + kStems[n % 10],
          digits + id_check_character(digits)};
}

}  // namespace xianjie::node::rehearsal
