// The identifiers that travel: envelopes, offices, keys. Each a type of its own, each with one text
// form and one fixed-width binary form whose byte order is its sort order. Read next: vocabulary.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/bytes.h"
#include "schemas/time.h"

namespace xianjie {
inline namespace schemas {

// 16 bytes: 48 bits of wall milliseconds, then 80 random bits. Text: 32 lower-case hex digits.
struct EnvelopeId {
  std::array<std::uint8_t, 16> bytes{};
  static EnvelopeId make(WallTime created, std::span<const std::uint8_t, 10> random);
  static std::optional<EnvelopeId> parse(std::string_view text);
  [[nodiscard]] bool is_set() const { return *this != EnvelopeId{}; }
  [[nodiscard]] WallTime created() const;  // to the millisecond, as its maker said
  friend auto operator<=>(const EnvelopeId&, const EnvelopeId&) = default;
};
std::string to_text(const EnvelopeId& id);

// Rows of a table (office_types()): further types are further rows. Numbers travel.
enum class OfficeType : std::uint8_t {
  kNone = 0,
  kMinistry = 1,
  kProvince = 2,
  kPrefecture = 3,
  kCounty = 4,
  kTownship = 5,
  kPrisonBureau = 6,
  kPrison = 7,
  kPolice = 8,
  kPopulationPolice = 9,
  kDetentionHouse = 10,
  kCourt = 11,
  kProcuratorate = 12,
  kCivilAffairs = 13,
  kLabour = 14,
  kContractor = 15,  // takes over legal consultations that no volunteer answered (flow E)
};

struct OfficeTypeRow {
  OfficeType type;
  std::string_view word;  // the part of the id before ':'
  std::string_view name_zh;
  int code_digits;   // 6 or 9
  bool has_ordinal;  // "-03" after the code allowed: several offices of the type at one place
  int level;         // where it stands: 0 ministry, 1 province … 4 township
  bool owns_code;    // owns the code in its id in a nation file (CONTRACT, nation file)
};
std::span<const OfficeTypeRow> office_types();
const OfficeTypeRow& office_type_row(OfficeType type);  // XJ_CHECKs that the type exists

// An agency at a place, in 8 bytes: type (8 bits) | ordinal (16) | code (40).
// Text: "township:610802001", "prison:610000-03". Value 0: no office.
class OfficeId {
 public:
  constexpr OfficeId() = default;
  static std::optional<OfficeId> make(OfficeType type, std::uint32_t code,
                                      std::uint16_t ordinal = 0);
  static std::optional<OfficeId> parse(std::string_view text);
  static std::optional<OfficeId> from_value(std::uint64_t value);  // checks type and ranges
  [[nodiscard]] std::uint64_t value() const { return value_; }
  [[nodiscard]] OfficeType type() const { return static_cast<OfficeType>(value_ >> 56); }
  [[nodiscard]] std::uint32_t code() const {
    return static_cast<std::uint32_t>(value_ & 0xffffffffU);
  }
  [[nodiscard]] std::uint16_t ordinal() const { return static_cast<std::uint16_t>(value_ >> 40); }
  [[nodiscard]] bool is_set() const { return value_ != 0; }
  friend auto operator<=>(OfficeId, OfficeId) = default;

 private:
  explicit constexpr OfficeId(std::uint64_t value) : value_(value) {}
  std::uint64_t value_ = 0;
};
std::string to_text(OfficeId office);  // "" when not set

// Which of an office's key sets: numbered 1, 2, 3 … by the directory, never reused.
struct KeyId {
  std::uint32_t number = 0;
  friend auto operator<=>(KeyId, KeyId) = default;
};

}  // namespace schemas
}  // namespace xianjie
