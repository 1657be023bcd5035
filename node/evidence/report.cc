// A verdict for machines and for people.
#include "node/evidence/check.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

json findings_json(const std::vector<Finding>& findings) {
  json out = json::array();
  for (const Finding& each : findings)
    out.push_back({{"what", each.token}, {"en", each.en}, {"zh", each.zh}});
  return out;
}

// The file's author may be anybody: nothing in it may move a terminal's cursor.
std::string line_of(std::string text) {
  for (char& c : text)
    if ((c >= 0 && c < ' ') || c == 0x7f) c = '?';
  return text + "\n";
}

void add_list(std::string& out, const char* title, const std::vector<Finding>& findings, bool zh) {
  if (findings.empty()) return;
  out += std::string(title) + "\n";
  for (const Finding& each : findings) out += line_of("  - " + (zh ? each.zh : each.en));
}

std::string in_language(const Verdict& verdict, bool zh) {
  std::string out =
      verdict.holds()
          ? (zh ? "结论：文件有效，所证事项如下\n" : "Verdict: the file holds\n")
          : (zh ? "结论：文件有误，不足为凭\n" : "Verdict: BROKEN, do not rely on it\n");
  if (!verdict.broken.empty()) out += zh ? "有误：\n" : "Broken:\n";
  for (const Fault& each : verdict.broken)
    out +=
        line_of("  - " + (zh ? each.zh_section + "：" + each.zh : each.section + ": " + each.en));
  add_list(out, zh ? "已证明：" : "Proved:", verdict.proved, zh);
  add_list(out, zh ? "未证明：" : "Not proved:", verdict.not_proved, zh);
  return out;
}

}  // namespace

json to_json(const Verdict& verdict) {
  json out = verdict.facts;
  out["verdict"] = verdict.holds() ? "proved" : "broken";
  out["subject"] = verdict.subject == Subject::kMonth ? "month" : "envelope";
  out["proved"] = findings_json(verdict.proved);
  out["not_proved"] = findings_json(verdict.not_proved);
  out["broken"] = json::array();
  for (const Fault& each : verdict.broken)
    out["broken"].push_back({{"section", each.section},
                             {"section_zh", each.zh_section},
                             {"what", each.token},
                             {"en", each.en},
                             {"zh", each.zh}});
  return out;
}

std::string to_words(const Verdict& verdict, Language language) {
  std::string out;
  if (language != Language::kEnglish) out += in_language(verdict, true);
  if (language == Language::kBoth) out += "\n";
  if (language != Language::kChinese) out += in_language(verdict, false);
  const auto content = verdict.facts.find("content");
  if (content != verdict.facts.end()) {
    out += language == Language::kEnglish ? "\nContent:\n" : "\n报文内容 Content:\n";
    for (const auto& [name, value] : content->items())
      out += line_of("  " + name + "  " +
                     (value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return out;
}

}  // namespace xianjie::node::evidence
