// How operations fail: Result<T> for what the world does to us, XJ_CHECK for our own bugs.
// An Error's code is chosen by what the caller does next; its text tells a person what to do.
// Texts carry ids, offices, kinds and codes, never names or ID numbers. Read next: bytes.h.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace xianjie {
inline namespace schemas {

enum class ErrorCode : std::uint8_t {
  kRetry,     // the same call may succeed later
  kRefused,   // the input will never be taken; the text says why
  kNotFound,  // what was asked for is not there
  kCorrupt,   // bytes that fail their checksum, signature or format
  kFull,      // a limit is reached; the text names it
  kIo,        // the outside failed; for a store commit: outcome unknown
};

std::string_view to_word(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kRefused;
  std::string text;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string text) {
  return std::unexpected(Error{code, std::move(text)});
}
[[nodiscard]] inline std::unexpected<Error> refused(std::string text) {
  return fail(ErrorCode::kRefused, std::move(text));
}
[[nodiscard]] inline std::unexpected<Error> corrupt(std::string text) {
  return fail(ErrorCode::kCorrupt, std::move(text));
}

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace schemas
}  // namespace xianjie

// Our own invariants. On in every build, aborts. Never for wire, disk or operator input.
#define XJ_CHECK(expression) \
  ((expression) ? void(0) : ::xianjie::check_failed(#expression, __FILE__, __LINE__))

// Hands an error on, or names the value: XJ_TRY(auto header, decode_header(bytes));
#define XJ_CONCAT_(a, b) a##b
#define XJ_CONCAT(a, b) XJ_CONCAT_(a, b)
#define XJ_TRY(declaration, expression)                                         \
  auto XJ_CONCAT(xj_result_, __LINE__) = (expression);                          \
  if (!XJ_CONCAT(xj_result_, __LINE__))                                         \
    return std::unexpected(std::move(XJ_CONCAT(xj_result_, __LINE__)).error()); \
  declaration = std::move(*XJ_CONCAT(xj_result_, __LINE__))
#define XJ_TRY_VOID(expression)                             \
  do {                                                      \
    if (auto xj_result = (expression); !xj_result)          \
      return std::unexpected(std::move(xj_result).error()); \
  } while (false)
