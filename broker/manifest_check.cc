// The taker's side of a manifest: held against what this office took from that neighbour for the
// period; where it differs, the whole list is asked for and each envelope at fault is named. Mail
// never waits for any of this.
#include <algorithm>
#include <utility>

#include "broker/broker.h"
#include "crypto/statement.h"

namespace xianjie::broker {
namespace {

bool same_manifest(const ManifestRow& row, const Record& record) {
  return row.epoch == record.epoch && row.taker_epoch == record.manifest.taker_epoch &&
         row.number == record.manifest.number;
}

void add_fault(ManifestRow& row, std::vector<ManifestEntry>& to, const ManifestEntry& entry) {
  ++row.faults;
  if (row.missing.size() + row.unexpected.size() < kRecordEntriesMax) to.push_back(entry);
}

}  // namespace

Result<> Broker::note_taken(Turn& turn, OfficeId from, const CheckedEnvelope& checked) {
  StateRow row;
  row.leaf = checked.leaf;
  row.kind = checked.header.kind;
  row.period = checked.header.period;
  row.destination = checked.header.destination;
  return note_passage(turn, Direction::kTaken, from, {checked.header.origin, checked.header.id},
                      row);
}

Result<> Broker::on_manifest_record(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& record = checked.record;
  if (record.issuer != from || record.target != self()) {
    audit(turn, "manifest_refused", "of=" + to_text(record.issuer) + " from=" + to_text(from));
    return {};
  }
  if (record.type == RecordType::kManifest) return on_manifest(turn, from, checked);
  if (record.type == RecordType::kManifestList) return on_manifest_list(turn, from, record);
  XJ_TRY_VOID(keep_record(turn, checked.bytes));
  return on_manifest_answer(turn, from, record);
}

Result<> Broker::on_manifest(Turn& turn, OfficeId from, const CheckedRecord& checked) {
  const Record& record = checked.record;
  const Manifest& said = record.manifest;
  const ManifestKey key{Direction::kTaken, from, said.period};
  // For an earlier store of this office: its giver will hear of the new one, and say it anew.
  if (said.taker_epoch != epoch_) return {};
  XJ_TRY(const auto before, manifest(turn, key));
  if (before && before->epoch == record.epoch && before->number > said.number) return {};
  if (before && before->epoch != record.epoch && before->made > record.created) return {};
  ManifestRow row;
  if (before && same_manifest(*before, record) && before->state != ManifestState::kListing) {
    row = *before;  // said again: answered again
  } else {
    row.epoch = record.epoch;
    row.taker_epoch = epoch_;
    row.number = said.number;
    row.count = said.count;
    row.root = said.root;
    row.made = record.created;
    row.state = ManifestState::kListing;
    XJ_TRY_VOID(keep_record(turn, checked.bytes));
  }
  return answer_manifest(turn, key, std::move(row));
}

// Compares again, and tells the giver.
Result<> Broker::answer_manifest(Turn& turn, const ManifestKey& key, ManifestRow row) {
  XJ_TRY(const PassageSet set,
         passage_set(turn.txn, key.period, Direction::kTaken, key.neighbour, row.epoch));
  if (set.count == row.count && set.root == row.root) {
    row.state = ManifestState::kAgreed;
    row.missing.clear();
    row.unexpected.clear();
    row.faults = row.parts = 0;
    row.done.clear();
  }
  row.told = turn.now.wall;
  Manifest said;
  said.count = set.count;
  said.root = set.root;
  said.state = row.state;
  said.missing = row.missing;
  said.unexpected = row.unexpected;
  audit(turn, "manifest_checked",
        "from=" + to_text(key.neighbour) + " period=" + to_text(key.period) +
            " number=" + std::to_string(row.number) + " state=" + std::string(to_word(row.state)));
  XJ_TRY_VOID(send_manifest(turn, RecordType::kManifestAnswer, key, row, std::move(said)));
  return put_manifest(turn, key, row);
}

Result<> Broker::on_manifest_list(Turn& turn, OfficeId from, const Record& record) {
  const Manifest& said = record.manifest;
  const ManifestKey key{Direction::kTaken, from, said.period};
  XJ_TRY(auto row, manifest(turn, key));
  constexpr std::uint32_t kPartsMax = 4096;
  if (!row || !same_manifest(*row, record) || row->state != ManifestState::kListing ||
      said.parts > kPartsMax)
    return {};
  if (row->parts != said.parts) {
    row->parts = said.parts;
    row->done.assign(said.parts, 0);
    row->faults = 0;
    row->missing.clear();
    row->unexpected.clear();
  }
  if (std::exchange(row->done[said.part], 1) != 0) return {};
  XJ_TRY_VOID(compare_part(turn, key, *row, said));
  if (std::ranges::find(row->done, 0) != row->done.end()) return put_manifest(turn, key, *row);
  row->state = ManifestState::kDiffers;
  const std::string text = "from=" + to_text(from) + " period=" + to_text(key.period) +
                           " number=" + std::to_string(row->number) +
                           " envelopes=" + std::to_string(row->faults);
  audit(turn, "manifest_differs", text);
  XJ_TRY_VOID(answer_manifest(turn, key, *row));
  XJ_TRY(const auto now, manifest(turn, key));
  if (now && now->state == ManifestState::kDiffers)
    turn.effects.alarms.push_back("manifest_differs: " + text);
  return {};
}

// One slice of the list against the same range of what was taken here.
Result<> Broker::compare_part(Turn& turn, const ManifestKey& key, ManifestRow& row,
                              const Manifest& said) {
  std::map<EnvelopeKey, Hash> listed;
  for (const ManifestEntry& entry : said.entries)
    listed.emplace(EnvelopeKey{entry.origin, entry.id}, entry.leaf);
  const bool first = said.part == 0, last = said.part + 1 == said.parts;
  if (listed.empty() && !(first && last)) return {};
  const EnvelopeKey from = listed.empty() ? EnvelopeKey{} : listed.begin()->first;
  const EnvelopeKey to = listed.empty() ? EnvelopeKey{} : listed.rbegin()->first;
  const auto in_range = [&](const EnvelopeKey& at) {
    return (first || at > from) && (last || at <= to);
  };
  const Bytes prefix = passage_prefix(key.period, Direction::kTaken, key.neighbour);
  XJ_TRY_VOID(turn.txn.scan(Table::kPassages, prefix, prefix, [&](const Row& at) {
    const auto passage = parse_passage_key(at.key);
    const auto value = decode_passage_row(at.value);
    if (!passage || !value || value->peer_epoch != row.epoch) return true;
    const auto found = listed.find(passage->key);
    if (found != listed.end() && found->second == value->leaf)
      listed.erase(found);
    else if (found == listed.end() && in_range(passage->key))
      add_fault(row, row.unexpected, {passage->key.origin, passage->key.id, value->leaf});
    return true;
  }));
  const bool overlaps = !first && !said.entries.empty();
  for (const auto& [at, leaf] : listed) {
    const ManifestEntry entry{at.origin, at.id, leaf};
    if (!overlaps || entry != said.entries.front()) add_fault(row, row.missing, entry);
  }
  return {};
}

// What came after a difference was found may have mended it.
Result<> Broker::recheck_taken(Turn& turn) {
  for (const auto& [giver, period] : std::exchange(manifests_recheck_, {})) {
    const ManifestKey key{Direction::kTaken, giver, period};
    XJ_TRY(const auto row, manifest(turn, key));
    if (!row || row->state == ManifestState::kAgreed) continue;
    XJ_TRY(const PassageSet set,
           passage_set(turn.txn, period, Direction::kTaken, giver, row->epoch));
    if (set.count == row->count && set.root == row->root)
      XJ_TRY_VOID(answer_manifest(turn, key, *row));
  }
  return {};
}

}  // namespace xianjie::broker
