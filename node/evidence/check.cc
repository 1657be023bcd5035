#include "node/evidence/check.h"

#include "crypto/hash.h"
#include "crypto/statement.h"
#include "node/evidence/case.h"
#include "schemas/limits.h"

namespace xianjie::node::evidence {
std::string when(WallTime time) {
  std::string text = to_text(time);  // 2026-12-10T09:00:00.000+08:00
  if (text.size() != 29) return text;
  return text.substr(0, 10) + " " + text.substr(11, 8) + " +08:00";
}
std::string word_and_zh(std::string_view word, std::string_view zh) {
  return std::string(word) + " (" + std::string(zh) + ")";
}

void Case::fault(std::size_t section, std::string token, std::string en, std::string zh) {
  const Section& at = container_.sections[section];
  std::size_t number = 0;
  for (std::size_t i = 0; i <= section; ++i) number += container_.sections[i].type == at.type;
  verdict_.broken.push_back({name_of(at.type, number, at.label),
                             zh_name_of(at.type, number, at.label), std::move(token), std::move(en),
                             std::move(zh)});
}
void Case::fault_at_close(std::string token, std::string en, std::string zh) {
  verdict_.broken.push_back(
      {"closing section", "结尾段", std::move(token), std::move(en), std::move(zh)});
}

void Case::read_sections() {
  for (std::size_t i = 0; i < container_.sections.size(); ++i) {
    const Section& section = container_.sections[i];
    const auto keep = [&](auto decoded, auto& into) {
      if (decoded)
        into.push_back({i, std::move(*decoded)});
      else
        fault(i, "unreadable", decoded.error().text, "内容不合格式");
    };
    switch (section.type) {
      case SectionType::kDirectory:
        break;  // check_directory
      case SectionType::kEnvelope: {
        auto proof = decode_envelope_proof(section.bytes);
        auto header = proof ? decode_header(proof->header) : std::unexpected(proof.error());
        if (!header) {
          fault(i, "unreadable", header.error().text, "内容不合格式");
          break;
        }
        const Hash leaf = proof->leaf();
        envelopes_.push_back({i, {std::move(*proof), std::move(*header), leaf, {}, false}});
        break;
      }
      case SectionType::kCustody:
        keep(decode_custody(section.bytes), custodies_);
        break;
      case SectionType::kRecord:
        keep(decode_signed_record(section.bytes), signed_records_);
        break;
      case SectionType::kContent:
        keep(decode_content(section.bytes), contents_);
        break;
      case SectionType::kLedger:
        keep(decode_ledger(section.bytes), ledgers_);
        break;
      case SectionType::kPassages:
        keep(decode_passages(section.bytes), passages_);
        break;
      case SectionType::kAudit:
        keep(decode_audit(section.bytes), audits_);
        break;
      case SectionType::kSubjects: {
        std::vector<Part<std::vector<SubjectEntry>>> read;
        keep(decode_subjects(section.bytes), read);
        for (auto& each : read)
          for (const SubjectEntry& entry : each.value) subjects_.push_back({i, entry});
        break;
      }
      case SectionType::kAsked: {
        std::vector<Part<std::vector<AskedEntry>>> read;
        keep(decode_asked(section.bytes), read);
        for (auto& each : read) asked_.insert(asked_.end(), each.value.begin(), each.value.end());
        break;
      }
    }
  }
}

Result<PublicKey> Case::key_at(OfficeId office, KeyId key, WallTime at) const {
  if (!directory_) return refused("there is no directory to find its key in");
  const auto found = directory_->key(office, key);
  const std::string name = "key " + std::to_string(key.number) + " of " + to_text(office);
  if (!found) return refused(name + " is not in the directory");
  if (routing::is_revoked(*found, at)) return refused(name + " was revoked before " + when(at));
  for (const WallTime near : {at, at + kClockSkew, at - kClockSkew})
    if (routing::is_valid(*found, near)) return found->signing;
  return refused(name + " was not valid at " + when(at));
}

bool Case::check_closing() {
  const Closing& closing = container_.closing;
  facts()["made_by"] = to_text(closing.maker);
  facts()["made_at"] = to_text(closing.time);
  if (!directory_) return true;
  const auto key = key_at(closing.maker, closing.key, closing.time);
  if (!key) {
    fault_at_close("signature", "the file is not signed: " + key.error().text, "文件未经有效签名");
    return false;
  }
  if (!crypto::verify(*key, kEvidenceDomain, closing.signed_bytes(), closing.signature)) {
    fault_at_close("signature", "the file as a whole is not signed by " + to_text(closing.maker),
                   "文件整体未经 " + to_text(closing.maker) + " 签名");
    return false;
  }
  prove("made",
        to_text(closing.maker) + " made this file on " + when(closing.time) +
            " and signed it as a whole",
        "本文件由 " + to_text(closing.maker) + " 于 " + when(closing.time) + " 生成并整体签名");
  return true;
}

void Case::check_records() {
  for (const Part<SignedRecord>& part : signed_records_) {
    const auto record = decode_record_body(part.value.body);
    if (!record) {
      fault(part.section, "unreadable", record.error().text, "内容不合格式");
      continue;
    }
    const auto key = key_at(record->issuer, record->key, record->created);
    if (!key)
      fault(part.section, "key", key.error().text, "签名密钥无效");
    else if (!crypto::verify_record(part.value, *key))
      fault(part.section, "signature", "it is not signed by " + to_text(record->issuer),
            "未经 " + to_text(record->issuer) + " 签名");
    else
      records_.push_back({part.section, *record});
  }
}

Verdict check(ByteView file, const CheckOptions& options) {
  Verdict verdict;
  verdict.facts = nlohmann::json::object();
  const auto container = read_container(file);
  if (!container) {
    verdict.broken.push_back(container.error());
    verdict.not_proved.push_back({"damaged", "anything: the file is damaged, and none of it counts",
                                  "任何事项：文件已损坏，全部内容不足为凭"});
    return verdict;
  }
  verdict.subject = container->subject;
  Case one(*container, verdict);
  one.read_sections();
  one.check_directory(options.root);
  const bool made_by_maker = one.check_closing();
  one.check_envelopes();
  one.check_records();
  one.check_receipts();
  one.check_custody();
  one.check_content();
  if (verdict.subject == Subject::kMonth && made_by_maker)
    one.check_month();
  else if (verdict.subject == Subject::kMonth)
    one.cannot("month", "that the month balances: whose month it is is not proved",
               "当月收支相符：不能证明是哪个单位的月份");
  one.check_audit();
  one.cannot("clocks",
             "that the clocks were right: each time is what the signing office's clock said",
             "各单位时钟准确：所有时间均为签名单位自己的时钟所示");
  return verdict;
}

}  // namespace xianjie::node::evidence
