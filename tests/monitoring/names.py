#!/usr/bin/env python3
"""Every series that rules and dashboard name exists in a real answer of /metrics.

names.py ROOT METRICS-FILE   one line a fault, exit 1 where there is any
"""
import json
import pathlib
import re
import sys

import yaml

NAME = re.compile(r"\bxianjie_[a-z_]+\b(?!:)")
MATCHER = re.compile(r'\b(xianjie_[a-z_]+)\{([^}]*)\}')
EQUALS = re.compile(r'(\w+)="([^"$]*)"')


def expressions_of_rules(path):
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule.get("alert") or rule["record"], rule["expr"]
            for text in rule.get("annotations", {}).values():
                yield rule["alert"], text.replace("'", '"')


def expressions_of_dashboard(value, where="dashboard"):
    if isinstance(value, list):
        for one in value:
            yield from expressions_of_dashboard(one, where)
    elif isinstance(value, dict):
        where = value.get("title", where)
        for key, one in value.items():
            if key in ("expr", "definition") and isinstance(one, str):
                yield where, one
            yield from expressions_of_dashboard(one, where)


def main():
    root, metrics = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    families = set(re.findall(r"^# TYPE (\w+) ", metrics, re.M))
    series = re.findall(r"^(\w+)\{(.*)\} \S+$", metrics, re.M)
    folder = root / "ops" / "monitoring"
    dashboard = json.loads((folder / "grafana.json").read_text(encoding="utf-8"))
    used = list(expressions_of_rules(folder / "rules.yml"))
    used += list(expressions_of_dashboard(dashboard))
    records = {where for where, _ in used if ":" in where}
    faults, named = [], set()
    for where, text in used:
        for record in records:
            text = text.replace(record, "")
        names = set(NAME.findall(text))
        named |= names
        faults += [f"{where}: there is no {name}" for name in names - families]
        for name, labels in MATCHER.findall(text):  # words such as alarm="held", not offices
            for label, word in EQUALS.findall(labels):
                if label not in ("office", "lane") and not any(
                        name == n and f'{label}="{word}"' in told for n, told in series):
                    faults.append(f"{where}: no series {name}{{{label}=\"{word}\"}}")
    if len(named) < 20:
        faults.append(f"only {len(named)} names were found: is this script blind?")
    print("\n".join(faults) or f"{len(used)} texts name {len(named)} of {len(families)} families")
    return 1 if faults else 0


sys.exit(main())
