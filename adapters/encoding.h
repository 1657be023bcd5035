// Text of a handed-in file as UTF-8. Decided for the whole file, never per row (CONTRACT): strict
// UTF-8 first, with or without its byte order mark, then strict GB18030; any error refuses the
// file.
#pragma once

#include <string>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::adapters {

enum class TextEncoding : std::uint8_t { kUtf8, kGb18030 };

struct DecodedText {
  std::string text;  // UTF-8, no byte order mark, no NUL
  TextEncoding encoding = TextEncoding::kUtf8;
};

// kRefused with a text that begins "encoding: " and can stand as a refusal's reason.
Result<DecodedText> decode_text(ByteView bytes);

}  // namespace xianjie::adapters
