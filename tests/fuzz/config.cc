// An office's configuration.
#include "node/daemon/config.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xianjie;
  const auto config = node::load_config(fuzz::as_file("office.toml", {data, size}));
  if (!config) {
    XJ_CHECK(!config.error().text.empty());
    XJ_CHECK(config.error().text.find('\n') == std::string::npos);  // one line says it all
    return 0;
  }
  fuzz::note_accepted();
  XJ_CHECK(config->office.is_set() && !config->keys.empty() && config->store.is_absolute());
  return 0;
}
