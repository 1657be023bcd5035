#include "node/web/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "node/office/alarms.h"
#include "schemas/vocabulary.h"

namespace xianjie::node {
namespace {

using nlohmann::json;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Family {
  const char* name;
  const char* help;
  const char* path;  // in the answer
};
// Counters of `status`, since the daemon started; "_total" is added.
constexpr std::array kCounters{
    Family{"xianjie_turns", "Turns of the broker, one transaction each", "turns"},
    Family{"xianjie_frames_received", "Frames from neighbours", "frames_in"},
    Family{"xianjie_frames_sent", "Frames to neighbours", "frames_out"},
    Family{"xianjie_frames_refused", "Frames that could not be read or believed", "frames_refused"},
    Family{"xianjie_frames_unsent", "Frames a link had no room for; they are sent again",
           "frames_unsent"},
    Family{"xianjie_envelopes_delivered", "Envelopes that reached this office's inbox",
           "delivered"},
    Family{"xianjie_receipts_received", "Own envelopes that became known to be delivered",
           "receipts"},
    Family{"xianjie_alarms_raised", "Alarms for people", "alarms"},
    Family{"xianjie_consignments_written", "Consignments written to disks and ferries",
           "consignments_written"},
    Family{"xianjie_consignments_taken", "Consignments taken from disks and ferries",
           "consignments_taken"},
    Family{"xianjie_consignments_refused", "Consignments refused whole", "consignments_refused"},
};
constexpr std::array kGauges{
    Family{"xianjie_store_used_bytes", "Bytes of the store in use", "/store/used_bytes"},
    Family{"xianjie_store_size_bytes", "Bytes the store may use", "/store/map_bytes"},
    Family{"xianjie_clock_trusted", "1 while this office trusts its clock", "/time_trusted"},
    Family{"xianjie_clock_lag_seconds", "How far the clock lags by its neighbours' clocks",
           "/clock/off_seconds"},
    Family{"xianjie_directory_version", "Version of the list of offices that is believed",
           "/directory_version"},
    Family{"xianjie_gates_may_open", "0 while the directory's timestamp keeps gates shut",
           "/directory/gates_may_open"},
    Family{"xianjie_directory_frozen", "1 where two lists of one version were seen",
           "/directory/frozen"},
};
struct QueueFamily {
  const char* name;
  const char* help;
  const char* column;
};
constexpr std::array kQueueStates{
    QueueFamily{"gated", "waits for its gate", "gated"},
    QueueFamily{"ready", "may leave", "ready"},
    QueueFamily{"sent", "acknowledgement outstanding", "sent"},
    QueueFamily{"deferred", "waits for its retry", "deferred"},
};
constexpr std::array kHere{"held", "dead", "corrupt", "inbox"};
constexpr std::array kStrangers{"zap_malformed",     "zap_revoked_key",    "zap_unknown_key",
                                "frame_unknown_key", "frame_wrong_office", "peer_address"};
constexpr std::array kMonthColumns{"accepted", "delivered", "returned", "held", "in_transit"};
constexpr std::array kMonthChecks{"own_area", "unlinked", "unchecked"};
constexpr std::array kMonthOffices{"missing", "not_yet_on_the_bus"};
constexpr std::array kOutlooks{"on_course", "at_risk", "late", "closed"};
constexpr std::array kMoments{"gate", "deadline"};

double number(const json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_string()) return value.get_ref<const std::string&>().empty() ? 0 : 1;  // a reason
  return value.is_number() ? value.get<double>() : 0;
}
double at(const json& object, const char* key) {
  return object.is_object() && object.contains(key) ? number(object[key]) : 0;
}

class Exposition {
 public:
  explicit Exposition(std::string office) : office_(std::move(office)) {}

  MetricFamily& family(const std::string& name, const std::string& help, MetricType type) {
    families_.push_back({name, help, type, {}});
    return families_.back();
  }
  void add(MetricFamily& family, double value, const Labels& labels = {}) const {
    ClientMetric metric;
    metric.label.push_back({"office", office_});
    for (const auto& [key, text] : labels) metric.label.push_back({key, text});
    if (family.type == MetricType::Counter)
      metric.counter.value = value;
    else
      metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer().Serialize({families_.begin(), families_.end()});
  }

 private:
  std::string office_;
  std::deque<MetricFamily> families_;  // references into it stay good
};

// One series a part, the one of it that ends first: versions come and go, series should not.
void add_expiries(Exposition& out, const json& status) {
  auto& expiry = out.family("xianjie_expiry_seconds",
                            "Seconds until a part of the directory's trust ends; 0: it is over",
                            MetricType::Gauge);
  const auto now = parse_wall_time(status.value("time", ""));
  std::map<std::string, double> left;
  for (const json& row : status.value(json::json_pointer("/directory/expiries"), json::array())) {
    const json until = row.value("until", json());
    const auto ends = parse_wall_time(until.is_string() ? until.get<std::string>() : "");
    const double seconds =
        now && ends ? std::max(0.0, static_cast<double>((*ends - *now).ms) / 1000) : 0;
    const auto [at, fresh] = left.try_emplace(row.value("what", ""), seconds);
    if (!fresh) at->second = std::min(at->second, seconds);
  }
  for (const auto& [what, seconds] : left) out.add(expiry, seconds, {{"what", what}});
}

// The words are the transport's (zap_unknown_key, silent, …); those of strangers stand from the
// start.
void add_link_faults(Exposition& out, const json& counters) {
  constexpr std::string_view kPrefix = "link_";
  std::map<std::string, double> faults;
  for (const char* const word : kStrangers) faults[word] = 0;
  for (const auto& [name, count] : counters.items())
    if (name.starts_with(kPrefix)) faults[name.substr(kPrefix.size())] = number(count);
  auto& family = out.family("xianjie_link_faults_total",
                            "What went wrong with connections and keys, by the log's word",
                            MetricType::Counter);
  for (const auto& [word, count] : faults) out.add(family, count, {{"fault", word}});
}

void add_status(Exposition& out, const json& status) {
  for (const Family& row : kGauges) {
    const json::json_pointer path(row.path);
    out.add(out.family(row.name, row.help, MetricType::Gauge),
            status.contains(path) ? number(status[path]) : 0);
  }
  const json counters = status.value("counters", json::object());
  for (const Family& row : kCounters)
    out.add(out.family(std::string(row.name) + "_total", row.help, MetricType::Counter),
            at(counters, row.path));
  add_link_faults(out, counters);
  auto& room = out.family("xianjie_room_used_ratio", "Share of a quota of the store that is in use",
                          MetricType::Gauge);
  const json rooms = status.value("room", json::object());
  for (const auto& [quota, row] : rooms.items())
    out.add(room, at(row, "limit_bytes") > 0 ? at(row, "used_bytes") / at(row, "limit_bytes") : 0,
            {{"quota", quota}});
  add_expiries(out, status);
}

void add_links(Exposition& out, const json& links) {
  auto& up = out.family("xianjie_link_up",
                        "1 where a channel to a neighbour works; always for disks and ferries",
                        MetricType::Gauge);
  for (const json& row : links.value("links", json::array()))
    out.add(up, link_works(row) ? 1 : 0,
            {{"neighbour", row.value("neighbour", "")}, {"channel", row.value("channel", "")}});
  auto& outstanding =
      out.family("xianjie_link_outstanding_batches",
                 "Batches on a link whose acknowledgement is outstanding", MetricType::Gauge);
  for (const json& row : links.value("links", json::array()))
    out.add(outstanding, at(row, "outstanding"),
            {{"neighbour", row.value("neighbour", "")}, {"channel", row.value("channel", "")}});
  auto& round_trip =
      out.family("xianjie_link_round_trip_seconds",
                 "Round trip through a neighbour's store, once it is known", MetricType::Gauge);
  for (const json& row : links.value("links", json::array()))
    if (const json took = row.value("round_trip_ms", json()); took.is_number())
      out.add(round_trip, number(took) / 1000,
              {{"neighbour", row.value("neighbour", "")}, {"channel", row.value("channel", "")}});
}

void add_queues(Exposition& out, const json& census) {
  auto& queued =
      out.family("xianjie_queue_envelopes",
                 "Envelopes waiting for a neighbour, by lane, kind and state", MetricType::Gauge);
  for (const json& row : census.value("rows", json::array()))
    for (const QueueFamily& state : kQueueStates)
      out.add(queued, at(row, state.column),
              {{"neighbour", row.value("neighbour", "")},
               {"lane", row.value("lane", "")},
               {"kind", row.value("kind", "")},
               {"state", state.name}});
  auto& oldest =
      out.family("xianjie_queue_oldest_seconds",
                 "Age of the oldest envelope waiting for a neighbour", MetricType::Gauge);
  for (const json& row : census.value("rows", json::array()))
    out.add(oldest, at(row, "oldest_s"),
            {{"neighbour", row.value("neighbour", "")},
             {"lane", row.value("lane", "")},
             {"kind", row.value("kind", "")}});
  auto& here =
      out.family("xianjie_envelopes", "Envelopes at this office, by state", MetricType::Gauge);
  const json totals = census.value("totals", json::object());
  for (const QueueFamily& state : kQueueStates)
    out.add(here, at(totals, state.column), {{"state", state.name}});
  for (const char* const state : kHere) out.add(here, at(totals, state), {{"state", state}});
}

// What the one table of alarms says now, every row of it.
void add_alarms(Exposition& out, const json& overview) {
  std::map<std::string, double> stands;
  for (const json& alarm : overview.value("alarms", json::array()))
    stands[alarm.value("id", "")] += at(alarm, "count");
  auto& alarms =
      out.family("xianjie_alarms", "How many things an alarm stands for now; 0: it does not",
                 MetricType::Gauge);
  for (const AlarmRow& row : alarm_rows()) {
    const std::string id(row.id);
    out.add(alarms, stands[id], {{"alarm", id}, {"level", std::string(to_word(row.level))}});
  }
}

void add_month(Exposition& out, const json& overview) {
  const json month = overview.value("month", json::object());
  const auto columns = [&](const char* name, const char* help, const char* label,
                           const auto& words) {
    auto& family = out.family(name, help, MetricType::Gauge);
    for (const char* const word : words) out.add(family, at(month, word), {{label, word}});
  };
  columns("xianjie_month_envelopes",
          "The month's account: accepted = delivered + returned + held + in transit", "column",
          kMonthColumns);
  columns("xianjie_month_checks", "What townships found of the delivered", "outcome", kMonthChecks);
  columns("xianjie_month_offices", "Offices that have not reported, or cannot yet", "state",
          kMonthOffices);
  auto& outlook = out.family("xianjie_month_outlook", "1 at the word for how the month stands",
                             MetricType::Gauge);
  for (const char* const word : kOutlooks)
    out.add(outlook, month.value("outlook", "") == word ? 1 : 0, {{"outlook", word}});
  auto& period =
      out.family("xianjie_month_info", "1 at the month that is watched now", MetricType::Gauge);
  out.add(period, 1, {{"period", month.value("period", "")}});

  auto& moments = out.family("xianjie_month_next_seconds",
                             "Seconds until the next gate or deadline", MetricType::Gauge);
  for (const char* const kind : kMoments)
    for (const json& moment : overview.value("moments", json::array()))
      if (moment.value("kind", "") == kind && !moment.value("passed", true)) {
        out.add(moments, at(moment, "left_s"), {{"kind", kind}});
        break;  // they stand in order of time
      }
  out.add(out.family("xianjie_overdue_items", "Obligations that are overdue at this office",
                     MetricType::Gauge),
          at(overview.value("due", json::object()), "overdue"));
}

}  // namespace

std::string metrics_text(const MetricsParts& parts) {
  Exposition out(parts.office);
  const bool whole = parts.status.is_object() && parts.links.is_object() &&
                     parts.census.is_object() && parts.overview.is_object();
  out.add(out.family("xianjie_up", "1 while the daemon answers everything that is asked here",
                     MetricType::Gauge),
          whole ? 1 : 0);
  out.add(
      out.family("xianjie_web_start_time_seconds",
                 "When the dashboard's process started, in seconds since 1970", MetricType::Gauge),
      static_cast<double>(parts.web_started.ms) / 1000);
  if (parts.status.is_object()) add_status(out, parts.status);
  if (parts.links.is_object()) add_links(out, parts.links);
  if (parts.census.is_object()) add_queues(out, parts.census);
  if (parts.overview.is_object()) {
    add_alarms(out, parts.overview);
    add_month(out, parts.overview);
  }
  return out.text();
}

}  // namespace xianjie::node
