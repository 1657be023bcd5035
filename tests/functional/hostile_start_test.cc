// A daemon's start with something wrong in its files: it leaves with status 1 and one line that
// says what and where, and changes nothing.
#include <sys/stat.h>
#include <unistd.h>

#include "tests/functional/hostile_office.h"

namespace xianjie::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class HostileStart : public testing::Test {
 protected:
  // What the daemon says: one line.
  [[nodiscard]] std::string refusal() const {
    const std::filesystem::path log = office_.at("refusal");
    std::filesystem::remove(log);
    DaemonProcess daemon = office_.start("refusal");
    if (daemon.ready()) {
      ADD_FAILURE() << "it started";
      return "";
    }
    EXPECT_EQ(daemon.process().wait(), 1) << read_text(log);
    const std::string said = read_text(log);
    EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
    EXPECT_THAT(said, StartsWith("xianjied: "));
    return said;
  }
  void expect_starts() const {
    DaemonProcess daemon = office_.start();
    EXPECT_TRUE(daemon.ready()) << office_.log_text();
    EXPECT_EQ(daemon.stop(), 0);
  }
  [[nodiscard]] std::string path(const char* name) const { return office_.at(name).string(); }

  HostileOffice office_;
};

TEST_F(HostileStart, ADamagedOrForeignDirectory) {
  const std::filesystem::path file = office_.at("directory.xjd");
  const std::string whole = read_text(file);
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 3) {
    write_text(file, whole.substr(0, size));
    EXPECT_THAT(refusal(), HasSubstr(file.string())) << size << " bytes";
  }
  for (std::size_t at = 3; at < whole.size(); at += whole.size() / 12) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write_text(file, flipped);
    EXPECT_THAT(refusal(), HasSubstr(file.string())) << "bit at " << at;
  }
  write_text(file, std::string(100'000, 'x'));
  EXPECT_THAT(refusal(), HasSubstr(file.string()));

  SeededRandom random(3);
  office_.write_directory(crypto::SigningPair::generate(random));
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("signed by 0 of its holders")));

  std::filesystem::remove(file);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("No such file")));
  std::filesystem::create_directory(file);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("is a directory")));
  std::filesystem::remove(file);
  office_.write_directory(office_.holder());
  expect_starts();
}

TEST_F(HostileStart, AKeyFileThatIsNotThisOffices) {
  const std::filesystem::path file = office_.at("office.keys");
  const std::string whole = read_text(file);
  const auto write = [&](const std::string& text) {
    office_.write_keys(kCounty);
    write_text(file, text);  // keeps the mode
  };
  for (std::size_t size = 0; size < whole.size() - 1; size += 1 + size / 2) {
    write(whole.substr(0, size));
    EXPECT_THAT(refusal(), HasSubstr(file.string())) << size << " bytes";
  }
  for (std::size_t at = 0; at < whole.size(); at += 29) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write(flipped);
    const std::string said = refusal();
    EXPECT_THAT(said, HasSubstr(file.string())) << "bit at " << at;
    for (std::size_t secret = 0; secret + 16 <= said.size(); ++secret)
      ASSERT_EQ(whole.find(said.substr(secret, 16)), std::string::npos) << "a secret: " << said;
  }
  office_.write_keys(kPrison);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("prison:610000-01")));

  office_.write_keys(kCounty);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_THAT(refusal(), HasSubstr("chmod 600 " + file.string()));
  std::filesystem::rename(file, office_.at("elsewhere"));
  ASSERT_EQ(::chmod(office_.at("elsewhere").c_str(), 0600), 0);
  std::filesystem::create_symlink("elsewhere", file);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("symbolic link")));
  std::filesystem::remove(file);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("No such file")));
  std::filesystem::create_directory(file);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(file.string()), HasSubstr("not a regular file")));
  std::filesystem::remove(file);

  SeededRandom random(11);  // of this office, but not those of the directory
  const auto others = crypto::OfficeKeys::generate(kCounty, {1}, random);
  ASSERT_TRUE(adapters::write_secret_file(file, others.serialise().view()));
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path("directory.xjd")), HasSubstr("directory request")));
  office_.write_keys(kCounty);
  expect_starts();
}

TEST_F(HostileStart, AWrongConfiguration) {
  const std::string right = office_.config_text();
  const auto said = [&](const std::string& text) {
    write_text(office_.config(), text);
    return refusal();
  };
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text = right;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  };
  struct Case {
    const char *what, *by, *word;
  };
  for (const Case& one : std::vector<Case>{
           {"archive = ", "archiv = ", "archive: missing"},
           {"[limits]\n", "[limits]\nspeed = 3\n", "limits.speed: unknown key, line"},
           {"[limits]\n", "[holders]\nx = 1\n[limits]\n", "holders: unknown key, line"},
           {"67108864", "\"much\"", "limits.store_bytes: has the wrong type, line"},
           {"67108864", "-1", "limits.store_bytes: at least"},
           {"rate = 1e-6", "rate = nan", "rehearsal.rate"},
           {"store = \"store\"", "store = 7", "store: has the wrong type, line"},
           {"office = \"county:610802\"", "", "office: missing"},
           {"county:610802", "county:61080", "is no office id"},
           {"county:610802", "county:610804", "prison"},
           {"root = \"", "root = \"00", "root: the root's fingerprint, 64 hex digits"},
           {"root = ", "root = 3 # ", "root: has the wrong type"},
           {"root = ", "roots = ", "root: missing"},
           {"[limits]", "[[limits]]", "limits: is not a table"},
           {"[limits]", "[[[limits", "line"},
           {"[limits]", "[ferry]\n[limits]", "ferry: tables expected"},
           {"[limits]", "[[ferry]]\nneighbour = \"prison:610000-03\"\n[limits]", "ferry: a folder"},
           {"[limits]", "[[ferry]]\nin = \"a\"\n[limits]", "ferry.neighbour: missing"},
           {"[limits]", "[[ferry]]\nneighbour = \"x\"\nin = \"a\"\n[limits]", "ferry.neighbour"},
           {"[limits]",
            "[[ferry]]\nneighbour = \"prison:610000-03\"\nin = \"a\"\nout = \"a\"\n[limits]",
            "the same folder"},
           {"2026-12-09T12:00:00+08:00", "tomorrow", "rehearsal.start: a time"}}) {
    SCOPED_TRACE(one.by);
    if (std::string(one.word) == "prison") {
      EXPECT_THAT(said(replaced(one.what, one.by)), HasSubstr(path("office.keys")));
      continue;
    }
    EXPECT_THAT(said(replaced(one.what, one.by)),
                AllOf(HasSubstr(office_.config().string()), HasSubstr(one.word)));
  }
  EXPECT_THAT(said(""), AllOf(HasSubstr(office_.config().string()), HasSubstr("office: missing")));
  EXPECT_THAT(said("\xff\xfe\x01"), HasSubstr(office_.config().string()));
  EXPECT_THAT(said(std::string(2'000'000, '#')), HasSubstr(office_.config().string()));
  EXPECT_THAT(said(std::string(900'000, '[')), HasSubstr(office_.config().string()));
  std::filesystem::remove(office_.config());
  EXPECT_THAT(refusal(), AllOf(HasSubstr(office_.config().string()), HasSubstr("No such file")));
  office_.write_config();
  expect_starts();
}

TEST_F(HostileStart, FoldersThatCannotBeUsed) {
  const std::string right = office_.config_text();
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = right;
    write_text(office_.config(), text.replace(text.find(what), what.size(), by));
    return refusal();
  };
  write_text(office_.at("file"), "x");
  EXPECT_THAT(with("store = \"store\"", "store = \"none/store\""), HasSubstr(path("none/store")));
  EXPECT_THAT(with("store = \"store\"", "store = \"file\""), HasSubstr(path("file")));
  EXPECT_THAT(with("archive = \"audit\"", "archive = \"none/a\""), HasSubstr(path("none/a")));
  EXPECT_THAT(with("archive = \"audit\"", "archive = \"file\""), HasSubstr(path("file")));
  EXPECT_THAT(with("api = \"api.sock\"", "api = \"none/a.sock\""), HasSubstr(path("none/a.sock")));
  EXPECT_THAT(with("api = \"api.sock\"", "api = \"" + std::string(200, 'a') + "\""),
              HasSubstr(std::string(200, 'a')));
  EXPECT_THAT(with("api = \"api.sock\"", "api = \"file\""), HasSubstr(path("file")));
  EXPECT_EQ(read_text(office_.at("file")), "x");
  // A store larger than any disk; only a daemon outside rehearsals allocates it whole.
  std::string large = right.substr(0, right.find("[rehearsal]"));
  large.replace(large.find("67108864"), 8, "1125899906842624");
  write_text(office_.config(), large);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path("store")), HasSubstr("more disk")));
  EXPECT_THAT(with("store = \"store\"", "store = \"/proc/store\""), HasSubstr("/proc/store"));

  if (::geteuid() != 0) {  // root reads everything
    office_.write_config();
    ASSERT_EQ(::chmod(office_.config().c_str(), 0), 0);
    EXPECT_THAT(refusal(), HasSubstr("Permission denied"));
    ASSERT_EQ(::chmod(office_.config().c_str(), 0600), 0);
  }
  office_.write_config();
  expect_starts();
}

TEST_F(HostileStart, AListenerThatIsTaken) {
  DaemonProcess first = office_.start();
  ASSERT_TRUE(first.ready());
  std::string text = office_.config_text();
  for (const char* name : {"\"store\"", "\"audit\"", "\"api.sock\""})
    text.replace(text.find(name), 1, "\"other-");
  write_text(office_.config(), text);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(office_.endpoint()), HasSubstr("in use")));
  EXPECT_EQ(first.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
