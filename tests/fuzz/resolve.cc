// Where a person is registered, from three arbitrary texts, a line each: code, address, ID number.
#include "routing/resolve.h"

#include "node/office/id_number.h"
#include "routing/codes.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

std::string take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void resolve_once(const routing::ResolveInput& input) {
  const auto got = routing::resolve(input);
  if (!got) {
    XJ_CHECK(!got.error().field.empty());
    XJ_CHECK(got.error().reason.find(": ") != std::string::npos);
    return;
  }
  fuzz::note_accepted();
  const auto code = routing::find_code(got->code);
  XJ_CHECK(code && got->code != 0 && code->status == routing::CodeStatus::kCurrent);
  XJ_CHECK(!got->rule.empty() && !got->steps.empty() && got->steps.back() == got->code);
  const auto again = routing::resolve(input);
  XJ_CHECK(again && again->code == got->code && again->confidence == got->confidence);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = as_text({data, size});
  routing::ResolveInput input{take_line(text), take_line(text), take_line(text)};
  resolve_once(input);
  if (const auto code = routing::parse_code(input.code))
    XJ_CHECK(routing::parse_code(routing::code_text(*code)) == *code);
  const auto number = node::parse_id_number(input.id_number, Date{2026, 12, 9});
  if (!number) return 0;
  XJ_CHECK(number->text.size() == 18);
  const auto again = node::parse_id_number(number->text, Date{2026, 12, 9});
  XJ_CHECK(again && again->text == number->text && again->birth == number->birth);
  input.id_number = number->text;  // as a checked row hands it on
  resolve_once(input);
  return 0;
}
