#include "node/web/rights.h"

#include <algorithm>
#include <array>

namespace xianjie::node {
namespace {

constexpr Roles kAll{Role::kViewer,   Role::kClerk,
                     Role::kOperator, Role::kSystemAdministrator,
                     Role::kAuditor,  Role::kSecurityAdministrator};
constexpr Roles kWatchers{Role::kViewer, Role::kClerk, Role::kOperator, Role::kAuditor};
constexpr Roles kClerks{Role::kClerk};
constexpr Roles kOperators{Role::kOperator};
constexpr Roles kAuditors{Role::kAuditor};
constexpr Roles kDisks{Role::kOperator, Role::kClerk};
constexpr Duration kOften = seconds(2), kSeldom = seconds(10);

constexpr std::array kRights{
    Right{.command = "overview", .roles = kAll, .counted = true, .live = kOften},
    Right{.command = "status", .roles = kAll, .live = kOften},
    Right{.command = "directory.status", .roles = kAll, .live = kSeldom},
    Right{.command = "offices", .roles = kAll},
    Right{.command = "queue.list", .roles = kWatchers, .live = kOften},
    Right{.command = "queue.census", .roles = kWatchers, .counted = true, .live = kOften},
    Right{.command = "queue.envelopes", .roles = kWatchers, .live = kSeldom},
    Right{.command = "queue.peek", .roles = kWatchers},
    Right{.command = "queue.show", .roles = kWatchers, .live = kOften},
    Right{.command = "rates", .roles = kWatchers, .live = kOften},
    Right{.command = "links", .roles = kWatchers, .live = kOften},
    Right{.command = "trace", .roles = kWatchers},
    Right{.command = "month.status", .roles = kWatchers, .counted = true, .live = kSeldom},
    Right{.command = "month.bulletin", .roles = kWatchers, .counted = true},
    Right{.command = "month.manifests", .roles = kWatchers, .live = kSeldom},
    Right{.command = "report.status", .roles = kWatchers},
    Right{.command = "due", .roles = kWatchers, .counted = true, .live = kSeldom},
    Right{.command = "exchange.score", .roles = kWatchers, .live = kSeldom},
    Right{.command = "network", .roles = kWatchers, .live = kSeldom},
    Right{.command = "media.list", .roles = kWatchers},
    Right{.command = "ledger", .roles = kWatchers},
    Right{.command = "submission", .roles = kClerks},
    Right{.command = "queue.hold", .roles = kOperators, .acts = true},
    Right{.command = "queue.release", .roles = kOperators, .acts = true},
    Right{.command = "queue.requeue", .roles = kOperators, .acts = true},
    Right{.command = "queue.expire", .roles = kOperators, .acts = true},
    Right{.command = "inbox.release", .roles = kOperators, .acts = true},
    Right{.command = "directory.import", .roles = kOperators, .acts = true},
    Right{.command = "month.close", .roles = kOperators, .acts = true},
    Right{.command = "media.export", .roles = kDisks, .acts = true},
    Right{.command = "media.import", .roles = kDisks, .acts = true},
    Right{.command = "inbox.list", .roles = kClerks, .counted = true, .live = kOften},
    Right{.command = "inbox.show", .roles = kClerks, .acts = true, .personal = true},
    Right{.command = "inbox.export", .roles = kClerks, .acts = true, .personal = true},
    Right{.command = "inbox.attachment", .roles = kClerks, .acts = true, .personal = true},
    Right{.command = "inbox.collect", .roles = kClerks, .acts = true},
    Right{.command = "inbox.settle", .roles = kClerks, .acts = true},
    Right{.command = "inbox.assign", .roles = kClerks, .acts = true},
    Right{.command = "inbox.return", .roles = kClerks, .acts = true},
    Right{.command = "inbox.answer", .roles = kClerks, .acts = true},
    Right{.command = "inbox.arrived", .roles = kClerks, .acts = true},
    Right{.command = "inbox.correct", .roles = kClerks, .acts = true},
    Right{.command = "inbox.add", .roles = kClerks, .acts = true},
    Right{.command = "submit", .roles = kClerks, .acts = true, .personal = true},
    Right{.command = "attach", .roles = kClerks, .acts = true},
    Right{.command = "urge", .roles = kClerks, .acts = true},
    Right{.command = "report.send", .roles = kClerks, .acts = true},
    Right{.command = "exchange.run", .roles = kClerks, .acts = true},
    Right{.command = "audit.list", .roles = kAuditors},
    Right{.command = "audit.verify", .roles = kAuditors},
    Right{.command = "evidence.export", .roles = kAuditors, .acts = true, .personal = true},
};

}  // namespace

std::span<const Right> rights() {
  return kRights;
}

const Right* find_right(std::string_view command) {
  const auto found = std::ranges::find(kRights, command, &Right::command);
  return found == kRights.end() ? nullptr : &*found;
}

}  // namespace xianjie::node
