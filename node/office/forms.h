// The forms: what each kind but a notice holds, as tables of fields (flows A9, B, E). A form is
// named by its kind, or by kind and subject where a kind has several: "assistance_request.leave".
// Hand-in, answers, display, export and documentation are fed from here. Read next: form_rows.h.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schemas/payload.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie::node {

enum class FieldType : std::uint8_t {
  kText,
  kDate,      // stored as 2027-01-15
  kInstant,   // a day, or a day and a time of day; stored as ISO 8601 with +08:00
  kIdNumber,  // stored with 18 digits
  kCode,      // of an administrative division: 6, 9 or 12 digits
  kChoice,    // one of `choices`, by either word; stored as the English one
  kCount,     // a whole number, not negative
};
struct FormChoice {
  std::string_view word, zh;
};
struct FormField {
  std::string_view word, zh;
  FieldType type = FieldType::kText;
  bool required = false;
  std::size_t characters_max = 64;
  std::span<const FormChoice> choices = {};
};
struct Form {
  std::string_view name, zh;
  Kind kind = Kind::kNone;
  std::string_view subject;  // "" where the kind has one form
  std::uint16_t version = 1;
  std::span<const FormField> fields;      // of the form itself, in the order they are shown
  std::span<const FormField> table = {};  // columns of its table; none: the form has no table
  std::string_view answer = {};           // the form of its answer; "": none
};

std::span<const Form> forms();
const Form* find_form(std::string_view name);
// `subject` in either language; "" is enough where the kind has one form. nullptr: there is none.
const Form* find_form(Kind kind, std::string_view subject);
std::string subjects_text(Kind kind);  // "verify (核查), leave (请假) …", for refusals

// One cell made plain and checked; the error is "token: text for a person", without the content.
std::expected<std::string, std::string> read_field(const FormField& field, std::string_view cell,
                                                   const Date& today);

struct FormFault {
  std::string field, reason;
};
using CellOf = std::function<std::string_view(const FormField& field)>;
// All fields of a form from its cells: the first faulty one refuses it.
std::expected<FormPayload, FormFault> fill_form(const Form& form, const CellOf& cell_of,
                                                const Date& today);
// What arrived, against the table: unknown form or version, a field that is missing or wrong.
std::optional<FormFault> check_form(const FormPayload& payload, const Date& today);

}  // namespace xianjie::node
