// The root office signs the hourly timestamp. Whatever happens to it in between, it never signs one
// version twice: two of them would be a fork, and every office would freeze.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;

constexpr const char* kRoot = "ministry:000000";
constexpr const char* kBelow = "province:610000";

struct Timestamps : HandMadeOffices {
  Timestamps() : HandMadeOffices({{kRoot, ""}, {kBelow, kRoot}}, clock_running_at(3600)) {
    const std::string file = std::string(kRoot) + ".xjd";
    std::filesystem::create_directory(at("disk"));
    std::filesystem::rename(at(file), at("disk") / file);
    std::string text = read_text(config(kRoot));
    text.replace(text.find("directory = \"") + 13, 0, "disk/");
    write_text(config(kRoot), "timestamp_key = \"holder.key\"\n" + text);
  }
  json believed() const { return act(kBelow, {"directory", "status"}); }
  std::uint64_t heard() const { return believed().value("timestamp_version", std::uint64_t{0}); }
};

TEST_F(Timestamps, AreWrittenBeforeAnybodyHearsOfThem) {
  DaemonProcess below = start(kBelow);
  ASSERT_TRUE(below.ready()) << log(kBelow);
  std::uint64_t last = 0;
  {
    DaemonProcess root = start(kRoot);
    ASSERT_TRUE(root.ready()) << log(kRoot);
    ASSERT_TRUE(eventually([&] { return heard() > 2; })) << believed().dump() << log(kRoot);
    std::filesystem::rename(at("disk"), at("lost"));  // the next one cannot be written
    EXPECT_NE(root.process().wait(), 0) << "it must not go on";
    last = heard();
  }
  std::filesystem::rename(at("lost"), at("disk"));
  const json kept =
      answer({"directory", "show", (at("disk") / (std::string(kRoot) + ".xjd")).string()});
  EXPECT_GE(kept.value("timestamp_version", std::uint64_t{0}), last) << kept.dump();
  DaemonProcess root = start(kRoot);
  ASSERT_TRUE(root.ready()) << log(kRoot);
  EXPECT_TRUE(eventually([&] { return heard() > last + 1; })) << log(kBelow);
  EXPECT_EQ(believed().value("frozen", "?"), "");
}

}  // namespace
}  // namespace xianjie::tests
