// Ferries (网闸): consignments without hands, through folders that a gate between two networks
// empties and fills. Each direction stands alone: a neighbour may have a folder out, one in, or
// both.
//
// Out: when something waits that may go by ferry and no wire takes, a consignment appears in the
// folder, under its name only when it is whole. In: what appears is taken like a disk and moved to
// `done`, or to `refused` with a text file that says why; a gate may copy file by file, so one that
// is not whole is given time first. Answers go by the folder out, or by any wire that may carry
// them. Nothing watches between two looks. Read next: media.h.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "node/daemon/carried_directory.h"
#include "node/daemon/media.h"

namespace xianjie::node {

class Ferries {
 public:
  Ferries(const Config& config, Engine& engine, Jobs& jobs);

  void look();  // where it is time
  // Until the next look; kNever of adapters/poller.h where there is no ferry.
  [[nodiscard]] Duration due_in() const;

 private:
  struct Fault {
    Instant since;
    std::string text;
  };
  struct Ferry {
    FerryFolders folders;
    bool exporting = false, importing = false;
    Instant export_after;                 // after a failure
    std::map<std::string, Fault> faults;  // folders that are not whole, or not yet
    std::set<std::string> stuck;          // could not be moved: left alone
    std::string trouble_out, trouble_in, trouble_directory;  // told already
    DirectoryInFolder directory_out, directory_in;
  };
  void carry_directory(Ferry& ferry);
  void look_out(Ferry& ferry, Instant now);
  void look_in(Ferry& ferry);
  void exported(Ferry& ferry, const Result<nlohmann::json>& answer);
  void imported(Ferry& ferry, const Result<nlohmann::json>& answer);
  void not_whole(Ferry& ferry, const std::filesystem::path& folder, const std::string& why);
  void put_away(Ferry& ferry, const std::filesystem::path& folder, const std::string& refused);
  void tell(const Ferry& ferry, std::string& told, const std::string& text);

  Engine& engine_;
  Jobs& jobs_;
  std::vector<Ferry> ferries_;
  Duration every_, patience_, pause_;
  Instant due_;
};

}  // namespace xianjie::node
