// Who wrote it, who had it when, what became of it, what it says.
#include <algorithm>

#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "node/evidence/case.h"
#include "node/evidence/content.h"
#include "routing/route.h"
#include "schemas/payload.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

struct RoleWords {
  Relation role;
  const char* word;
  const char* en;
  const char* zh;
};
constexpr RoleWords kRoleWords[] = {
    {Relation::kMain, "main", "", ""},
    {Relation::kCopy, "copy", "its copy: ", "其副本："},
    {Relation::kContinuation, "continuation", "goes on with it: ", "其后续报文："},
    {Relation::kContinued, "continued", "what it goes on with: ", "其所延续的报文："},
    {Relation::kReplacement, "replacement", "made anew in its place: ", "重新制作的替代报文："},
    {Relation::kReplaced, "replaced", "the one that it replaces: ", "被其替代的报文："},
    {Relation::kAnswer, "answer", "answers it: ", "对其的答复："},
    {Relation::kAnswered, "answered", "what it answers: ", "其所答复的报文："}};

const RoleWords& words_of_role(Relation role) {
  for (const RoleWords& each : kRoleWords)
    if (each.role == role) return each;
  return kRoleWords[0];
}

std::string kind_words(Kind kind) {
  return word_and_zh(to_word(kind), to_zh(kind));
}

json envelope_json(const KnownEnvelope& one) {
  const Header& header = one.header;
  json out{{"id", to_text(header.id)},
           {"role", words_of_role(one.proof.role).word},
           {"kind", std::string(to_word(header.kind))},
           {"class", std::string(to_word(header.klass))},
           {"origin", to_text(header.origin)},
           {"destination", to_text(header.destination)},
           {"period", to_text(header.period)},
           {"created", to_text(header.created)},
           {"signed", to_text(one.written)},
           {"leaf", to_hex(one.leaf)}};
  const std::pair<const char*, const EnvelopeId*> links[] = {{"in_reply_to", &header.in_reply_to},
                                                             {"copy_of", &header.copy_of},
                                                             {"continues", &header.continues},
                                                             {"replaces", &header.replaces},
                                                             {"refers_to", &header.refers_to}};
  for (const auto& [name, id] : links)
    if (id->is_set()) out[name] = to_text(*id);
  return out;
}

std::string_view outcome_word(AckOutcome outcome) {
  constexpr std::string_view kWords[] = {"taken", "known", "deferred", "refused", "conflict"};
  return kWords[static_cast<std::size_t>(outcome) - 1];
}

bool took(AckOutcome outcome) {
  return outcome == AckOutcome::kTaken || outcome == AckOutcome::kKnown;
}

}  // namespace

const KnownEnvelope* Case::main() const {
  for (const auto& part : envelopes_)
    if (part.value.proof.role == Relation::kMain) return &part.value;
  return nullptr;
}

void Case::check_envelopes() {
  for (auto& part : envelopes_) {
    KnownEnvelope& one = part.value;
    const auto proof = decode_proof(one.proof.proof);
    if (!proof) {
      fault(part.section, "unreadable", proof.error().text, "批次证明不合格式");
      continue;
    }
    one.written = proof->statement.time;
    const auto path = crypto::verify_path(one.header, *proof, one.leaf);
    const auto key = key_at(one.header.origin, one.header.origin_key, one.written);
    if (!path)
      fault(part.section, "proof", path.error().text, "批次证明与报文不符");
    else if (!key)
      fault(part.section, "key", key.error().text, "签名密钥无效");
    else if (!crypto::verify_statement(proof->statement, proof->signature, *key))
      fault(part.section, "signature", "its batch is not signed by " + to_text(one.header.origin),
            "所在批次未经 " + to_text(one.header.origin) + " 签名");
    else
      one.good = true;
    if (one.good && verdict_.subject == Subject::kEnvelope) say_envelope(part);
  }
  if (verdict_.subject == Subject::kEnvelope && main() == nullptr)
    cannot("written", "who wrote the envelope: its header is no longer kept where this was made",
           "报文由谁制作：生成本文件的单位已不再保存其报头");
}

void Case::say_envelope(const Part<KnownEnvelope>& part) {
  const KnownEnvelope& one = part.value;
  const Header& header = one.header;
  const RoleWords& role = words_of_role(one.proof.role);
  const std::string id = to_text(header.id), origin = to_text(header.origin),
                    destination = to_text(header.destination);
  if (one.proof.role == Relation::kMain)
    facts()["envelope"] = envelope_json(one);
  else
    facts()["linked"].push_back(envelope_json(one));
  prove("written",
        role.en + origin + " wrote envelope " + id + ", " + kind_words(header.kind) + ", for " +
            destination + ", and signed it on " + when(one.written) + "; nothing of it was changed",
        role.zh + origin + " 制作了报文 " + id + "（" + std::string(to_zh(header.kind)) + "，送 " +
            destination + "），于 " + when(one.written) + " 签名，此后未被改动");
}

void Case::check_custody() {
  for (const auto& part : custodies_) check_one_custody(part);
  if (verdict_.subject == Subject::kEnvelope) say_custody_gaps();
}

void Case::check_one_custody(const Part<Custody>& part) {
  const Custody& custody = part.value;
  const std::string from = to_text(custody.from), to = to_text(custody.to);
  const auto key = key_at(custody.to, custody.ack.key, custody.ack.time);
  if (!key) return fault(part.section, "key", key.error().text, "签名密钥无效");
  if (!crypto::verify_ack(custody.ack, custody.from, custody.to, custody.leaves, *key))
    return fault(part.section, "signature", "it is not signed by " + to, "未经 " + to + " 签名");
  bool about = false;
  for (std::size_t i = 0; i < custody.leaves.size(); ++i) {
    const auto found = std::ranges::find_if(
        envelopes_, [&](const auto& each) { return each.value.leaf == custody.leaves[i]; });
    const KnownEnvelope* one = found == envelopes_.end() ? nullptr : &found->value;
    if (one == nullptr && !leaves_.contains(custody.leaves[i])) continue;
    about = true;
    if (verdict_.subject == Subject::kMonth) continue;
    const AckOutcome outcome = custody.ack.outcomes[i];
    const std::string_view channel = to_word(custody.ack.channel_class);
    const auto subject = std::ranges::find_if(
        subjects_, [&](const auto& each) { return each.value.leaf == custody.leaves[i]; });
    const std::string id = one != nullptr               ? to_text(one->header.id)
                           : subject != subjects_.end() ? to_text(subject->value.key.id)
                                                        : "";
    facts()["custody"].push_back({{"envelope", id},
                                  {"from", from},
                                  {"to", to},
                                  {"time", to_text(custody.ack.time)},
                                  {"channel", std::string(channel)},
                                  {"outcome", std::string(outcome_word(outcome))}});
    const bool of_main = one != nullptr               ? one->proof.role == Relation::kMain
                         : subject != subjects_.end() ? subject->value.role == Relation::kMain
                                                      : true;
    if (of_main && took(outcome)) passed_.insert({custody.from, custody.to});
    const std::string which = of_main ? "" : " of " + id,
                      zh_which = of_main ? "" : "（" + id + "）";
    const std::string zh_channel(to_zh(custody.ack.channel_class));
    if (took(outcome))
      prove("custody",
            from + " gave custody" + which + " to " + to + ", which signed for it on " +
                when(custody.ack.time) + ", over a " + word_and_zh(channel, zh_channel) +
                " channel",
            from + " 将保管责任" + zh_which + "交给 " + to + "，后者于 " + when(custody.ack.time) +
                " 签名接收，经" + zh_channel);
    else
      prove("not_taken",
            to + " signed on " + when(custody.ack.time) + " that it did not take it" + which +
                " from " + from + " (" + std::string(outcome_word(outcome)) + ")",
            to + " 于 " + when(custody.ack.time) + " 签名表示未从 " + from + " 接收" + zh_which);
  }
  if (!about)
    fault(part.section, "other", "it speaks of none of the envelopes in this file",
          "与本文件中的报文无关");
}

// Which hand-overs on the way nobody has signed for in this file.
void Case::say_custody_gaps() {
  const KnownEnvelope* one = main();
  if (one == nullptr || !one->good || !directory_) return;
  const auto path = routing::path(*directory_, one->header.origin, one->header.destination);
  if (!path) return;
  for (std::size_t i = 1; i < path->size(); ++i) {
    const OfficeId from = (*path)[i - 1], to = (*path)[i];
    if (passed_.contains({from, to})) continue;
    std::string asked, zh_asked;
    for (const AskedEntry& entry : asked_)
      if (!entry.answered && (entry.office == from || entry.office == to)) {
        asked += "; " + to_text(entry.office) + " was asked and did not answer";
        zh_asked += "；已向 " + to_text(entry.office) + " 索取，未获答复";
      }
    cannot("custody",
           "when custody passed from " + to_text(from) + " to " + to_text(to) +
               ": no statement of it is in this file" + asked,
           to_text(from) + " 何时将保管责任交给 " + to_text(to) + "：本文件中无此凭证" + zh_asked);
  }
}

bool Case::answers_for(const Header& header, OfficeId office) const {
  if (office == header.destination) return true;
  if (!directory_) return false;
  if (directory_->successor(header.destination) == office) return true;
  const bool moved = routing::written_before_change(*directory_, header) ||
                     directory_->has_ended(header.destination);
  return moved && header.reader(office) != nullptr;
}

// What a file without headers is about; with one, the two must agree.
void Case::gather_leaves() {
  for (const auto& part : ledgers_)
    for (const LedgerEntry& entry : part.value.entries) leaves_[entry.leaf] = entry.id;
  for (const auto& part : subjects_) {
    const SubjectEntry& entry = part.value;
    for (const auto& envelope : envelopes_)
      if (envelope.value.header.id == entry.key.id && envelope.value.leaf != entry.leaf)
        fault(part.section, "leaf",
              "it names other bytes than the header of " + to_text(entry.key.id),
              "所述报文 " + to_text(entry.key.id) + " 与其报头不符");
    leaves_[entry.leaf] = entry.key.id;
    if (entry.role == Relation::kMain && verdict_.subject == Subject::kEnvelope)
      facts()["about"] = {{"id", to_text(entry.key.id)},
                          {"origin", to_text(entry.key.origin)},
                          {"leaf", to_hex(entry.leaf)}};
  }
}

void Case::check_receipts() {
  gather_leaves();
  std::map<EnvelopeId, const KnownEnvelope*> known;
  for (const auto& part : envelopes_) known[part.value.header.id] = &part.value;
  for (const auto& part : records_) {
    const Record& record = part.value;
    if (record.type != RecordType::kReceipts) continue;
    bool about = false;
    for (const Receipt& receipt : record.receipts) {
      const auto found = known.find(receipt.id);
      const KnownEnvelope* one = found == known.end() ? nullptr : found->second;
      const auto in_ledger = leaves_.find(receipt.leaf);
      const bool of_ledger = in_ledger != leaves_.end() && in_ledger->second == receipt.id;
      if (one == nullptr && !of_ledger) continue;
      if (one != nullptr && one->header.origin != record.target) continue;
      about = true;
      if (one != nullptr && one->leaf != receipt.leaf) {
        fault(part.section, "leaf", "it speaks of other bytes under the id " + to_text(receipt.id),
              "所述报文 " + to_text(receipt.id) + " 的内容与本文件不同");
        continue;
      }
      if (one != nullptr && !answers_for(one->header, record.issuer)) {
        fault(part.section, "issuer",
              to_text(record.issuer) + " is not the destination of " + to_text(receipt.id),
              to_text(record.issuer) + " 不是报文 " + to_text(receipt.id) + " 的接收单位");
        continue;
      }
      receipts_[receipt.id].push_back({receipt.type, receipt.time, record.issuer, record.created});
    }
    if (!about)
      fault(part.section, "other", "it speaks of none of the envelopes in this file",
            "与本文件中的报文无关");
  }
  if (verdict_.subject == Subject::kEnvelope) say_became();
}

void Case::say_became() {
  std::map<EnvelopeId, bool> all;  // whether it is the main one
  for (const auto& part : envelopes_)
    all[part.value.header.id] = part.value.proof.role == Relation::kMain;
  for (const auto& part : subjects_) all[part.value.key.id] = part.value.role == Relation::kMain;
  for (const auto& [id, of_main] : all) say_receipts(id, of_main);
}

void Case::say_receipts(const EnvelopeId& id, bool of_main) {
  const auto found = receipts_.find(id);
  if (found == receipts_.end()) {
    if (of_main)
      cannot("became", "what became of it: no receipt of its destination is in this file",
             "报文的结果：本文件中无接收单位的回执");
    return;
  }
  std::ranges::sort(found->second, {},
                    [](const ProvedReceipt& each) { return std::pair(each.type, each.time); });
  std::set<ReceiptType> said;
  for (const ProvedReceipt& receipt : found->second) {
    if (!said.insert(receipt.type).second) continue;
    const std::string word(to_word(receipt.type)), zh(to_zh(receipt.type));
    facts()["receipts"].push_back({{"envelope", to_text(id)},
                                   {"type", word},
                                   {"time", to_text(receipt.time)},
                                   {"by", to_text(receipt.by)},
                                   {"signed", to_text(receipt.signed_at)}});
    if (of_main) facts()["became"] = word;
    const std::string which = of_main ? "" : "envelope " + to_text(id) + ": ",
                      zh_which = of_main ? "" : "报文 " + to_text(id) + "：";
    prove("receipt",
          which + to_text(receipt.by) + " signed that it was " + word_and_zh(word, zh) + " on " +
              when(receipt.time),
          zh_which + to_text(receipt.by) + " 签名证明：" + when(receipt.time) + " " + zh);
  }
}

void Case::check_content() {
  for (const auto& part : contents_) {
    const Content& content = part.value;
    const auto found = std::ranges::find_if(
        envelopes_, [&](const auto& each) { return each.value.header.id == content.id; });
    if (found == envelopes_.end() || !found->value.good) {
      fault(part.section, "other", "it belongs to no envelope that verifies here",
            "不属于本文件中任何有效报文");
      continue;
    }
    const KnownEnvelope& one = found->value;
    Envelope envelope{one.proof.header, {}, content.sealed, one.proof.proof, 0, content.chunks};
    auto rebuilt = proof_of(envelope, one.proof.role);
    bool same = rebuilt.has_value() && rebuilt->sealed == one.proof.sealed;
    for (std::size_t i = 0; same && i < content.chunks.size(); ++i) {
      const auto wanted = ByteView(content.sealed).subspan(std::min(i * 32, content.sealed.size()));
      same = starts_with(wanted, crypto::chunk_leaf(content.chunks[i]));
    }
    if (!same) {
      fault(part.section, "sealed", "these are not the sealed bytes that were signed",
            "密文与签名所述不符");
      continue;
    }
    const auto plain = crypto::open_with_key(envelope, one.header, content.key);
    const auto payload = plain ? decode_payload(*plain) : std::unexpected(plain.error());
    if (!payload) {
      fault(part.section, "content", payload.error().text, "公开的密钥不能打开报文");
      continue;
    }
    facts()["content"] = content_json(*payload);
    prove("content",
          "with the key disclosed: the content shown here is what " + to_text(one.header.origin) +
              " sealed and signed",
          "凭公开的密钥：此处所示内容即 " + to_text(one.header.origin) + " 当时加密并签名的内容");
  }
  if (verdict_.subject != Subject::kEnvelope) return;
  if (contents_.empty())
    cannot("content", "what the envelope says: its payload key is not disclosed",
           "报文内容：其密钥未公开");
  cannot("read", "when the sealed content was read, and by whom: opening leaves no signed trace",
         "密文何时由谁阅读：打开报文不留下签名凭证");
}

}  // namespace xianjie::node::evidence
