// For tests of what a daemon does with hostile input: an office's files, made in this process from
// keys that the test holds too, its daemon, and what it says of itself. The test plays the
// neighbours of the county (hostile_neighbour.h). Whatever is named below as personal must never
// stand in the clear under folder().
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "adapters/files.h"
#include "crypto/hash.h"
#include "crypto/statement.h"
#include "crypto/trust.h"
#include "tests/functional/cli.h"
#include "tests/support/leak_search.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

inline constexpr const char* kHostileName = "测试甲乙丙";
inline constexpr const char* kHostileNumber = "110101180001010015";

// One office of three: county:610802 and its children, a prison and a township.
class HostileOffice {
 public:
  explicit HostileOffice(OfficeId self = kCounty)
      : self_(self),
        nation_({{"county:610802", ""},
                 {"prison:610000-01", "county:610802"},
                 {"township:610802001", "county:610802"}}) {
    endpoint_ = "tcp://127.0.0.1:" + std::to_string(free_loopback_port());
    DirectoryContents contents = nation_.contents();
    for (OfficeRecord& record : contents.offices) {
      Channel channel;
      channel.klass = ChannelClass::kVpn;
      channel.networks = {"127.0.0.0/8"};
      if (record.id == kCounty) channel.endpoint = endpoint_;
      record.channels = {channel};
    }
    body_ = encode_directory_body(contents);
    write_directory(holder_);
    write_keys(self_);
    write_config();
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return folder() / name; }
  [[nodiscard]] std::filesystem::path config() const { return at("office.toml"); }
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] const Nation& nation() const { return nation_; }
  [[nodiscard]] const crypto::SigningPair& holder() const { return holder_; }

  void write_directory(const crypto::SigningPair& signer) const {
    DirectoryBundle bundle;
    bundle.roots = {root_};
    bundle.snapshot = SignedDirectory{body_, {crypto::sign_directory(body_, signer)}};
    const TimestampBody stamp{1,
                              kEarly - days(1),
                              kEarly + days(3650),
                              1,
                              nation_.contents().header.version,
                              crypto::hash(body_)};
    bundle.timestamp = SignedDirectory{encode_timestamp_body(stamp), {}};
    bundle.timestamp->signatures = {crypto::sign_directory(bundle.timestamp->body, holder_)};
    write_text(at("directory.xjd"), std::string(as_text(encode(bundle))));
  }
  void write_keys(OfficeId office) const {
    std::filesystem::remove(at("office.keys"));
    EXPECT_TRUE(
        adapters::write_secret_file(at("office.keys"), office_keys(office).serialise().view()));
  }
  [[nodiscard]] std::string config_text() const {
    return "office = \"" + to_text(self_) +
           "\"\nkeys = \"office.keys\"\ndirectory = \"directory.xjd\"\n"
           "store = \"store\"\narchive = \"audit\"\napi = \"api.sock\"\nroot = \"" +
           to_hex(crypto::fingerprint(root_)) +
           "\"\n[limits]\nstore_bytes = 67108864\n[rehearsal]\n"
           "start = \"2026-12-09T12:00:00+08:00\"\n"
           "real_epoch = \"2026-01-01T00:00:00+08:00\"\nrate = 1e-6\n";
  }
  void write_config() const { write_text(config(), config_text()); }

  [[nodiscard]] DaemonProcess start(const std::string& log = "log") const {
    return {XIANJIED_BINARY, config(), at(log)};
  }
  [[nodiscard]] std::string log_text() const { return read_text(at("log")); }
  [[nodiscard]] nlohmann::json ask(std::vector<std::string> command) const {
    command.insert(command.end(), {"--config", config().string()});
    return answer(std::move(command));
  }
  [[nodiscard]] nlohmann::json items(const std::vector<std::string>& command) const {
    const nlohmann::json list = ask(command);
    return list.is_object() ? list.value("items", nlohmann::json::array())
                            : nlohmann::json::array();
  }
  [[nodiscard]] std::uint64_t counter(const std::string& name) const {
    const nlohmann::json status = ask({"status"});
    return status.is_object() ? status["counters"].value(name, std::uint64_t{0}) : 0;
  }
  // Once the daemon has written it out.
  [[nodiscard]] bool audited(const std::string& text) const {
    return eventually([&] {
      for (const auto& file : std::filesystem::directory_iterator(at("audit")))
        if (read_text(file.path()).find(text) != std::string::npos) return true;
      return false;
    });
  }
  void expect_nothing_personal() const {
    LeakSearch search;
    search.add_text("name", kHostileName);
    search.add_text("number", kHostileNumber);
    search.add_hashes("number", kHostileNumber);
    for (const Leak& leak : search.search(folder()))
      ADD_FAILURE() << leak.what << " stands in " << leak.file;
  }

 private:
  static crypto::SigningPair make_holder() {
    SeededRandom random(20261209);
    return crypto::SigningPair::generate(random);
  }

  // One holder in every role.
  [[nodiscard]] SignedDirectory make_root() const {
    RootBody body;
    body.version = 1;
    body.rehearsal = true;
    body.created = kEarly - days(30);
    body.expires = kEarly + days(3650);
    for (RoleKeys& role : body.roles) role = {1, {holder_.public_key}};
    SignedDirectory root{encode_root_body(body), {}};
    root.signatures = {crypto::sign_directory(root.body, holder_)};
    return root;
  }

  OfficeId self_;
  TempDirectory folder_;
  Nation nation_;
  crypto::SigningPair holder_ = make_holder();
  SignedDirectory root_ = make_root();
  Bytes body_;
  std::string endpoint_;
};

}  // namespace xianjie::tests
