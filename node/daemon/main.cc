// xianjied --config FILE: one office in the foreground.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include "node/daemon/daemon.h"
#include "node/daemon/log.h"
#include "node/daemon/notify.h"
#include "node/web/server.h"

namespace {

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
  bool check_only = false, web = false;
  app.set_version_flag("--version", "xianjied " XIANJIE_VERSION);
  app.add_option("--config", config_file, "the office's configuration")->type_name("FILE");
  app.add_flag("--check", check_only, "read the configuration, say what is wrong, and leave");
  app.add_flag("--web", web, "serve this office's dashboard; the daemon starts that itself");
  app.add_flag_callback(
      "--events",
      [] {
        std::cout << xianjie::node::events_table();
        throw CLI::Success();
      },
      "all events of the log, as a Markdown table");
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
  xianjie::node::start_log(config->log_level, config->log_format, to_text(config->office));
  if (web) {
    if (!config->web)
      return fail({xianjie::ErrorCode::kRefused, "web: the configuration has none"});
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    return xianjie::node::serve_web(*config, stop);
  }
  auto daemon = xianjie::node::Daemon::open(*config);
  if (!daemon && config->log_format == xianjie::node::LogFormat::kText) return fail(daemon.error());
  if (!daemon) {
    xianjie::node::log(xianjie::node::LogEvent::kNotStarted, daemon.error().text);
    return 1;
  }
  xianjie::node::log(xianjie::node::LogEvent::kReady, "office=" + to_text(config->office));
  xianjie::node::tell_systemd("READY=1");
  const auto ended = (*daemon)->run(stop);
  xianjie::node::tell_systemd("STOPPING=1");
  if (!ended) {
    xianjie::node::log(xianjie::node::LogEvent::kFailed, ended.error().text);
    return 1;
  }
  xianjie::node::log(xianjie::node::LogEvent::kStopped, "on request");
  return 0;
}
