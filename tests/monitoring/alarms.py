#!/usr/bin/env python3
"""Rules and runbook say what the one table of alarms says.

alarms.py ROOT XIANJIE     one line a fault, exit 1 where there is any
alarms.py --self-test ROOT XIANJIE    breaks copies of both and sees it found
"""
import json
import pathlib
import re
import subprocess
import sys

import yaml

TEXTS = {"summary": "en", "summary_zh": "zh", "description": "do_en", "description_zh": "do_zh"}


def ask(binary, *arguments):
    return subprocess.run([binary, "alarms", *arguments], check=True, capture_output=True,
                          text=True, encoding="utf-8").stdout


def check_rules(text, table, anchors):
    faults, ruled = [], {}
    for group in yaml.safe_load(text)["groups"]:
        for rule in group["rules"]:
            if "alert" not in rule:
                continue
            alarm, told = rule["labels"]["alarm"], rule["annotations"]
            if alarm in ruled:
                faults.append(f"{alarm}: two rules")
            ruled[alarm] = rule
            if rule["alert"] != "Xianjie" + "".join(w.title() for w in alarm.split("_")):
                faults.append(f"{alarm}: its rule is named {rule['alert']}")
            if told.get("runbook") != "ops/RUNBOOK.md#" + alarm or alarm not in anchors:
                faults.append(f"{alarm}: its runbook is {told.get('runbook')}; no such section")
            faults += [f"{alarm}: no {key}" for key in TEXTS if not told.get(key)]
    for row in table:
        rule = ruled.get(row["id"])
        if rule is None:
            faults.append(f"{row['id']}: no rule")
            continue
        if rule["labels"]["severity"] != row["level"]:
            faults.append(f"{row['id']}: severity is not {row['level']}")
        faults += [f"{row['id']}: {key} does not hold: {row[column]}"
                   for key, column in TEXTS.items() if row[column] not in rule["annotations"][key]]
    return faults


def check_runbook(text, heads):
    return [f"runbook: {head.split()[1]}: its head is not: {head}"
            for head in re.split(r"\n\n(?=### )", heads.strip()) if head + "\n" not in text]


def check(rules, runbook, table, heads):
    anchors = re.findall(r"^### (\w+)$", runbook, re.M)
    faults = check_rules(rules, table, anchors) + check_runbook(runbook, heads)
    named = set(re.findall(r"alarm: (\w+)", rules))
    faults += [f"runbook: {anchor}: no rule names it" for anchor in anchors if anchor not in named]
    return faults


def main():
    root, binary = pathlib.Path(sys.argv[-2]), sys.argv[-1]
    rules = (root / "ops/monitoring/rules.yml").read_text(encoding="utf-8")
    runbook = (root / "ops/RUNBOOK.md").read_text(encoding="utf-8")
    table = json.loads(ask(binary, "--all", "--json"))["alarms"]
    heads = ask(binary, "--markdown")
    if "--self-test" in sys.argv:
        word = table[0]["do_en"]
        broken = {"a text of a rule": (rules.replace(word, "Wait"), runbook),
                  "a level": (rules.replace("severity: critical", "severity: notice", 1), runbook),
                  "a section's head": (rules, runbook.replace(word, "Wait")),
                  "a section": (rules, runbook.replace("### daemon_down", "### daemon")),
                  "a name": (rules.replace("alert: XianjieHeld", "alert: XianjieHold"), runbook)}
        missed = [what for what, texts in broken.items() if not check(*texts, table, heads)]
        print("\n".join(f"not found: the fault in {what}" for what in missed))
        return 1 if missed else 0
    faults = check(rules, runbook, table, heads)
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
