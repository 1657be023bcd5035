// What a turn notes for the audit log: whole lines, in rows that the archive takes.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

TEST(AuditRows, AreCutBetweenLinesWhenATurnHasMuchToNote) {
  constexpr std::size_t kArchiveTakes = 1024 * 1024;
  OneBroker at{kProvince, wall("2026-12-11T10:00:00+08:00")};
  std::vector<Event> events;
  for (int i = 0; i < 1000; ++i)
    events.emplace_back(Audit{"line " + std::to_string(i) + std::string(2000, '.')});
  at.step(std::move(events));
  std::size_t rows = 0;
  for (const auto& [key, value] : at.rows(Table::kAudit)) {
    ++rows;
    EXPECT_LT(value.size(), kArchiveTakes);
    EXPECT_EQ(value.back(), '\n');
  }
  EXPECT_GT(rows, 2U);
  const std::string text = at.audit_text();
  std::size_t from = 0;
  for (int i = 0; i < 1000; ++i) {
    from = text.find("note line " + std::to_string(i) + ".", from);
    ASSERT_NE(from, std::string::npos) << i;
  }
}

}  // namespace
}  // namespace xianjie::tests
