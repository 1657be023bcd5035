#!/usr/bin/env python3
"""Holds the tree to its rules: arrows between layers, sizes of files, lines and what they may name.

structure.py ROOT         checks the tree; one line a fault, exit 1 where there is any
structure.py --self-test  breaks each rule in a scratch tree and sees it found
"""
import pathlib
import re
import sys
import tempfile

# A layer may include itself and what stands here. crypto and routing do not know each other.
ARROWS = {
    "schemas": set(),
    "crypto": {"schemas"},
    "routing": {"schemas"},
    "broker": {"schemas", "crypto", "routing"},
    "adapters": {"schemas", "crypto", "routing", "broker"},
    "node": {"schemas", "crypto", "routing", "broker", "adapters"},
}
# Pure folders: no I/O, clock, thread or randomness of their own.
PURE = ("schemas/", "crypto/", "routing/", "broker/", "node/office/",
        "node/evidence/")
# What the pure office services may use of adapters: text in, rows out.
OFFICE_MAY_USE = {"adapters/csv.h", "adapters/encoding.h"}
BANNED_PURE = [r"system_clock", r"steady_clock", r"sleep_for", r"std::thread", r"std::jthread",
               r"std::mutex", r"\bgetrandom\(", r"random_device", r"\bfopen\(", r"std::ifstream",
               r"std::ofstream", r"std::cout", r"std::cerr", r"\bsocket\(", r"spdlog"]
BANNED_OUTSIDE = [r"sleep_for", r"\busleep\("]
# A library's header stands only in the .cc files of its one layer.
LIBRARIES = {"lmdb.h": "adapters", "zmq.h": "adapters", "zmq.hpp": "adapters", "sodium.h": "crypto"}
LINES_MAX, COLUMNS_MAX = 500, 100
TOP = {"schemas", "crypto", "routing", "broker", "adapters", "node", "ops", "tests", "build",
       "CMakeLists.txt", "CMakePresets.json", "README.md"}
GENERATED = {"routing/data/table.inc", "routing/data/codes.csv"}
ROW = re.compile(r'^\s*#include\s+["<]([^">]+)[">]')



def check_includes(name, layer, text, faults):
    for number, line in enumerate(text.splitlines(), 1):
        match = ROW.match(line)
        if not match:
            continue
        target = match.group(1)
        other = target.split("/")[0]
        where = f"{name}:{number}"
        if layer in ARROWS and other in set(ARROWS) | {"tests", "ops"} and "/" in target:
            if other != layer and other not in ARROWS[layer]:
                faults.append(f"{where}: the arrow {layer} -> {other} points upward or sideways")
        if name.startswith("node/office/") and other == "adapters" and target not in OFFICE_MAY_USE:
            faults.append(f"{where}: node/office is pure and may not use {target}")
        if name.startswith("node/office/") and target.startswith(("node/daemon/", "node/cli/")):
            faults.append(f"{where}: node/office does not know the programs")
        home = LIBRARIES.get(target, "schemas" if target.endswith("_generated.h") else None)
        if home and layer != "tests" and (layer != home or name.endswith(".h")):
            faults.append(f"{where}: {target} belongs in .cc files of {home}")


def check_source(name, text, faults):
    layer = name.split("/")[0]
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        faults.append(f"{name}: {len(lines)} lines, the wall is {LINES_MAX}")
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            faults.append(f"{name}:{number}: {len(line)} columns")
    if name.endswith(".h") and "#pragma once" not in text:
        faults.append(f"{name}: no #pragma once")
    if name.endswith(".h") and not text.startswith("//"):
        faults.append(f"{name}: a header opens with what the thing is")
    check_includes(name, layer, text, faults)
    banned = BANNED_PURE if name.startswith(PURE) else BANNED_OUTSIDE
    code = re.sub(r"//.*", "", text)
    for pattern in banned:
        if re.search(pattern, code):
            faults.append(f"{name}: names {pattern}, which this folder may not")


def check_tree(root):
    faults = []
    for entry in root.iterdir():
        if entry.name not in TOP and not entry.name.startswith("."):
            faults.append(f"{entry.name}: nothing else grows at the top level")
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(("build/", ".")) or "node_modules/" in name or name in GENERATED:
            continue
        if path.suffix in {".h", ".cc"} and path.is_file():
            check_source(name, path.read_text(encoding="utf-8"), faults)
    return faults


def self_test():
    broken = {
        "schemas/a.cc": '#include "broker/store.h"\n',
        "crypto/a.cc": '#include "routing/kinds.h"\n',
        "broker/a.cc": "auto t = std::chrono::system_clock::now();\n",
        "node/office/a.cc": '#include "adapters/files.h"\n',
        "routing/a.h": "int x;\n",
        "adapters/a.h": "// a\n#pragma once\n#include <lmdb.h>\n",
        "tests/a.cc": "int x;\n" * (LINES_MAX + 1),
        "node/daemon/a.cc": "std::this_thread::sleep_for(x);\n",
        "stray.txt": "",
    }
    for name, text in broken.items():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if not check_tree(pathlib.Path(folder)):
                print(f"not found: the fault in {name}")
                return 1
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    faults = check_tree(pathlib.Path(sys.argv[1]))
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
