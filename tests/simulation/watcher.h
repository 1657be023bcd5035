// Sees everything and holds it against the promises: nothing lost, nothing twice, no gate early, no
// acknowledgement before its commit. watcher.cc follows the turns, books.cc reads the stores.
#pragma once

#include <set>

#include "broker/event.h"
#include "broker/tables.h"
#include "node/office/continuation.h"
#include "tests/simulation/world.h"

namespace xianjie::simulation {

class Watcher {
 public:
  explicit Watcher(World& world) : world_(world) { world.watcher = this; }

  void arrived(SimOffice& office, OfficeId from, const broker::CheckedFrame& frame);
  // Committed, nothing sent yet.
  void after_turn(SimOffice& office, const broker::Effects& effects);
  // Committed, and not yet with the courier.
  void consigned(SimOffice& office, OfficeId to, ChannelClass channel,
                 const broker::Consigned& consigned);
  void disk_lost(OfficeId office);
  void forget_settled(OfficeId office);  // nothing of it is left to restore
  void forget_kept_back(SimOffice& office);
  void restored(SimOffice& office);  // an older store is about to take the place of its own
  void unheard(OfficeId office) { unheard_.insert(office); }  // of a turn that was applied
  // A person has opened a notice, first or continued, or a copy of one; has come to its end.
  void opened(SimOffice& office, const node::Item& item, const node::OpenedNotice& notice,
              const Notice& meant);
  void opened_copy(SimOffice& office, const node::Item& item, const Notice& meant);
  void checked(SimOffice& office, const broker::EnvelopeKey& key, std::uint32_t notice,
               CheckOutcome outcome);

  void asked(SimOffice& office, const node::Item& item, const Request& request);
  void answered(std::uint32_t request);  // by its handler, durably
  void answer_read(SimOffice& office, const node::Item& item);
  void sums_up(SimOffice& office);  // its report is about to be handed in
  void left_open(SimOffice& office, const broker::EnvelopeKey& key);  // nobody ever will

  void check_books();     // at any time
  void check_finished();  // everything handed in has come to its end

  [[nodiscard]] std::uint64_t envelopes_sent() const { return envelopes_sent_; }

 private:
  struct Leaf {
    broker::EnvelopeKey key;
    Hash leaf{};
  };
  using FrameName = std::tuple<OfficeId, OfficeId, std::uint64_t>;  // taker, giver, number

  void on_frame_out(SimOffice& office, OfficeId to, ChannelClass channel, ByteView bytes);
  void on_sent(SimOffice& office, OfficeId to, ChannelClass channel, const EnvelopeBatch& batch);
  void on_sent(SimOffice& office, OfficeId to, const Ack& ack);
  void on_sent(SimOffice& office, OfficeId to, const RecordsAck& ack);
  // Is that office, or has what it had.
  [[nodiscard]] bool stands_for(OfficeId office, OfficeId meant) const;
  bool comes_another_way(SimOffice& office, OfficeId from, const Record& record) const;
  bool has_taken(SimOffice& office, const Ack& ack, const std::vector<Leaf>& leaves);
  bool keeps_manifest(SimOffice& office, const Record& record);
  bool keeps_standing(SimOffice& office, const Record& record);
  bool has_kept(SimOffice& office, const broker::CheckedRecord& record);
  void check_room(SimOffice& office);
  void check_inbox(SimOffice& office);
  void check_ledger(SimOffice& office, const std::set<broker::EnvelopeKey>& held);
  void check_month(SimOffice& office, bool finished);
  void check_nothing_waits(SimOffice& office);
  void check_accepted(SimOffice& office);
  void check_end(SimOffice& office, const Notice& notice, const broker::LedgerRow& row);
  void check_requests(SimOffice& office);
  void check_consignments(SimOffice& office);
  void check_reports(SimOffice& office);
  [[nodiscard]] std::uint64_t reported_below(OfficeId office, bool& told_of_all) const;
  [[nodiscard]] bool is_over(SimOffice& office, const broker::EnvelopeKey& key);
  [[nodiscard]] bool stays_for_a_wire(SimOffice& office, const broker::Row& row) const;
  [[nodiscard]] bool may_end_as(const broker::LedgerRow& row) const;
  void check_standings();
  void check_manifests();

  World& world_;
  std::map<FrameName, std::vector<std::vector<Leaf>>> batches_;  // as they arrived
  std::map<FrameName, std::vector<broker::CheckedRecord>> records_;
  // Office, disk, key.
  std::set<std::tuple<OfficeId, std::uint64_t, broker::EnvelopeKey>> delivered_;
  // By notice number and the envelope that was passed on; not set: none was.
  std::map<std::tuple<OfficeId, std::uint32_t, EnvelopeId>, broker::EnvelopeKey> opened_;
  struct End {
    OfficeId office;
    broker::EnvelopeKey key;
    CheckOutcome outcome = CheckOutcome::kOwnArea;
  };
  std::map<std::uint32_t, std::vector<End>> ends_;  // of each notice: where it was checked
  std::set<std::uint32_t> answered_;                // requests
  std::map<std::pair<OfficeId, EnvelopeId>, broker::EnvelopeKey> answer_;  // read, by what asked
  std::set<std::pair<OfficeId, broker::EnvelopeKey>> left_open_;
  std::set<OfficeId> disks_lost_, unheard_;
  std::set<OfficeId> anew_;  // took themselves for restored, as after a thief has spoken for them
  // Settled and known as such to their origins when an older store was put back.
  std::set<std::pair<OfficeId, broker::EnvelopeKey>> never_again_;
  std::set<std::pair<OfficeId, std::string>> overdue_;  // alarms about consignments
  std::uint64_t envelopes_sent_ = 0;
};

}  // namespace xianjie::simulation
