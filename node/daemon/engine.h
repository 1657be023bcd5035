// What an office owns, opened and driven: keys, directory, store, archive, broker. The loop posts
// events; turn() makes one transaction of them and hands on what it allows. Single-threaded.
// Read next: daemon.h (the loop), broker/broker.h (what a turn decides).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>

#include "adapters/archive_files.h"
#include "adapters/clock.h"
#include "adapters/lmdb_store.h"
#include "adapters/system_random.h"
#include "broker/broker.h"
#include "broker/transport.h"
#include "schemas/consignment.h"
#include "node/daemon/config.h"
#include "node/daemon/directory_keeper.h"
#include "node/daemon/looks.h"
#include "node/office/attachments.h"
#include "node/office/exchange_plan.h"
#include "node/office/network.h"
#include "node/office/obligations.h"
#include "node/office/standing.h"

namespace xianjie::node {

class Engine {
 public:
  using OnReply = std::function<void(broker::Reply&)>;

  // Checks and opens everything; the error names the file and what to do.
  static Result<std::unique_ptr<Engine>> open(const Config& config);

  void post(broker::Event event) { events_.push_back(std::move(event)); }
  // Sets the event's token; `on_reply` runs after the turn that commits it.
  template <class E>
  void post(E event, OnReply on_reply) {
    event.token = ++last_token_;
    replies_[event.token] = std::move(on_reply);
    events_.push_back(std::move(event));
  }
  // The transport says so; `proved` at this end.
  void link_up(broker::LinkId link, ChannelClass proved, Proof proof);
  void link_down(broker::LinkId link);
  // Checks it; unreadable ones are counted and dropped, as are all but hellos of a connection that
  // is not the link's.
  void frame(broker::LinkId over, ByteView bytes, std::uint64_t connection = 0);
  // What holders or a disk brought; the answer says what was taken.
  nlohmann::json import_directory(const DirectoryBundle& news) {
    return keeper_->import(news, now());
  }
  [[nodiscard]] const crypto::Trust& trust() const { return keeper_->sync().trust(); }
  [[nodiscard]] nlohmann::json directory_status() const {
    return keeper_->status(keys().office(), now());
  }
  // Once after the directory moved: who may link with whom is to be looked at again.
  [[nodiscard]] bool take_directory_moved() { return std::exchange(directory_moved_, false); }

  // One frame of a disk or ferry, by its place in the manifest (broker/consignments.h).
  Result<broker::CheckedFrame> check_consigned(ByteView bytes, std::size_t index,
                                               const Consignment& manifest);
  // Runs once what has been posted before is committed.
  void after_turn(OnReply then) { post(broker::Lease{0, 0}, std::move(then)); }
  [[nodiscard]] std::size_t events_waiting() const { return events_.size(); }

  // Something to do now, without waiting for anything.
  [[nodiscard]] bool has_work() const;
  // How long the loop may sleep; kNever of adapters/poller.h where nothing is due.
  [[nodiscard]] Duration due_in() const;
  // The same until a moment of a trusted clock; kNever where it is not set, or past.
  [[nodiscard]] Duration due_at(WallTime moment) const;
  // One turn with what was posted. An error means: log it, leave the process, restart.
  Result<> turn(broker::Transport& transport);

  // Batch numbers for sealing, from a lease; empty until the next turn where it has run out.
  std::optional<std::uint64_t> batch_number();
  bool batch_number_ready();
  [[nodiscard]] broker::SealContext seal_context();
  // Seals one order as a batch of its own. kRetry: no batch number until the next turn.
  Result<broker::PreparedOrder> prepare_one(broker::Order order);
  // All of them in one batch, at most kBatchEnvelopesMax; the first that fails fails all.
  Result<std::vector<broker::PreparedOrder>> prepare_all(const std::vector<broker::Order>& orders);

  Result<std::unique_ptr<broker::ReadTxn>> read() { return store_->read(); }
  // As this office trusts it: broker/clock_watch.h.
  [[nodiscard]] Now now() const { return broker_ ? broker_->judged(clock_->now()) : clock_->now(); }
  [[nodiscard]] const crypto::KeyRing& keys() const { return broker_->keys(); }
  [[nodiscard]] const broker::Broker& broker() const { return *broker_; }
  [[nodiscard]] const routing::Directory& directory() const {
    return broker_->snapshot().directory;
  }
  [[nodiscard]] Scene scene() const {
    return {broker_->shared_snapshot(), keys(), now(), broker_->born(),
            broker_->options().calendar};
  }
  [[nodiscard]] MonthContext month_context() const { return scene().context(); }
  [[nodiscard]] adapters::LmdbStore& store() { return *store_; }
  [[nodiscard]] adapters::ArchiveFiles& archive() { return *archive_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counters() const { return counters_; }
  // Announced freezes of the exchange test, as long as they are not over (flow D).
  [[nodiscard]] const std::vector<Window>& freezes() const { return freezes_; }
  [[nodiscard]] Result<std::vector<Obligation>> owed(broker::ReadTxn& txn) const {
    return scene().owed(txn);
  }
  // evidence_answer.cc: custody statements, asked of others and by others.
  void ask_custody(const broker::EnvelopeKey& key, std::set<OfficeId> offices, Duration wait,
                   std::function<void(std::vector<broker::CustodyTalk>)> done);
  std::vector<broker::CustodyTalk> take_custody_wanted();
  // The directory as it is believed here, signed, with its roots.
  [[nodiscard]] Bytes directory_file() const;
  // Runs once what the audit log has now is in the archive.
  void after_archived(OnReply then);
  // Said to the offices above with the next standing; at once where other alarms are raised.
  void set_health(const Health& health) {
    if (health.critical != health_.critical || health.warning != health_.warning)
      standing_changed_ = true;
    health_ = health;
  }
  void alarm(const std::string& text);  // for people: counted and logged
  void count(const std::string& what, std::uint64_t by = 1) { counters_[what] += by; }

 private:
  Engine() = default;
  Result<> drain_audit();
  Result<> keep_directory(broker::Transport& transport);
  Result<> check_not_older(const Config& config) const;
  Result<> write_witness();
  void apply(broker::Effects effects, broker::Transport& transport);
  // engine_service.cc: what this office does of itself
  [[nodiscard]] bool served_here(Kind kind) const;
  Result<> find_waiting_own();
  Result<> find_following(broker::ReadTxn& txn);
  Result<> serve_own();
  Result<> serve(broker::ReadTxn& txn, const broker::Delivered& item);
  Result<> note_freezes(broker::ReadTxn& txn, const broker::EnvelopeKey& key);
  Result<> watch();
  Result<> watch_consultations(broker::ReadTxn& txn, WallTime now);
  Result<> give_to_contractor(broker::ReadTxn& txn, const broker::EnvelopeKey& key);
  Result<> escalate(broker::ReadTxn& txn, const Obligation& late);
  // evidence_answer.cc
  void custody_told(broker::CustodyTalk told);
  void end_inquiries();
  void tell_head();
  // engine_attachments.cc
  Result<> follow_subjects(broker::ReadTxn& txn);
  Result<> pass_on_attachment(broker::ReadTxn& txn, const FoundAttachment& attachment,
                              const Following& following);
  Result<> replace_stale();
  Result<> tell_standing();

  std::unique_ptr<adapters::Clock> clock_;
  std::unique_ptr<adapters::LmdbStore> store_;
  std::unique_ptr<adapters::ArchiveFiles> archive_;
  adapters::SystemRandom random_;
  broker::StatementCache statements_;
  std::optional<DirectoryKeeper> keeper_;
  bool directory_moved_ = false;
  std::unique_ptr<broker::Broker> broker_;
  std::deque<broker::Event> events_;
  std::unordered_map<broker::Token, OnReply> replies_;
  broker::Token last_token_ = 0;
  std::uint64_t lease_next_ = 0, lease_end_ = 0;
  bool lease_asked_ = false;
  bool audit_waiting_ = false;
  std::filesystem::path witness_;  // the file beside the store (broker::Witness)
  std::uint64_t witnessed_boot_ = 0, witnessed_audit_ = 0;
  Instant audit_due_, maintenance_due_;
  bool standing_changed_ = true;  // mail has moved since the office's standing was counted
  Duration standing_every_;
  Instant standing_due_;  // not counted again before
  Health health_;
  WallTime standing_told_;              // when it was last counted
  std::vector<broker::Delivered> own_;  // inbox items that this office's own service opens
  std::vector<broker::Stale> stale_;    // to be sealed anew
  std::vector<Window> freezes_;
  bool unwatched_ = true;  // something moved since what is owed was last looked at
  Instant watch_due_;      // not before
  WallTime owed_next_;     // when something falls due
  std::set<std::tuple<EnvelopeId, OfficeId, int>> told_;  // reminders and alarms of this process
  std::map<std::string, std::uint64_t> counters_;
  static constexpr Duration kHeadEvery = seconds(1);  // at least: a rehearsal's hour is shorter
  std::int64_t head_hour_ = -1;                       // when the archive's head was last said
  Instant head_due_;
  struct CustodyInquiry {
    broker::EnvelopeKey key;
    std::set<OfficeId> open;  // not answered yet
    std::vector<broker::CustodyTalk> told;
    Instant until;
    std::function<void(std::vector<broker::CustodyTalk>)> done;
  };
  std::vector<CustodyInquiry> inquiries_;
  std::vector<broker::CustodyTalk> custody_wanted_;
};

}  // namespace xianjie::node
