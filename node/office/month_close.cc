#include "node/office/month_close.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "node/office/month_status.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr std::size_t kReasonBytesMax = 512;

std::uint64_t count_of(const json& row, const char* name) {
  return row.at(name).get<std::uint64_t>();
}

void act(json& acts, const std::string& office, const char* what, std::uint64_t count) {
  if (count > 0) acts.push_back({{"office", office}, {"what", what}, {"count", count}});
}

// The last gate that an envelope of this office's month passes.
WallTime chain_end(const MonthContext& context, Period period) {
  WallTime end;
  for (const OfficeId office : context.directory.all())
    if (const auto gate = routing::gate(Kind::kPreReleaseNotice, period, office, context.calendar))
      end = std::max(end, *gate);
  return end;
}

Result<> check_request(const CloseRequest& request, const routing::Directory& directory) {
  if (!request.without.empty() && request.reason.empty())
    return refused("reason: closing without an office needs one");
  if (request.reason.size() > kReasonBytesMax || !is_utf8(request.reason))
    return refused("reason: at most " + std::to_string(kReasonBytesMax) + " bytes of UTF-8");
  for (const OfficeId office : request.without)
    if (!directory.contains(office))
      return refused("without: no office " + to_text(office) + " in the directory");
  return {};
}

json obstacles(const json& view, const CloseRequest& request) {
  json acts = json::array();
  for (const json& origin : view.at("origins")) {
    const std::string name = origin.at("origin");
    act(acts, name, "held", count_of(origin, "held"));
    act(acts, name, "in_transit", count_of(origin, "in_transit"));
  }
  for (const json& office : view.at("offices")) {
    const std::string name = office.at("office");
    act(acts, name, "waiting", count_of(office, "waiting"));
    act(acts, name, "stopped", count_of(office, "stopped"));
    if (request.without.contains(OfficeId::parse(name).value_or(OfficeId{}))) continue;
    const std::uint64_t given = count_of(office, "manifests");
    const std::uint64_t agreed = count_of(office, "manifests_agreed");
    act(acts, name, "missing", count_of(office, "missing"));
    act(acts, name, "manifests_unanswered", given - std::min(given, agreed));
    act(acts, name, "manifests_differ", count_of(office, "manifests_differ"));
  }
  return acts;
}

}  // namespace

Result<json> month_closing(broker::ReadTxn& txn, const MonthContext& context,
                           const CloseRequest& request) {
  XJ_TRY(json before, closed_view(txn, request.period));
  if (!before.is_null()) return before;
  XJ_TRY_VOID(check_request(request, context.directory));
  XJ_TRY(const json view, month_view(txn, context, request.period, std::nullopt));
  json acts = obstacles(view, request);
  XJ_TRY(const auto missing, missing_manifests(txn, context));
  for (const auto& [giver, period] : missing)  // those below stand in the view as missing
    if (period == request.period && !request.without.contains(giver) &&
        context.directory.parent(giver) != context.self)
      act(acts, to_text(giver), "manifest_missing", 1);
  const WallTime end = chain_end(context, request.period);
  if (context.now < end + kManifestPatience) act(acts, to_text(context.self), "not_over", 1);
  json out{{"closed", acts.empty()}, {"period", to_text(request.period)}};
  if (!acts.empty()) {
    out["must_act"] = std::move(acts);
    return out;
  }
  for (const char* const name : {"accepted", "delivered", "returned", "own_area", "unlinked",
                                 "unchecked", "no_copy", "copies", "not_yet_on_the_bus"})
    out[name] = view.at("totals").at(name);
  out["without"] = json::array();
  for (const OfficeId office : request.without) out["without"].push_back(to_text(office));
  out["reason"] = request.reason;
  return out;
}

}  // namespace xianjie::node
