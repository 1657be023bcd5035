#include "schemas/result.h"

#include <cstdio>
#include <cstdlib>

namespace xianjie {
inline namespace schemas {

std::string_view to_word(ErrorCode code) {
  switch (code) {
    case ErrorCode::kRetry:
      return "retry";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kFull:
      return "full";
    case ErrorCode::kIo:
      return "io";
  }
  return "";
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, expression);
  std::abort();
}

}  // namespace schemas
}  // namespace xianjie
