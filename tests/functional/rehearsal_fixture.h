// A small nation and its month, for rehearsals that tests run, with what must become of each row.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/functional/cli.h"

namespace xianjie::tests {

struct Person {
  std::string name, id_number;  // made up; birth years 1800 to 1809
};

struct SmallMonth {
  std::string csv;                           // UTF-8
  std::vector<Person> people;                // everyone in it, refused or not
  std::map<std::size_t, std::string> goes;   // row → office
  std::map<std::size_t, std::string> fails;  // row → "field token"
};

std::string small_nation();  // 13 offices: two provinces, one with a county directly under it
SmallMonth small_month();    // 44 rows

// `xianjie rehearse` of both at a second a day, in a TMPDIR of its own.
class SmallRehearsal {
 public:
  SmallRehearsal();
  [[nodiscard]] std::vector<std::string> command(
      const std::vector<std::string>& further = {}) const;
  nlohmann::json account(
      const std::vector<std::string>& further = {}) const;  // expects exit status 0
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path temporary() const { return folder_.path() / "tmp"; }
  [[nodiscard]] const SmallMonth& month() const { return month_; }

 private:
  TempDirectory folder_;
  SmallMonth month_ = small_month();
};

// Command lines of processes that mention `text`, this one's own aside.
std::vector<std::string> processes_with(const std::string& text);

}  // namespace xianjie::tests
