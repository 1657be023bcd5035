// Whole files, and who may not have a key file.
#include "adapters/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace xianjie::adapters {
namespace {

using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path(const char* name = "file") const {
    return directory_.path() / name;
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    EXPECT_EQ(::lstat(path.c_str(), &info), 0);
    return info.st_mode & 07777;
  }
  tests::TempDirectory directory_;
};

TEST_F(FilesTest, ReadsWithinTheLimitOnly) {
  std::ofstream(path()) << "12345678";
  EXPECT_EQ(as_text(read_file(path(), 8).value()), "12345678");
  EXPECT_EQ(read_file(path(), 7).error().code, ErrorCode::kFull);
  EXPECT_EQ(read_file(path("none"), 7).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(directory_.path(), 7).error().code, ErrorCode::kRefused);
  EXPECT_FALSE(read_file("/proc/self/status", 1 << 20).value().empty());  // says it has 0 bytes
  EXPECT_THAT(read_file(path("none"), 7).error().text, HasSubstr(path("none").string()));
}

TEST_F(FilesTest, ReplacesAtomically) {
  ASSERT_TRUE(write_file_atomically(path(), as_bytes("old"), 0640));
  ASSERT_TRUE(write_file_atomically(path(), as_bytes("new"), 0600));
  EXPECT_EQ(as_text(read_file(path(), 9).value()), "new");
  EXPECT_EQ(mode_of(path()), 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(FilesTest, AFailedReplaceLeavesNothingBehind) {
  std::filesystem::create_directory(path("taken"));
  EXPECT_FALSE(write_file_atomically(path("taken"), as_bytes("new")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
  EXPECT_EQ(write_file_atomically(path("no/such"), as_bytes("new")).error().code,
            ErrorCode::kNotFound);
}

TEST_F(FilesTest, SecretsComeBackAndAreNeverReplaced) {
  ASSERT_TRUE(write_secret_file(path(), as_bytes("secret")));
  EXPECT_EQ(mode_of(path()), 0600U);
  EXPECT_EQ(as_text(read_secret_file(path()).value().view()), "secret");
  EXPECT_EQ(write_secret_file(path(), as_bytes("other")).error().code, ErrorCode::kRefused);
  EXPECT_EQ(as_text(read_secret_file(path()).value().view()), "secret");
}

TEST_F(FilesTest, SecretsOpenToOthersAreRefusedWithTheRemedy) {
  ASSERT_TRUE(write_secret_file(path(), as_bytes("secret")));
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0644U, 0700U, 0610U}) {
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
    const auto read = read_secret_file(path());
    ASSERT_FALSE(read) << std::oct << mode;
    EXPECT_EQ(read.error().code, ErrorCode::kRefused);
    EXPECT_THAT(read.error().text, HasSubstr("chmod 600 " + path().string()));
  }
  ASSERT_EQ(::chmod(path().c_str(), 0400), 0);
  EXPECT_TRUE(read_secret_file(path()));
}

TEST_F(FilesTest, SecretsThatAreNoPlainFilesAreRefused) {
  ASSERT_TRUE(write_secret_file(path(), as_bytes("secret")));
  std::filesystem::create_symlink(path(), path("link"));
  EXPECT_THAT(read_secret_file(path("link")).error().text, HasSubstr("symbolic link"));
  EXPECT_FALSE(write_secret_file(path("link"), as_bytes("x")));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(read_secret_file(path("pipe")).error().text, HasSubstr("regular"));
  EXPECT_FALSE(read_secret_file(directory_.path()));
  EXPECT_EQ(read_secret_file(path("none")).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_secret_file(path("empty"), {}));
  EXPECT_THAT(read_secret_file(path("empty")).error().text, HasSubstr("empty"));
}

TEST_F(FilesTest, SecretsOfSomebodyElseAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(write_secret_file(path(), as_bytes("secret")));
  ASSERT_EQ(::chown(path().c_str(), 12345, 12345), 0);
  EXPECT_THAT(read_secret_file(path()).error().text, HasSubstr("belongs to user 12345"));
}

}  // namespace
}  // namespace xianjie::adapters
