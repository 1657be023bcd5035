#include "routing/code_changes.h"

#include <algorithm>

namespace xianjie::routing {
namespace {

constexpr int kChainMax = 16;  // of successors, and of levels

CodeLevel level_by_digits(std::uint32_t code) {
  if (code >= kTownshipMin) return CodeLevel::kTownship;
  if (code % 10'000 == 0) return CodeLevel::kProvince;
  return code % 100 == 0 ? CodeLevel::kPrefecture : CodeLevel::kCounty;
}

int year_or_open(const Date& date) {
  return date == Date{} ? 0 : date.year;
}

}  // namespace

CodeChanges::CodeChanges(std::vector<CodeChange> rows) {
  std::map<std::uint32_t, CodeChange> all;
  for (CodeChange& one : rows) {
    const std::uint32_t code = one.code;
    all.emplace(code, std::move(one));
  }
  rows_ = std::make_shared<const std::map<std::uint32_t, CodeChange>>(std::move(all));
}

const CodeChange* CodeChanges::row(std::uint32_t code) const {
  if (!rows_) return nullptr;
  const auto found = rows_->find(code);
  return found == rows_->end() ? nullptr : &found->second;
}

// Where the table has no row, the digits say it: a township under its county, a county under its
// prefecture or, where that is none, its province.
std::uint32_t CodeChanges::parent(std::uint32_t code) const {
  if (row(code) == nullptr || find_code(code)) return parent_code(code);
  if (code >= kTownshipMin) {
    const auto county = find(code / 1'000);
    return county ? county->desk : 0;
  }
  const std::uint32_t prefecture = code / 100 * 100, province = code / 10'000 * 10'000;
  if (prefecture != code && find_code(prefecture)) return find_code(prefecture)->desk;
  return province != code && find_code(province) ? province : 0;
}

// The current code at the end of single successors; 0: there is none.
std::uint32_t CodeChanges::ends_at(std::uint32_t code) const {
  for (int hops = 0; hops < kChainMax; ++hops) {
    const CodeChange* const change = row(code);
    if (change == nullptr) {
      const auto info = find_code(code);
      if (!info) return 0;
      return info->status == CodeStatus::kAbolished ? info->successor : code;
    }
    if (change->to == Date{}) return code;
    if (change->successors.size() != 1) return 0;
    code = change->successors.front();
  }
  return 0;
}

// The lowest code over all of them.
std::uint32_t CodeChanges::covering(const std::vector<std::uint32_t>& codes) const {
  std::vector<std::uint32_t> common;
  for (const std::uint32_t code : codes) {
    const std::uint32_t end = ends_at(code);
    std::vector<std::uint32_t> way;
    for (std::uint32_t at = end == 0 ? code : end; at != 0 && way.size() < kChainMax;
         at = parent(at))
      way.push_back(at);
    if (common.empty())
      common = way;
    else
      std::erase_if(common,
                    [&](std::uint32_t at) { return std::ranges::find(way, at) == way.end(); });
  }
  return common.empty() ? 0 : common.front();
}

std::optional<CodeInfo> CodeChanges::find(std::uint32_t code) const {
  const CodeChange* const change = row(code);
  if (change == nullptr) return find_code(code);
  CodeInfo info;
  info.code = code;
  info.name = change->name;
  info.level = level_by_digits(code);
  info.parent = parent(code);
  info.from_year = year_or_open(change->from);
  info.to_year = year_or_open(change->to);
  info.evidence = change->source;
  if (change->to == Date{}) {
    info.desk = code;
    return info;
  }
  info.status = CodeStatus::kAbolished;
  info.successor = ends_at(code);
  if (info.successor != 0) {
    info.desk = info.successor;
    return info;
  }
  info.candidates = change->successors;
  info.divided = change->successors.size() > 1;
  info.desk = covering(change->successors);
  if (info.desk == 0) info.desk = info.parent;
  return info;
}

}  // namespace xianjie::routing
