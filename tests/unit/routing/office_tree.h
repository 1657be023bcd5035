// Directories for tests, written as lines of "id parent", where a parent of "-" is the root's.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "routing/directory.h"

namespace xianjie::routing {

inline OfficeId office(std::string_view text) {
  const auto id = OfficeId::parse(text);
  EXPECT_TRUE(id) << text;
  return id.value_or(OfficeId{});
}

// Owns the code in its id where its type does; its name is "name of <id>".
inline OfficeRecord record_of(std::string_view id, std::string_view parent) {
  OfficeRecord record;
  record.id = office(id);
  record.name = "name of " + std::string(id);
  if (parent != "-") record.parent = office(parent);
  if (office_type_row(record.id.type()).owns_code) record.codes = {record.id.code()};
  return record;
}

inline Result<Directory> open_tree(std::vector<OfficeRecord> offices) {
  DirectoryContents contents;
  contents.header.version = 7;
  contents.header.rehearsal = true;
  contents.header.created = local_time(Date{2026, 12, 1});
  contents.header.valid_until = local_time(Date{2027, 12, 1});
  contents.offices = std::move(offices);
  XJ_TRY(DirectoryFile file, DirectoryFile::open(encode_directory_body(contents)));
  return Directory::open(std::move(file));
}

using Lines = std::initializer_list<std::pair<std::string_view, std::string_view>>;
inline std::vector<OfficeRecord> records_of(Lines lines) {
  std::vector<OfficeRecord> offices;
  for (const auto& [id, parent] : lines) offices.push_back(record_of(id, parent));
  return offices;
}

// Two provinces, one with a prefecture, one with a county directly below it; prisons and police.
inline std::vector<OfficeRecord> small_nation() {
  return records_of({
      {"ministry:000000", "-"},
      {"province:610000", "ministry:000000"},
      {"prison-bureau:610000", "province:610000"},
      {"prison:610000-03", "prison-bureau:610000"},
      {"police:610000", "province:610000"},
      {"population-police:610000", "province:610000"},
      {"detention-house:610802", "police:610000"},
      {"prefecture:610800", "province:610000"},
      {"county:610802", "prefecture:610800"},
      {"township:610802001", "county:610802"},
      {"county:610822", "prefecture:610800"},
      {"province:420000", "ministry:000000"},
      {"county:429004", "province:420000"},
      {"township:429004001", "county:429004"},
  });
}

inline Directory open_small_nation() {
  auto directory = open_tree(small_nation());
  EXPECT_TRUE(directory) << directory.error().text;
  return std::move(directory).value();
}

inline std::vector<std::string> texts(const std::vector<OfficeId>& offices) {
  std::vector<std::string> result;
  for (const OfficeId id : offices) result.push_back(to_text(id));
  return result;
}

}  // namespace xianjie::routing
