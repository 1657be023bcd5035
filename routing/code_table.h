// The generated rows of the national table as they stand in memory: constant arrays in the
// read-only pages of the program, shared by every daemon on a machine, with nothing to do at
// start-up. Only codes.cc and address.cc read them; everybody else asks codes.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "routing/codes.h"

namespace xianjie::routing {

// A current code. `short_size` bytes of the name remain without its kind (省, 市, 自治县, 街道 …).
struct PlaceRow {
  std::uint32_t code;
  std::uint32_t parent;
  std::uint32_t name;  // offset into the text
  std::uint8_t name_size;
  std::uint8_t short_size;
  std::uint8_t level;
  std::uint8_t status;
  std::uint8_t from;  // years since 1900; 0: open
  std::uint8_t evidence;
};

// An abolished code. `successor` is the end of its chain, a current code; 0: none.
struct OldRow {
  std::uint32_t code;
  std::uint32_t parent;
  std::uint32_t successor;
  std::uint32_t desk;
  std::uint32_t name;
  std::uint16_t candidates;  // where they begin in the list of candidates
  std::uint16_t evidence;
  std::uint8_t name_size;
  std::uint8_t candidate_count;
  std::uint8_t level;
  std::uint8_t from;
  std::uint8_t to;
  bool divided;
};

std::span<const PlaceRow> place_rows();  // sorted by code: six digits before nine
std::span<const PlaceRow> place_rows_of_province(std::uint32_t province);  // its six-digit rows
const PlaceRow* find_place(std::uint32_t code);  // null where the code is not current
std::span<const std::uint16_t> place_children(
    std::uint32_t parent);  // indexes into place_rows, by code
// Provinces, prefectures and counties whose names begin with the first character of `text`.
std::span<const std::uint16_t> places_beginning_like(std::string_view text);
std::string_view name_of(const PlaceRow& row);
std::string_view short_name_of(const PlaceRow& row);

inline bool is_agency(const PlaceRow& row) {
  return row.status == static_cast<std::uint8_t>(CodeStatus::kCurrent);
}
inline CodeLevel level_of(const PlaceRow& row) {
  return static_cast<CodeLevel>(row.level);
}

}  // namespace xianjie::routing
