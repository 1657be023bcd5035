#include "node/daemon/exchange_file.h"

#include "adapters/toml_text.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kEachMax = 1000;

Result<WallTime> read_time(const toml::table& table, const std::string& key) {
  const auto text = table[key].value<std::string>();
  const auto time = text ? parse_wall_time(*text) : std::nullopt;
  if (!time)
    return refused("plan: line " + std::to_string(table.source().begin.line) + ": " + key +
                   ": a time such as \"2026-12-14T09:00:00+08:00\" expected");
  return *time;
}

Result<ExchangeRound> read_round(const toml::table& table) {
  ExchangeRound round;
  round.name = table["name"].value_or(std::string());
  if (round.name.empty() || round.name.size() > 64)
    return refused("plan: line " + std::to_string(table.source().begin.line) +
                   ": a round needs a name");
  for (const NamedWindow& one : exchange_windows()) {
    XJ_TRY((round.*one.window).from, read_time(table, std::string(one.name) + "_from"));
    XJ_TRY((round.*one.window).until, read_time(table, std::string(one.name) + "_until"));
  }
  return round;
}

Result<std::size_t> read_count(const toml::table& table, const char* key) {
  const auto count = table[key].value_or(std::int64_t{10});
  if (count < 1 || count > static_cast<std::int64_t>(kEachMax))
    return refused(std::string("plan: ") + key + ": 1 to " + std::to_string(kEachMax));
  return static_cast<std::size_t>(count);
}

}  // namespace

Result<ExchangePlan> parse_exchange_plan(std::string_view text) {
  const auto table = adapters::parse_toml(text);
  if (!table) return refused("plan: " + table.error().text);
  ExchangePlan plan;
  plan.name = (*table)["name"].value_or(std::string());
  if (plan.name.empty() || plan.name.size() > 128) return refused("plan: it needs a name");
  XJ_TRY(plan.requests, read_count(*table, "requests"));
  XJ_TRY(plan.notices, read_count(*table, "notices"));
  if (const toml::array* rounds = (*table)["round"].as_array())
    for (const toml::node& node : *rounds) {
      const toml::table* entry = node.as_table();
      if (entry == nullptr) return refused("plan: [[round]] expected");
      XJ_TRY(ExchangeRound round, read_round(*entry));
      plan.rounds.push_back(std::move(round));
    }
  XJ_TRY_VOID(check_exchange_plan(plan));
  return plan;
}

}  // namespace xianjie::node
