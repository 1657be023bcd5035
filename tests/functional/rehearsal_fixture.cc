#include "tests/functional/rehearsal_fixture.h"

#include <unistd.h>

#include <algorithm>

#include "node/office/id_number.h"

namespace xianjie::tests {
namespace {

const std::string kHeader =
    "呈报单位,姓名,性别,身份证号,户籍地代码,户籍地址,"
    "释放日期,释放类型,危险度,重点帮教,身份存疑,备注\n";

// Distinct for each n: a birth day in the first decade of the nineteenth century.
std::string number_for(std::size_t n, const std::string& place) {
  const auto two = [](std::size_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  const std::string digits = place + "180" + std::to_string(n % 10) + two(1 + n % 12) +
                             two(1 + n % 28) + "1" + two(n % 100);
  return digits + node::id_check_character(digits);
}

std::string name_for(std::size_t n) {
  static const char* const kCharacters[] = {"虚", "拟", "试", "验", "假",
                                            "设", "空", "言", "幻", "影"};
  return std::string("某") + kCharacters[n / 10 % 10] + kCharacters[n % 10] + "测试者";
}

class MonthWriter {
 public:
  void delivered(const std::string& origin, const std::string& code, const std::string& address,
                 const std::string& office, const std::string& place = "110101") {
    const std::size_t row = add(origin, name_for(row_), number_for(row_, place), code, address);
    month_.goes[row] = office;
  }
  void refused(const std::string& origin, const std::string& name, const std::string& number,
               const std::string& code, const std::string& why) {
    month_.fails[add(origin, name, number, code, "")] = why;
  }
  std::string fresh_number() const { return number_for(row_, "110101"); }
  std::string fresh_name() const { return name_for(row_); }
  SmallMonth& month() { return month_; }

 private:
  std::size_t add(const std::string& origin, const std::string& name, const std::string& number,
                  const std::string& code, const std::string& address) {
    month_.csv += origin + "," + name + ",男," + number + "," + code + "," + address +
                  ",2027-01-15,刑满释放,一般,否,否,\n";
    month_.people.push_back({name, number});
    return row_++;
  }
  SmallMonth month_{kHeader, {}, {}, {}};
  std::size_t row_ = 1;
};

}  // namespace

std::string small_nation() {
  return nation_toml({{"ministry:000000", ""},
                      {"province:610000", "ministry:000000"},
                      {"prison-bureau:610000", "province:610000"},
                      {"prison:610000-03", "prison-bureau:610000"},
                      {"population-police:610000", "province:610000"},
                      {"prefecture:610800", "province:610000"},
                      {"county:610802", "prefecture:610800"},
                      {"township:610802001", "county:610802"},
                      {"township:610802002", "county:610802"},
                      {"province:420000", "ministry:000000"},
                      {"county:429004", "province:420000"},
                      {"township:429004001", "county:429004"},
                      {"prison:420000-01", "province:420000"}});
}

SmallMonth small_month() {
  MonthWriter out;
  const std::string prisons[] = {"prison:610000-03", "prison:420000-01"};
  for (std::size_t i = 0; i < 24; ++i) {
    const std::string& from = prisons[i % 2];
    const char* const townships[] = {"610802001", "610802002", "429004001"};
    out.delivered(from, townships[i % 3], "", "township:" + std::string(townships[i % 3]));
  }
  for (const std::string& from : prisons) {
    out.delivered(from, "610802", "", "county:610802");
    out.delivered(from, "610802003000", "", "county:610802");
    out.delivered(from, "610826", "", "prefecture:610800");
    out.delivered(from, "610103", "", "province:610000");
    out.delivered(from, "330106", "", "ministry:000000");
    out.delivered(from, "", "湖北省仙桃市", "county:429004");
    out.delivered(from, "", "", "county:610802", "610802");
  }
  const std::string& from = prisons[0];
  out.refused(from, out.fresh_name(), "11010118010203123" + std::string(1, 'Q'), "610802001",
              "id_number malformed");
  std::string wrong = out.fresh_number();
  wrong.back() = wrong.back() == '5' ? '6' : '5';
  out.refused(from, out.fresh_name(), wrong, "610802001", "id_number check_digit");
  out.refused(from, "", out.fresh_number(), "610802001", "name missing");
  out.refused(from, out.fresh_name(), out.fresh_number(), "999999",
              "registration_code unknown_code");
  out.refused("prison:990000-01", out.fresh_name(), out.fresh_number(), "610802001",
              "origin unknown_origin");
  const Person twice = out.month().people.front();
  out.refused(from, twice.name, twice.id_number, "610802001", "id_number duplicate");
  return out.month();
}

SmallRehearsal::SmallRehearsal() {
  std::filesystem::create_directory(temporary());
  write_text(folder() / "nation.toml", small_nation());
  write_text(folder() / "notices.csv", month_.csv);
}

std::vector<std::string> SmallRehearsal::command(const std::vector<std::string>& further) const {
  std::vector<std::string> argv{"/usr/bin/env",      "TMPDIR=" + temporary().string(),
                                XIANJIE_BINARY,      "rehearse",
                                "--nation",          folder() / "nation.toml",
                                "--notices",         folder() / "notices.csv",
                                "--seconds-per-day", "1"};
  argv.insert(argv.end(), further.begin(), further.end());
  return argv;
}

nlohmann::json SmallRehearsal::account(const std::vector<std::string>& further) const {
  auto argv = command(further);
  argv.emplace_back("--json");
  const Ended ended = run(argv);
  EXPECT_EQ(ended.status, 0) << ended.err;
  const auto lines = json_lines(ended.out);
  EXPECT_EQ(lines.size(), 1U) << ended.out << ended.err;
  return lines.empty() ? nlohmann::json() : lines.front();
}

std::vector<std::string> processes_with(const std::string& text) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string pid = entry.path().filename();
    if (!std::ranges::all_of(pid, [](char c) { return c >= '0' && c <= '9'; }) ||
        pid == std::to_string(::getpid()))
      continue;
    std::string line;
    try {
      line = read_text(entry.path() / "cmdline");
    } catch (const std::ios_base::failure&) {
      continue;  // it has ended meanwhile
    }
    std::ranges::replace(line, '\0', ' ');
    if (line.find(text) != std::string::npos) out.push_back(line);
  }
  return out;
}

}  // namespace xianjie::tests
