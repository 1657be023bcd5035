// The store-and-forward state machine of one office (DESIGN sections 1, 2, 4, 8). Pure: events and
// the time come in, effects go out; one step is one transaction and the group commit. No
// acknowledgement is in an Effects whose turn was not committed.
//
// The way of an envelope through the files of this folder:
//   prepare.cc  verified (or sealed, at its origin)          before the turn
//   custody.cc  taken: `seen`, `envelopes`, `proofs`, and `queue`, `inbox` or `held`
//   held.cc     stopped by policy, asked again when something moved
//   links.cc    channels come up and go down
//   chunks.cc   large payloads arrive piece by piece, then their envelopes are taken
//   consign.cc, consigned.cc  what goes by disk or ferry, and comes back acknowledged or not
//   policy.cc   what no channel may carry, and what came over a forbidden one
//   sending.cc  leaves its queue in a batch; let go when the next custodian's signed ack comes
//   inbox.cc    settled by its application, answered
//   records.cc  receipts travel back
//   origin.cc   the ledger: what was submitted, resent, inquired after, and what became of it
//   replace.cc  what the directory has overtaken before its gate is made anew
//   follow.cc   what is held or on its way follows offices that move, merge or close
//   reconcile.cc  what single damaged rows of the store leave to be put right
//   manifests.cc, manifest_check.cc  what passed for a period, agreed with each neighbour
//   standing.cc how the offices below stand, and this one, for those above
//   evidence.cc what is kept so that it can be proved later; custody statements asked for (kept.h)
//   heads.cc    how far the audit log has come, countersigned by two neighbours (heads.h)
//   lives.cc, recalls.cc  clones are refused; a restored backup is noticed, and asks before it
//               hands out
//   retired.cc  sealed to a key whose secrets are gone: rejected, and sealed anew
//   vouchers.cc envelopes under a key that was revoked since: which of them stand
//   operate.cc  what an operator holds, releases, tries again or gives up
//   sweep.cc    what is over is forgotten, behind the horizon
//
// After an error of step() the broker is latched: it refuses everything, the process exits,
// restarts and reconciles by id. The durable formats stand in tables.h, read-only views in views.h.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "broker/clock_watch.h"
#include "broker/event.h"
#include "broker/kept.h"
#include "broker/link.h"
#include "broker/month_tables.h"
#include "broker/options.h"
#include "broker/own_keys.h"
#include "broker/room.h"
#include "broker/snapshot.h"
#include "broker/store.h"
#include "broker/tables.h"
#include "crypto/key_ring.h"
#include "routing/calendar.h"

namespace xianjie::broker {

// The last one written; zeros where there was none.
Result<Believe> believed(ReadTxn& txn);

class Broker {
 public:
  // Reads what the store holds, creates its epoch where it is new; `damaged` rows are set aside
  // first. What `keys` refers to must outlive the broker.
  static Result<std::unique_ptr<Broker>> open(Store& store, crypto::KeyRing keys,
                                              std::shared_ptr<const DirectorySnapshot> snapshot,
                                              BrokerOptions options,
                                              std::span<const DamagedRow> damaged = {});

  Result<Effects> step(std::span<Event> events, const Now& now);
  // When step() has something to do of itself; empty when idle. Wall-time gates are given as the
  // instant they fall on by the `now` of the last step; a caller whose wall clock runs at another
  // rate scales the distance.
  [[nodiscard]] std::optional<Instant> next_wakeup() const;
  // The wall time of the next gate, resend or sweep; not set: none.
  [[nodiscard]] WallTime next_wall_wakeup() const;

  // At the next step every neighbour is greeted with it.
  void set_directory(std::shared_ptr<const DirectorySnapshot> snapshot);
  void set_freshness(const Freshness& freshness);
  [[nodiscard]] const Freshness& freshness() const { return freshness_; }
  // The machine's time as this office trusts it (clock_watch.h); every turn judges its own.
  [[nodiscard]] Now judged(const Now& raw) const {
    return clock_.judge(raw, snapshot_->directory.parent(self()));
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] OfficeId self() const { return keys_.office(); }
  [[nodiscard]] const DirectorySnapshot& snapshot() const { return *snapshot_; }
  [[nodiscard]] const auto& shared_snapshot() const { return snapshot_; }
  // This office's own; the current one as of the last turn. Another one becomes current by itself.
  [[nodiscard]] const crypto::KeyRing& keys() const { return keys_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t boot() const { return boot_; }  // starts of this store, this one too
  [[nodiscard]] std::uint64_t audit_seq() const { return counters_.audit_seq; }
  // Set where this store turned out to be a restored backup.
  [[nodiscard]] const std::optional<RestoredRow>& restored() const { return restored_; }
  // When this store's first turn with a trusted clock was; not set: there was none yet.
  [[nodiscard]] WallTime born() const { return counters_.born; }
  [[nodiscard]] const Room& room() const { return room_; }
  [[nodiscard]] const std::map<OfficeId, Peer>& peers() const { return peers_; }
  [[nodiscard]] const BrokerOptions& options() const { return options_; }

 private:
  // One transaction under way: everything a handler may touch besides the broker's own state.
  struct Turn {
    WriteTxn& txn;
    const Now& now;
    Effects& effects;
    std::string audit;          // lines, written as one row at the end
    std::size_t envelopes = 0;  // budget used
    std::size_t bytes = 0;
    std::size_t held_rows = 0;  // looked at by scans
    std::uint64_t batch = 0;    // whose envelopes are being taken
    // To origins and destinations, by subject; signed at the end.
    std::map<std::pair<OfficeId, Kind>, std::vector<Receipt>> receipts;
    std::map<std::pair<OfficeId, Kind>, std::vector<InquiryEntry>> inquiries;
    std::vector<KeptProof> proofs{};  // of envelopes whose bytes went
    std::size_t proof_bytes = 0;
    std::map<std::pair<OfficeId, Kind>, std::vector<InquiryEntry>> recalls{};  // to origins
    std::map<std::pair<OfficeId, Kind>, std::vector<Receipt>> recalled{};      // and their answers
    std::uint64_t connection = 0;  // of the frame that is being taken
  };

  Broker(Store& store, crypto::KeyRing keys, std::shared_ptr<const DirectorySnapshot> snapshot,
         BrokerOptions options);
  Result<> load();
  Result<> begin_life();
  Result<> run(std::span<Event> events, Turn& turn);
  Result<> write_counters(Turn& turn);
  Result<> watch_clock(Turn& turn);
  void audit(Turn& turn, std::string_view event, std::string_view detail);
  void alarm_refused_channel(Turn& turn, LinkId over, std::string_view what);

  // broker.cc
  Result<> on(Turn& turn, const Audit& event);
  Result<> on(Turn& turn, const Lease& event);
  Result<> on(Turn& turn, const Archived& event);
  static Result<> on(Turn& turn, const Believe& event);

  // keys.cc
  void choose_keys(Turn& turn);
  Result<> sign_records_again(Turn& turn);

  // vouchers.cc
  void plan_revoked_scans();
  Result<> run_revoked_scans(Turn& turn);
  Result<> look_at_revoked(Turn& turn, const EnvelopeKey& key, StateRow row, VouchersWanted& asked);
  Result<> quarantine_revoked(Turn& turn, const EnvelopeKey& key, StateRow row, WallTime since);
  Result<> release_vouched(Turn& turn, const EnvelopeKey& key, StateRow row,
                           const Envelope& envelope);
  Result<std::optional<Bytes>> kept_voucher(Turn& turn, const EnvelopeKey& key, WallTime revoked);
  std::optional<Bytes> sign_voucher(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  Result<std::optional<Bytes>> voucher_for(Turn& turn, const EnvelopeKey& key, const StateRow& row,
                                           WallTime revoked);
  Result<bool> add_voucher(Turn& turn, const EnvelopeKey& key, const StateRow& row,
                           OfficeId neighbour, const Header& header, Envelope& envelope);
  Result<std::optional<bool>> take_revoked(Turn& turn, const EnvelopeKey& key,
                                           const std::optional<StateRow>& known,
                                           const CheckedEnvelope& checked);
  Result<> ask_for_vouchers(Turn& turn, const VouchersWanted& asked);
  Result<> on_vouchers_wanted(Turn& turn, OfficeId from, const Record& record);
  Result<> on_voucher(Turn& turn, OfficeId from, const CheckedRecord& checked);

  // links.cc
  Result<> on(Turn& turn, const LinkUp& event);
  Result<> on(Turn& turn, const LinkDown& event);
  Result<> on(Turn& turn, FrameArrived& event);
  Result<> on_frame(Turn& turn, LinkId from, const Hello& hello);
  Result<> on_frame(Turn& turn, LinkId from, const Credit& credit);
  Result<> on_frame(Turn& turn, LinkId from, const Ping& ping);
  Result<> on_frame(Turn& turn, LinkId from, const Pong& pong);
  // For directory_sync.h, whose caller keeps them from here.
  Result<> on_frame(Turn&, LinkId, const DirectoryNews&) { return {}; }
  Result<> on_frame(Turn&, LinkId, const DirectoryWanted&) { return {}; }
  Result<> on_frame(Turn&, LinkId, const DirectoryPart&) { return {}; }
  void greet_again(Turn& turn);
  void greet(Turn& turn, LinkId id);
  void ask_time(Turn& turn, LinkId over);
  bool may_open_gates(const Now& now) const {
    return freshness_.gates(now) && !clock_.waits_until(now.instant);
  }
  Hello hello_for(LinkId id, bool reply_wanted);
  void send(Turn& turn, LinkId id, const Frame& frame);
  Link& link_of(LinkId id) { return peers_[id.neighbour].links[id.channel]; }
  std::uint64_t credit_window() const;

  // lives.cc
  Result<bool> admit(Turn& turn, LinkId from, const Hello& hello);
  void contest(Turn& turn, OfficeId neighbour, Peer& peer, const Rival& rival);
  void settle_contest(Turn& turn, LinkId alive, std::uint64_t nonce);
  void ping_contested(Turn& turn, OfficeId neighbour, const Peer& peer, Rival& rival);
  Duration rival_ping_every() const {
    return {std::max<std::int64_t>(options_.rival_patience.ms / 4, 1)};
  }
  Result<> run_rivals(Turn& turn, OfficeId neighbour, Peer& peer);
  void on_identity_refused(Turn& turn, LinkId from, const Refusal& refusal);
  void note_life(OfficeId neighbour, const PeerLife& life);
  void note_given(OfficeId neighbour, std::uint64_t batch, std::uint64_t sealed);
  Result<> write_lives(Turn& turn);
  Result<> on_behind(Turn& turn, LinkId from, const Hello& hello);

  // recalls.cc
  Result<> on(Turn& turn, const HandOut& event);
  Result<> put_restored(Turn& turn);
  Result<> begin_recalls(Turn& turn, const std::string& why);
  Result<> forget_passages(Turn& turn);
  Result<> ask_of_own(Turn& turn);
  bool may_have_been_here(const Header& header) const;
  Result<> keep_back(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  Result<> hand_out(Turn& turn, const EnvelopeKey& key);
  Result<> run_recalls(Turn& turn);
  Duration recall_every() const {
    return {std::max<std::int64_t>(options_.recall_patience.ms / 4, 1)};
  }
  bool waited_enough(const Turn& turn, OfficeId origin) const;
  Result<> on_recall(Turn& turn, const Record& record);
  Result<> on_recalled(Turn& turn, const Record& record);
  Result<> note_unknown_own(Turn& turn, const EnvelopeId& id);

  // custody.cc
  Result<> on_frame(Turn& turn, LinkId from, CheckedBatch& batch);
  Result<> sign_ack_again(OfficeId from, BatchRow& row) const;
  Result<std::optional<AckOutcome>> take(Turn& turn, LinkId over, CheckedEnvelope& checked);
  Result<std::optional<AckOutcome>> take_repeat(Turn& turn, LinkId over, const EnvelopeKey& key,
                                                const StateRow& row,
                                                const CheckedEnvelope& checked);
  Result<AckOutcome> relay(Turn& turn, const EnvelopeKey& key, StateRow row,
                           const CheckedEnvelope& checked);
  Result<> deliver(Turn& turn, const EnvelopeKey& key, StateRow row,
                   const CheckedEnvelope& checked);
  Result<> keep_bytes(Turn& turn, const EnvelopeKey& key, const Envelope& envelope);
  Result<std::optional<EnvelopeKey>> repeated_item(Turn& turn, const EnvelopeKey& key,
                                                   const Header& header);
  Result<std::optional<AckOutcome>> end_repeat(Turn& turn, const EnvelopeKey& key, StateRow row,
                                               const Header& header, const EnvelopeKey& here);
  Result<> note_item(Turn& turn, const EnvelopeKey& key, const Header& header);
  Result<> forget_item(Turn& turn, const EnvelopeKey& key);
  Result<bool> becomes_item(Turn& turn, const EnvelopeKey& key, StateRow& row,
                            const Header& header);
  Result<> add_to_inbox(Turn& turn, const EnvelopeKey& key, StateRow& row, const Header& header,
                        bool copy);
  Result<> enqueue(Turn& turn, const EnvelopeKey& key, StateRow& row);
  Result<OfficeId> next_for(const Header& header, OfficeId from) const;
  std::string never_allowed(Kind kind, OfficeId next);
  WallTime gate_for(Turn& turn, const Header& header, bool& late) const;
  Quota quota_for(OfficeId from, OfficeId next) const;

  // chunks.cc
  Result<std::optional<ArrivingRow>> arriving(Turn& turn, const EnvelopeKey& key);
  Result<std::optional<AckOutcome>> take_offer(Turn& turn, LinkId over, const EnvelopeKey& key,
                                               const StateRow& state,
                                               const CheckedEnvelope& checked);
  Result<> look_for_chunks(Turn& turn, const EnvelopeKey& key, ArrivingRow& row);
  Result<> end_arrival(Turn& turn, const EnvelopeKey& key, const ArrivingRow& row);
  Result<> abandon(Turn& turn, const EnvelopeKey& key, const ArrivingRow& row);
  Result<> erase_chunks(Turn& turn, const EnvelopeKey& key);
  Result<Bytes> chunk(Turn& turn, const EnvelopeKey& key, std::size_t index);
  Result<> pull(Turn& turn, OfficeId neighbour);
  Result<> ask_for_chunks(Turn& turn, LinkId over);
  Result<> pull_again(Turn& turn, OfficeId neighbour, Peer& peer);
  Result<> on_frame(Turn& turn, LinkId from, const ChunksWanted& wanted);
  Result<> on_frame(Turn& turn, LinkId from, const CheckedChunk& checked);
  Result<> complete_arrival(Turn& turn, LinkId over, const Header& header, ArrivingRow row);
  Result<> sweep_chunks(Turn& turn);
  Result<> sweep_items(Turn& turn);

  // held.cc
  Result<> hold(Turn& turn, const EnvelopeKey& key, StateRow& row, OfficeId next,
                std::string reason);
  Result<> put_held(Turn& turn, const EnvelopeKey& key, StateRow& row, OfficeId next,
                    std::string reason);
  Result<> retry_held(Turn& turn, std::string_view token, OfficeId next);
  Result<> run_held_scans(Turn& turn);
  Result<> release_held(Turn& turn, const EnvelopeKey& key, std::string_view token);

  // operate.cc
  Result<> on(Turn& turn, const Operate& event);
  Result<Result<>> operate(Turn& turn, const Operate& event);
  Result<Result<>> hold_by_hand(Turn& turn, const Operate& event, StateRow row);
  Result<Result<>> release_by_hand(Turn& turn, const Operate& event, const StateRow& row);
  Result<Result<>> requeue(Turn& turn, const Operate& event, StateRow row);
  Result<Result<>> expire(Turn& turn, const Operate& event);

  // consign.cc
  Result<> on(Turn& turn, const Export& event);
  Result<> consign(Turn& turn, const Export& event, Consigned& out, ConsignmentRow& row);
  Result<std::uint64_t> settled_consigned(Turn& turn, OfficeId neighbour, std::uint64_t number);
  Result<> consign_mail(Turn& turn, const Export& event, Consigned& out, ConsignmentRow& row);
  Result<> consign_chunks(Turn& turn, const EnvelopeKey& key, std::size_t count, Consigned& out);
  Result<> consign_acks(Turn& turn, const Export& event, Consigned& out);
  Result<> consign_records(Turn& turn, const Export& event, Consigned& out);
  Result<> free_held(Turn& turn, const Export& event);

  // consigned.cc
  Result<> on(Turn& turn, const Exported& event);
  Result<> on(Turn& turn, const Imported& event);
  Result<bool> may_answer_by(Turn& turn, OfficeId neighbour, const BatchRow& row,
                             ChannelClass klass);
  Result<> answer_by_wire(Turn& turn, OfficeId neighbour, const BatchRow& row);
  Result<> answer_all_by_wire(Turn& turn, OfficeId neighbour);
  Result<> sweep_consignments(Turn& turn);
  Result<> dissolve(Turn& turn, OfficeId neighbour, std::uint64_t number);
  Result<> run_consignments(Turn& turn);
  Result<> batch_acknowledged(Turn& turn, OfficeId neighbour, std::uint64_t number);

  // sending.cc
  Result<> pump(Turn& turn);
  Result<> pump_peer(Turn& turn, OfficeId neighbour, Peer& peer);
  Result<> pump_outstanding(Turn& turn, LinkId id, Link& link);
  static void take_over(Peer& peer);
  Result<> resend_batch(Turn& turn, LinkId id, std::uint64_t number);
  Result<std::optional<Envelope>> sendable(Turn& turn, const EnvelopeKey& key, StateRow st,
                                           OfficeId neighbour, const Link& link);
  Result<bool> send_new_batch(Turn& turn, OfficeId neighbour, Peer& peer, Link& link);
  Result<> on_frame(Turn& turn, LinkId from, const Ack& ack);
  Result<> on_frame(Turn& turn, LinkId from, const Refusal& refusal);
  Result<> let_go(Turn& turn, const EnvelopeKey& key, OfficeId neighbour);
  Result<> put_back(Turn& turn, const EnvelopeKey& key, AckOutcome outcome, OfficeId neighbour);
  Result<std::optional<StateRow>> state(Turn& turn, const EnvelopeKey& key);
  Result<> put_state(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  Result<std::optional<Envelope>> envelope(Turn& turn, const EnvelopeKey& key);
  Result<> quarantine_row(Turn& turn, const EnvelopeKey& key, StateRow row);
  Result<> erase_bytes(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  void back_off(Turn& turn, Link& link, std::uint32_t retry_after_ms);

  // records.cc
  Result<> on_frame(Turn& turn, LinkId from, CheckedRecords& records);
  Result<> on_frame(Turn& turn, LinkId from, const RecordsAck& ack);
  Result<> on_receipts(Turn& turn, const CheckedRecord& checked);
  Result<> on_inquiry(Turn& turn, const Record& record);
  Result<> on_epoch(Turn& turn, OfficeId from, const CheckedRecord& record);
  void add_receipt(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  Result<> flush_records(Turn& turn);
  Result<> route_record(Turn& turn, SignedRecord record, OfficeId target, OfficeId from);
  Result<> queue_record(Turn& turn, OfficeId neighbour, const SignedRecord& record);
  bool may_carry(const Link& link, const SignedRecord& record, OfficeId neighbour) const;
  Result<> pump_records(Turn& turn, OfficeId neighbour, Peer& peer, Link& link);
  Result<> announce_epoch(Turn& turn);
  Result<> note_epoch(Turn& turn, OfficeId neighbour, std::uint64_t epoch);

  // manifests.cc
  Result<> note_passage(Turn& turn, Direction direction, OfficeId neighbour, const EnvelopeKey& key,
                        const StateRow& row);
  Result<std::optional<ManifestRow>> manifest(Turn& turn, const ManifestKey& key);
  Result<> put_manifest(Turn& turn, const ManifestKey& key, const ManifestRow& row);
  Result<> plan_manifests(Turn& turn);
  Result<> run_manifests(Turn& turn);
  bool owes_manifest(const Turn& turn, OfficeId taker, Period period) const;
  Result<> give_manifest(Turn& turn, OfficeId taker, Period period, std::uint64_t taker_epoch);
  Result<> give_list(Turn& turn, const ManifestKey& key, ManifestRow row);
  Result<> send_manifest(Turn& turn, RecordType type, const ManifestKey& key,
                         const ManifestRow& row, Manifest said);
  Result<> on_manifest_answer(Turn& turn, OfficeId from, const Record& record);
  Result<> mend(Turn& turn, const ManifestKey& key, const ManifestRow& row);
  Result<> sweep_month(Turn& turn);
  Result<> on(Turn& turn, const CloseMonth& event);

  // manifest_check.cc
  Result<> note_taken(Turn& turn, OfficeId from, const CheckedEnvelope& checked);
  Result<> on_manifest_record(Turn& turn, OfficeId from, const CheckedRecord& checked);
  Result<> on_manifest(Turn& turn, OfficeId from, const CheckedRecord& checked);
  Result<> on_manifest_list(Turn& turn, OfficeId from, const Record& record);
  Result<> compare_part(Turn& turn, const ManifestKey& key, ManifestRow& row, const Manifest& said);
  Result<> answer_manifest(Turn& turn, const ManifestKey& key, ManifestRow row);
  Result<> recheck_taken(Turn& turn);

  // standing.cc
  Result<> on(Turn& turn, const SetStanding& event);
  Result<> on_standing(Turn& turn, OfficeId from, const CheckedRecord& checked);
  Result<> keep_standing(Turn& turn, OfficeId issuer, StandingRow row);
  Result<> send_standings_again(Turn& turn);
  Result<std::uint64_t> replace_record(Turn& turn, OfficeId neighbour, std::uint64_t seq,
                                       const SignedRecord& record);

  // evidence.cc
  Result<> keep_row(Turn& turn, ByteView row);
  Result<> keep_record(Turn& turn, const SignedRecord& record);
  Result<> keep_proof(Turn& turn, const EnvelopeKey& key, const StateRow& row);
  Result<> flush_proofs(Turn& turn);
  Result<> on(Turn& turn, const AskCustody& event);
  Result<> on(Turn& turn, const TellCustody& event);
  Result<> on_custody_wanted(Turn& turn, const Record& record);

  // heads.cc
  Result<> on(Turn& turn, const ArchiveHead& event);
  Result<> on_head(Turn& turn, OfficeId from, const CheckedRecord& checked);
  Result<> on_head_seen(Turn& turn, OfficeId from, const CheckedRecord& checked);

  // origin.cc
  Result<> on(Turn& turn, Submit& event);
  Result<Result<EnvelopeId>> submit_one(Turn& turn, const Hash& submission, SubmitItem& item);
  Result<> accept(Turn& turn, Outgoing& outgoing, LedgerRow ledger);
  Result<> accept_order(Turn& turn, PreparedOrder& order, LedgerRow ledger);
  Result<> run_timers(Turn& turn);
  Result<> run_timer(Turn& turn, const EnvelopeId& id, LedgerRow row);
  Result<> resend(Turn& turn, const EnvelopeId& id, LedgerRow& row);
  Result<bool> apply_receipt(Turn& turn, OfficeId issuer, const Receipt& receipt);
  Result<bool> note_answer(Turn& turn, const EnvelopeKey& key, const Header& header);
  Result<> finish_at_origin(Turn& turn, const EnvelopeId& id, LedgerRow& row, ReceiptType type);
  WallTime tomorrow(const Turn& turn, const LedgerRow& row) const;
  Result<> set_timer(Turn& turn, const EnvelopeId& id, LedgerRow& row, WallTime due);
  Result<> put_ledger(Turn& turn, const EnvelopeId& id, const LedgerRow& row);
  Result<std::optional<LedgerRow>> ledger(Turn& turn, const EnvelopeId& id);

  // follow.cc
  [[nodiscard]] bool passes_on(const Header& header) const;
  bool agrees_on_routes(OfficeId neighbour) const;
  bool lands_here(const Header& header, OfficeId from) const;
  Result<> land(Turn& turn, const EnvelopeKey& key, StateRow row, const Header& header);
  Result<bool> is_custodian_of(Turn& turn, OfficeId office, const EnvelopeId& id);
  Result<> follow_directory(Turn& turn);
  Result<> leave_neighbours(Turn& turn);
  Result<> reroute(Turn& turn, ByteView queue_row_key, const EnvelopeKey& key);

  // retired.cc
  [[nodiscard]] bool opens_no_more(const Turn& turn, const Header& header) const;
  [[nodiscard]] bool is_sealed_to_retired(const Header& header) const;
  Result<> reject(Turn& turn, const EnvelopeKey& key, StateRow row, const std::string& why);
  Result<bool> sealed_to_retired(Turn& turn, const EnvelopeId& id, const LedgerRow& row);
  Result<> find_retired(Turn& turn);

  // replace.cc
  Result<> on(Turn& turn, Replace& event);
  Result<> find_stale(Turn& turn);
  bool is_stale(const Turn& turn, const Header& header, OfficeId next, OfficeId destination) const;
  Result<bool> withdraw(Turn& turn, const EnvelopeId& id);

  // inbox.cc
  Result<> on(Turn& turn, Settle& event);
  Result<> on(Turn& turn, const Collect& event);
  Result<> on(Turn& turn, Continue& event);
  Result<> on(Turn& turn, NoteOutcome& event);
  Result<> on(Turn& turn, const NotePerson& event);
  Result<Result<>> settle(Turn& turn, const EnvelopeKey& key, std::uint8_t outcome = 0);
  Result<std::optional<InboxRow>> inbox_row(Turn& turn, const EnvelopeKey& key);
  Result<> set_continued(Turn& turn, const EnvelopeKey& key, const EnvelopeId& by);

  // reconcile.cc
  Result<> set_aside(std::span<const DamagedRow> damaged);
  Result<> reconcile(Turn& turn);

  // sweep.cc
  Result<> sweep(Turn& turn);
  Result<> sweep_row(Turn& turn, const EnvelopeKey& key, StateRow row);

  Store& store_;
  crypto::KeyRing keys_;
  bool keys_asked_ = true;  // which of them is current: the directory moved
  WallTime keys_change_;    // when another one is; not set: no moment known
  std::shared_ptr<const DirectorySnapshot> snapshot_;
  BrokerOptions options_;
  Room room_;
  Counters counters_;
  ClockWatch clock_;
  ClockDoubt doubt_told_ = ClockDoubt::kNone;
  std::uint64_t epoch_ = 0, boot_ = 0;
  bool epoch_is_new_ = false;  // made by this process
  bool leased_here_ = false;   // sealing numbers, by this process
  std::map<OfficeId, PeerLife> peer_lives_;
  std::set<OfficeId> lives_changed_;                         // not yet written
  std::set<std::pair<OfficeId, std::uint64_t>> lives_told_;  // by instance: clones, older stores
  std::uint64_t contests_ = 0;
  std::optional<RestoredRow> restored_;
  bool recalls_ = false;                  // something is kept back
  std::optional<Instant> recalls_asked_;  // when origins were asked last
  std::optional<Instant> recalls_began_;
  std::set<EnvelopeId> unknown_own_;
  std::map<OfficeId, Peer> peers_;
  std::map<OfficeId, std::uint64_t> peer_epochs_;  // as stored, neighbours only
  WallTime timer_next_;
  WallTime consignment_next_;           // when the next one is overdue
  std::set<std::uint64_t> preparing_;   // handed out by this process, Exported outstanding
  std::vector<std::string> set_aside_;  // damaged rows not yet told of
  std::vector<HeldScan> held_scans_;    // under way, slice by slice
  std::vector<RevokedScan> revoked_scans_;
  std::set<EnvelopeId> retired_;  // own, rejected for their key or dead: they may be made anew
  std::size_t neighbours_ = 1;    // of this office in the directory
  bool retry_routes_ = false;     // the directory moved
  std::optional<Instant> directory_moved_;  // when it did last, in this process
  bool greet_again_ = false;                // the neighbours do not know that yet
  // Queues are looked at again, slice by slice, because offices moved or ended; set: from this row.
  std::optional<Bytes> follow_from_;
  Freshness freshness_;
  // As the directory has them; filled when asked.
  std::map<OfficeId, std::optional<ChannelClass>> best_classes_;
  WallTime born_;            // when this store first saw a trusted clock
  WallTime manifests_next_;  // when what is due is planned again; not set: now
  std::set<std::pair<OfficeId, Period>> manifests_recheck_;  // taken from, since the last look
  std::map<OfficeId, std::uint64_t> heads_waiting_;          // in `records`, by witness
  std::map<OfficeId, Instant> custody_askers_;               // until when its questions are spent
  bool failed_ = false;
  Now last_now_;
  bool unfinished_ = false;  // a budget ran out: step again at once
};

// Whether a restored store keeps this inbox item back (recalls.cc).
Result<bool> is_kept_back(ReadTxn& txn, const EnvelopeKey& key);

}  // namespace xianjie::broker
