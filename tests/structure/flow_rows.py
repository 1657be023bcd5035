#!/usr/bin/env python3
"""Every row of FLOWS A to E is a named test: its name begins with the row's number.

flow_rows.py PROGRAM...   asks GoogleTest programs for their tests; exit 1 where a row has none
flow_rows.py --self-test  sees a missing row found
"""
import re
import subprocess
import sys

# D1 and D2 are the trial and the formal round; E's groups stand in the order of FLOWS: community
# corrections, floating population, legal services, lateral exchange, petitions.
ROWS = [letter + str(number) for letter, count in
        (("A", 9), ("B", 4), ("C", 4), ("D", 2), ("E", 5)) for number in range(1, count + 1)]
# "A3AndA4ProvincesExchange": rows at the head of a name.
HEAD = re.compile(r"^([A-E]\d)((?:And[A-E]\d)*)(?=[A-Z])")


def rows_of(name):
    head = HEAD.match(name)
    return [head.group(1)] + re.findall(r"[A-E]\d", head.group(2)) if head else []


def missing(names):
    found = {row for name in names for row in rows_of(name)}
    return [row for row in ROWS if row not in found]


def names_in(program):
    listed = subprocess.run([program, "--gtest_list_tests"], check=True, capture_output=True,
                            text=True).stdout
    return [line.strip() for line in listed.splitlines() if line.startswith("  ")]


def self_test():
    names = [row + "SomethingHappens" for row in ROWS if row not in ("A3", "A4")]
    assert missing(names) == ["A3", "A4"]
    assert missing(names + ["A3AndA4ProvincesExchange"]) == []
    assert missing(names + ["NamesA3Late", "A4"]) == ["A3", "A4"]


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        sys.exit(0)
    absent = missing(name for program in sys.argv[1:] for name in names_in(program))
    for row in absent:
        print(f"FLOWS {row}: no test's name begins with it")
    sys.exit(1 if absent else 0)
