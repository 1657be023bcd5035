// The command line under test, and what it said.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_directory.h"

namespace xianjie::tests {

inline Ended cli(std::vector<std::string> arguments, std::string_view input = {}) {
  arguments.insert(arguments.begin(), XIANJIE_BINARY);
  return run(arguments, input);
}

// Every line of standard output as JSON; a line that is none fails the test.
inline std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    out.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_FALSE(out.back().is_discarded()) << line.substr(0, 200);
  }
  return out;
}

// With --json, exit status 0 and one answer expected.
inline nlohmann::json answer(std::vector<std::string> arguments, std::string_view input = {}) {
  arguments.emplace_back("--json");
  const Ended ended = cli(arguments, input);
  EXPECT_EQ(ended.status, 0) << arguments.front() << ": " << ended.err;
  const auto lines = json_lines(ended.out);
  EXPECT_EQ(lines.size(), 1U) << ended.out;
  return lines.empty() ? nlohmann::json() : lines.front();
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string nation_toml(const std::vector<std::pair<std::string, std::string>>& offices) {
  std::string out;
  for (const auto& [id, parent] : offices) {
    out += "[[office]]\nid = \"" + id + "\"\nname = \"机构 " + id + "\"\n";
    if (!parent.empty()) out += "parent = \"" + parent + "\"\n";
  }
  return out;
}

}  // namespace xianjie::tests
