#include "node/daemon/web_child.h"

#include "adapters/zmq_socket.h"
#include "node/daemon/log.h"

namespace xianjie::node {
namespace {

constexpr Duration kAgainAfter = seconds(5);

}  // namespace

WebChild::WebChild(const Config& config) {
  if (!config.web) return;
  file_ = std::filesystem::absolute(config.file).string();
  start();
}

void WebChild::start() {
  again_ = adapters::steady_now() + kAgainAfter;
  auto child = Child::start("/proc/self/exe", {"xianjied", "--config", file_, "--web"});
  if (!child) return log(LogEvent::kWebFailed, child.error().text);
  child_ = std::move(*child);
}

void WebChild::look() {
  if (file_.empty()) return;
  if (const auto status = child_.ended())
    log(LogEvent::kWebEnded, "status=" + std::to_string(*status));
  if (!child_.runs() && adapters::steady_now() >= again_) start();
}

Duration WebChild::due_in() const {
  if (file_.empty() || child_.runs()) return adapters::kNever;
  return std::max(again_ - adapters::steady_now(), Duration{0});
}

}  // namespace xianjie::node
