#include "node/rehearsal/clerks.h"

#include <algorithm>

#include "crypto/hash.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr std::uint64_t kUnlinkedOneIn = 20;

// The daemon is away, or went away: it will be asked again.
bool is_away(const Error& error) {
  return error.code == ErrorCode::kRetry || error.code == ErrorCode::kNotFound || error.code == ErrorCode::kIo;
}

}  // namespace

std::size_t Clerks::row_of(const std::string& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? 0 : found->second;
}

bool Clerks::is_unlinked(std::size_t row) const {
  const Bytes about = Encoder().text("rehearsal").u64(seed_).u64(row).bytes();
  return crypto::checksum(about) % kUnlinkedOneIn == 0;
}

Result<> Clerks::hand_in(const std::function<void(std::size_t rows)>& told) {
  refusals_ = inputs_.notices.refusals;
  std::size_t rows = refusals_.size();
  for (const NoticePart& part : inputs_.notices.parts) {
    XJ_TRY(const json answer,
           fleet_.call_patiently(part.origin, "submit",
                                 {{"kind", "pre_release_notice"},
                                  {"period", to_text(month_)},
                                  {"submission", "rehearsal-" + to_text(month_) + "-" + to_text(part.origin)}},
                                 to_bytes(as_bytes(part.csv))));
    if (answer.at("period") != to_text(month_))
      return fail(ErrorCode::kRetry, "handing in took until after the 10th: give more --seconds-per-day");
    for (const json& one : answer.at("refused"))
      refusals_.push_back({row_in_whole(part, one.at("row")), one.at("field"), one.at("reason")});
    for (const json& one : answer.at("envelopes")) rows_[one.at("id")] = row_in_whole(part, one.at("row"));
    warnings_ += answer.at("warnings").size();
    rows += part.rows.size();
    told(rows);
  }
  std::ranges::stable_sort(refusals_, {}, &NoticeRefusal::row);
  return {};
}

Result<bool> Clerks::settle() {
  bool quiet = true;
  for (const OfficeSite& site : fleet_.sites()) {
    if (site.id.type() != OfficeType::kTownship && site.id.type() != OfficeType::kPopulationPolice) continue;
    const auto list = fleet_.call(site.id, "inbox.list", {{"kind", "pre_release_notice"}});
    if (!list) {
      if (!is_away(list.error())) return std::unexpected(list.error());
      quiet = false;
      continue;
    }
    for (const json& item : list->at("items")) {
      quiet = false;
      XJ_TRY_VOID(fleet_.tick());
      if (const auto settled = settle_item(site.id, item); !settled) {
        if (!is_away(settled.error())) return std::unexpected(settled.error());
        break;
      }
    }
  }
  return quiet;
}

Result<> Clerks::settle_item(OfficeId office, const json& item) {
  const std::string id = item.at("id");
  std::map<std::string, std::string> options{{"id", id}};
  if (office.type() == OfficeType::kTownship) {
    options["outcome"] = is_unlinked(row_of(id)) ? "unlinked" : "own-area";
    notices_settled_.insert(id);  // before: where the daemon dies now, it may have been done
  }
  const auto answer = fleet_.call(office, "inbox.settle", options);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

}  // namespace xianjie::node::rehearsal
