// What an evidence file proves, said by nothing but the file itself: no network, configuration,
// keys or clock. Three lists come out: what is proved, what is not (and what would prove it), what
// is broken. A single broken thing is enough to distrust the file. The trust that all of it rests
// on is the directory's holders': their fingerprint is told, to be compared with the published one.
// Read next: container.h (damage), check_envelope.cc, check_month.cc, check_audit.cc (meaning).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "node/evidence/container.h"

namespace xianjie::node::evidence {

struct Finding {
  std::string token;  // written, custody, receipt, content, month …
  std::string en, zh;
};

struct Verdict {
  Subject subject = Subject::kEnvelope;
  nlohmann::json facts;  // who, when, what: the numbers and ids behind the words
  std::vector<Finding> proved, not_proved;
  std::vector<Fault> broken;
  [[nodiscard]] bool holds() const { return broken.empty(); }
};

struct CheckOptions {
  std::string root;  // the published fingerprint, spaces or not; "": not known
};

Verdict check(ByteView file, const CheckOptions& options = {});

// {verdict: proved or broken, about, made_by, …, proved: [{what, en, zh}], not_proved: the same,
// broken: [{section, section_zh, what, en, zh}]}
nlohmann::json to_json(const Verdict& verdict);
enum class Language { kBoth, kEnglish, kChinese };
std::string to_words(const Verdict& verdict, Language language);

}  // namespace xianjie::node::evidence
