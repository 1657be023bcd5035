// From a nation's offices to folders in which daemons can run: keys, a directory that came about as
// real ones do (ceremony.h) and is marked rehearsal, loopback channels of class vpn, a
// configuration each.
#pragma once

#include <filesystem>
#include <vector>

#include "node/daemon/config.h"
#include "node/rehearsal/ports.h"
#include "node/rehearsal/work_folder.h"
#include "routing/directory.h"
#include "schemas/directory.h"

namespace xianjie::node::rehearsal {

struct OfficeSite {
  OfficeId id;
  std::filesystem::path folder, config, socket, log;
  ReservedPort port;
};

struct NationSetup {
  std::vector<OfficeSite> sites;  // by office
  routing::Directory directory;
};

struct SetupOptions {
  RehearsalTime time;
  std::uint64_t store_bytes = kStoreBytesRehearsal;
  bool dashboards = false;
};

// Offices as parse_nation gives them: without keys and channels.
Result<NationSetup> set_up_nation(std::vector<OfficeRecord> offices, const SetupOptions& options,
                                  WorkFolder& folder);

// The directory these offices would have, unsigned: for routes before anything is set up.
Result<routing::Directory> plan_directory(std::vector<OfficeRecord> offices,
                                          const RehearsalTime& time);

}  // namespace xianjie::node::rehearsal
