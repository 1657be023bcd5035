#!/usr/bin/env python3
"""Holds the manual pages to the programs, and to roff.

manual.py XIANJIE VERIFY ROOT   the pages that `xianjie --print man` makes, and ops/packaging/man;
                                exit 1 with a line a fault, 77 without groff and man
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def plain(page):
    """A page as text: roff's own marks taken out."""
    return re.sub(r"\\f[BIR]|\\&", "", page.read_text(encoding="ascii")).replace("\\-", "-")


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def roff_faults(page):
    faults = []
    for tool, command in (("groff", ["groff", "-man", "-ww", "-Tutf8", str(page)]),
                          ("man", ["man", "--warnings", "-E", "UTF-8", "-l", str(page)])):
        if shutil.which(tool) is None:
            continue
        run = subprocess.run(command, capture_output=True, text=True, check=False,
                             env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "100"})
        if run.returncode != 0 or run.stderr:
            faults.append(f"{page.name}: {tool}: {run.stderr.strip()}")
    return faults


def lacks(page, words):
    text = plain(page)
    return [f"{page.name}: says nothing of {word}" for word in sorted(set(words))
            if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def options(text):
    return re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)


def commands_of(xianjie, *path):
    """Every command below this one, as the words that call it."""
    parts = said(xianjie, *path, "--help").split("Subcommands:")
    for name in re.findall(r"^  ([a-z-]+)(?:, [a-z-]+)*  ", parts[-1] if len(parts) > 1 else "", re.M):
        yield (*path, name)
        yield from commands_of(xianjie, *path, name)


def main():
    xianjie, verify, root = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    if shutil.which("groff") is None and shutil.which("man") is None:
        print("skipped: neither groff nor man is installed")
        return 77
    written = root / "ops/packaging/man"
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([xianjie, "--print", "man", folder], check=True)
        made = {page.name: page for page in pathlib.Path(folder).glob("*.1")}
        commands = list(commands_of(xianjie))
        for words in commands:
            name = f"xianjie-{words[0]}.1"
            wanted = set(options(said(xianjie, *words, "--help"))) - {"--config"}
            faults += lacks(made.get(name, written / name), [*wanted, " ".join(words)])
        for page in [*made.values(), *written.iterdir()]:
            faults += roff_faults(page)
        families = {words[0] for words in commands}
        if len(families) < 20 or len(made) != len(families):  # all but verify, and xianjie(1)
            faults.append(f"{len(made)} pages for {len(families)} commands")
    faults += lacks(written / "xianjie-verify.1", options(said(verify, "--help")))
    example = (root / "node/daemon/README.md").read_text(encoding="utf-8").split("```toml")[1]
    keys = re.findall(r"^(\w+) =|^\[+(\w+)\]+", example.split("```")[0], re.M)
    faults += lacks(written / "xianjied.8", [key or table for key, table in keys])
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
