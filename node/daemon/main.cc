// xianjied --config FILE: one office in the foreground.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/daemon/daemon.h"
#include "node/daemon/log.h"

namespace {

// systemd's readiness protocol: one datagram to the socket it names (sd_notify(3)).
void tell_systemd(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name(path);
  if (name.empty() || name.size() >= sizeof(address.sun_path)) return;
  name.copy(address.sun_path, name.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<sockaddr*>(&address), size);
  ::close(fd);
}

// SIGTERM and SIGINT as a readable descriptor; blocked before any thread exists.
int stop_descriptor() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int fail(const xianjie::Error& error) {
  std::cerr << "xianjied: " << error.text << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Xianjie daemon: one office of the hand-over bus (衔接)"};
  std::string config_file;
  bool check_only = false;
  app.add_option("--config", config_file, "the office's configuration")->type_name("FILE");
  app.add_flag("--check", check_only, "read the configuration, say what is wrong, and leave");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::umask(077);
  // Frames are a megabyte: keep their pages instead of giving them back and faulting them in again.
  ::mallopt(M_MMAP_THRESHOLD, 16 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 32 << 20);
  if (config_file.empty()) {
    const auto found = xianjie::node::default_config_path();
    if (!found) return fail(found.error());
    config_file = found->string();
  }
  const auto config = xianjie::node::load_config(config_file);
  if (!config) return fail(config.error());
  if (check_only) return 0;
  const int stop = stop_descriptor();
  xianjie::node::start_log(config->log_level, config->log_json);
  auto daemon = xianjie::node::Daemon::open(*config);
  if (!daemon) return fail(daemon.error());
  xianjie::node::log_info("ready", "office=" + to_text(config->office));
  tell_systemd("READY=1");
  const auto ended = (*daemon)->run(stop);
  tell_systemd("STOPPING=1");
  if (!ended) {
    xianjie::node::log_error("stopped", ended.error().text);
    return 1;
  }
  xianjie::node::log_info("stopped", "on request");
  return 0;
}
