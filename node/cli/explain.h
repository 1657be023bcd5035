// Why an envelope would go where it goes: from a registration or an office, through resolution, the
// path of custodians, their gates and the channels they may use, to one JSON answer (CONTRACT,
// `route explain`). What cannot be resolved is an answer too: {…, "error": "token: text", "field"}.
#pragma once

#include <map>
#include <nlohmann/json.hpp>

#include "node/cli/directory_source.h"
#include "routing/kinds.h"
#include "routing/resolve.h"

namespace xianjie::node::cli {

class Explainer {
 public:
  // `at` decides the period, and with it the gates.
  Explainer(const DirectorySource& source, OfficeId from, Kind kind, WallTime at);
  [[nodiscard]] nlohmann::json to_office(OfficeId to);
  [[nodiscard]] nlohmann::json to_registration(const routing::ResolveInput& input);

 private:
  [[nodiscard]] nlohmann::json frame() const;
  void add_destination(nlohmann::json& answer, OfficeId to);
  const Result<nlohmann::json>& path_to(OfficeId to);
  [[nodiscard]] nlohmann::json hop(OfficeId here, OfficeId next) const;
  [[nodiscard]] nlohmann::json copy_for(std::uint32_t code) const;

  const DirectorySource& source_;
  OfficeId from_;
  Kind kind_;
  WallTime at_;
  Period period_;
  std::map<OfficeId, Result<nlohmann::json>> paths_;  // many codes, few offices
};

}  // namespace xianjie::node::cli
