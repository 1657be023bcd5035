#include "node/rehearsal/nation_setup.h"

#include <sstream>

#include "adapters/files.h"
#include "adapters/system_random.h"
#include "adapters/holder_key_file.h"
#include "crypto/trust.h"
#include "node/rehearsal/ceremony.h"

namespace xianjie::node::rehearsal {
namespace {

namespace fs = std::filesystem;

constexpr KeyId kFirstKey{1};

DirectoryContents contents_of(std::vector<OfficeRecord> offices, const RehearsalTime& time) {
  DirectoryContents contents;
  contents.header.version = 1;
  contents.header.rehearsal = true;
  contents.header.created = time.start - days(30);
  contents.header.valid_until = time.start + days(3650);
  contents.offices = std::move(offices);
  return contents;
}

Result<routing::Directory> open_directory(const DirectoryContents& contents) {
  XJ_TRY(auto file, DirectoryFile::open(encode_directory_body(contents)));
  return routing::Directory::open(std::move(file));
}

std::string config_text(const OfficeSite& site, const Hash& root, bool signs_timestamps,
                        const SetupOptions& options) {
  std::ostringstream text;
  text.precision(17);
  text << "office = \"" << to_text(site.id) << "\"\n"
       << "keys = \"office.keys\"\n"
       << "directory = \"directory.xjd\"\n"
       << "store = \"store\"\n"
       << "archive = \"audit\"\n"
       << "api = '''" << site.socket.string() << "'''\n"
       << "root = \"" << to_hex(root) << "\"\n"
       << (signs_timestamps ? "timestamp_key = \"timestamp.key\"\n" : "") << "\n"
       << "[limits]\nstore_bytes = " << options.store_bytes << "\n\n"
       << "[rehearsal]\nstart = \"" << to_text(options.time.start) << "\"\nreal_epoch = \""
       << to_text(options.time.real_epoch) << "\"\nrate = " << std::showpoint << options.time.rate
       << "\nslow = [";
  for (const adapters::SlowStretch& slow : options.time.slow)
    text << "{from = \"" << to_text(slow.from) << "\", until = \"" << to_text(slow.until)
         << "\", rate = " << slow.rate << "}, ";
  text << "]\n";
  if (options.dashboards) text << "\n[web]\nlisten = \"127.0.0.1:0\"\n";
  return text.str();
}

// Made once, the same file in every office's folder.
Result<> place_directory(const fs::path& first, const fs::path& path) {
  std::error_code error;
  fs::create_hard_link(first, path, error);
  if (error) fs::copy_file(first, path, error);
  if (error) return adapters::system_failure("write", path, error.value());
  return {};
}

Result<> make_folders(const std::vector<OfficeSite>& sites) {
  for (const OfficeSite& site : sites) {
    std::error_code error;
    fs::create_directories(site.folder, error);
    if (!error) fs::permissions(site.folder, fs::perms::owner_all, error);
    if (error) return adapters::system_failure("make the folder", site.folder, error.value());
  }
  return {};
}

}  // namespace

Result<routing::Directory> plan_directory(std::vector<OfficeRecord> offices,
                                          const RehearsalTime& time) {
  return open_directory(contents_of(std::move(offices), time));
}

Result<NationSetup> set_up_nation(std::vector<OfficeRecord> offices, const SetupOptions& options,
                                  WorkFolder& folder) {
  adapters::SystemRandom random;
  std::vector<OfficeSite> sites;
  std::vector<crypto::OfficeKeys> keys;
  for (OfficeRecord& office : offices) {
    OfficeSite site;
    site.id = office.id;
    site.folder = folder.office(office.id);
    site.config = site.folder / "office.toml";
    site.log = site.folder / "daemon.log";
    XJ_TRY(site.socket, folder.socket(office.id));
    XJ_TRY(site.port, reserve_port());
    keys.push_back(crypto::OfficeKeys::generate(office.id, kFirstKey, random));
    office.channels = {{ChannelClass::kVpn,
                        "tcp://127.0.0.1:" + std::to_string(site.port.number),
                        {"127.0.0.0/8"},
                        ""}};
    sites.push_back(std::move(site));
  }
  XJ_TRY_VOID(make_folders(sites));
  XJ_TRY(const Ceremony ceremony, hold_ceremony(offices, keys, options.time.start, random));
  XJ_TRY(auto list, DirectoryFile::open(ceremony.bundle.snapshot->body));
  XJ_TRY(auto directory, routing::Directory::open(std::move(list)));
  const Hash root = crypto::fingerprint(ceremony.bundle.roots.front());
  const fs::path first = sites.front().folder / "directory.xjd";
  XJ_TRY_VOID(adapters::write_file_atomically(first, encode(ceremony.bundle)));
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (i > 0) XJ_TRY_VOID(place_directory(first, sites[i].folder / "directory.xjd"));
    XJ_TRY_VOID(
        adapters::write_secret_file(sites[i].folder / "office.keys", keys[i].serialise().view()));
    const bool is_root = !offices[i].parent.is_set();
    if (is_root)
      XJ_TRY_VOID(
          adapters::write_holder_key(sites[i].folder / "timestamp.key", ceremony.timestamp_key));
    const std::string text = config_text(sites[i], root, is_root, options);
    XJ_TRY_VOID(adapters::write_file_atomically(sites[i].config, as_bytes(text), 0600));
  }
  return NationSetup{std::move(sites), std::move(directory)};
}

}  // namespace xianjie::node::rehearsal
