#include "node/rehearsal/builtin.h"

// The files' bytes as they are; the build passes their paths and builds anew when they change.
#define XJ_EMBED(symbol, path)            \
  asm(".pushsection .rodata\n"            \
      ".global " #symbol "\n" #symbol     \
      ":\n"                               \
      ".incbin \"" path                   \
      "\"\n"                              \
      ".global " #symbol "_end\n" #symbol \
      "_end:\n"                           \
      ".byte 0\n"                         \
      ".popsection\n")

XJ_EMBED(xianjie_builtin_nation, XIANJIE_NATION_FILE);
XJ_EMBED(xianjie_builtin_notices, XIANJIE_NOTICES_FILE);

extern "C" {
extern const char xianjie_builtin_nation[], xianjie_builtin_nation_end[];
extern const char xianjie_builtin_notices[], xianjie_builtin_notices_end[];
}

namespace xianjie::node::rehearsal {

std::string_view builtin_nation() {
  return {xianjie_builtin_nation, xianjie_builtin_nation_end};
}
std::string_view builtin_notices() {
  return {xianjie_builtin_notices, xianjie_builtin_notices_end};
}

}  // namespace xianjie::node::rehearsal
