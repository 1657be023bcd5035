#!/usr/bin/env python3
"""Runs a completion of `xianjie` in its shell, without a daemon.

completion.py XIANJIE bash|zsh|fish   exit 1 with a line a fault, 77 where there is no such shell
"""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

# A line up to the cursor; what must be offered; what must not.
CASES = [
    ("xianjie in", ["inbox"], ["queue"]),
    ("xianjie inbox se", ["settle"], ["list"]),
    ("xianjie inbox settle --un", ["--unlinked"], ["--measures"]),
    ("xianjie submit pre_", ["pre_release_notice"], ["work_order"]),
    ("xianjie submit notice --period 2026-12 inp", ["input.csv"], ["inner"]),
    ("xianjie submit notice inp", ["input.csv"], []),
    ("xianjie submit notice x --attachments inn", ["inner"], ["input.csv"]),
    ("xianjie --config inp", ["input.csv"], []),
    ("xianjie --json inbox return 0123 --reason fo", ["found"], ["not-found"]),
    ("xianjie inbox list --kind wor", ["work_order", "work_order_feedback"], ["alert"]),
    ("xianjie directory codes im", ["import"], []),
    ("xianjie keys generate --office township:610802001 --out", ["--output"], ["--key-id"]),
]


def bash(script, line, folder):
    asked = """
      source "$1"; words=($2)
      COMP_WORDS=() ; for word in "${words[@]}"; do
        case $word in
          *:*) COMP_WORDS+=("${word%%:*}" : "${word#*:}") ;;
          *) COMP_WORDS+=("$word") ;;
        esac
      done
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _xianjie; printf '%s\\n' "${COMPREPLY[@]}" """
    return run(["bash", "--norc", "-c", asked, "bash", script, line], folder)


def fish(script, line, folder):
    return run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], folder)


def run(command, folder):
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def zsh(script, line, folder):
    """On a terminal of its own: zsh completes nowhere else."""
    functions = pathlib.Path(script).parent / "functions"
    functions.mkdir(exist_ok=True)
    shutil.copy(script, functions / "_xianjie")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"],
                   {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": folder, "COLUMNS": "200"})
    heard = ""

    def wait_for(mark, seconds=20):
        nonlocal heard
        until = time.monotonic() + seconds
        while not re.search(mark, heard) and time.monotonic() < until:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    heard += os.read(terminal, 65536).decode(errors="replace")
                except OSError:
                    break

    def type_in(text):
        os.write(terminal, text.encode())

    type_in(f"PS1=; stty -echo; fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -D;"
            " setopt list_rows_first no_list_beep; LISTMAX=0; zstyle ':completion:*' menu no;"
            " print rea''dy\n")
    wait_for("ready")
    heard = ""
    # What Tab leaves on the line is written out; Ctrl-D lists what else there is.
    type_in(line + "\x04\t")
    wait_for("$^", 2)
    type_in("\x01print -r -- '\x05' en''d\n")
    wait_for("end")
    os.close(terminal)
    os.waitpid(child, 0)
    return heard.replace(line, " ", 1)


def main():
    xianjie, shell = sys.argv[1:3]
    if shutil.which(shell) is None:
        print(f"skipped: {shell} is not installed")
        return 77
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        script = pathlib.Path(scratch) / "xianjie"
        script.write_text(subprocess.run([xianjie, "--print", f"completion-{shell}"], check=True,
                                         capture_output=True, text=True).stdout)
        folder = pathlib.Path(scratch) / "here"
        (folder / "inner").mkdir(parents=True)
        (folder / "input.csv").write_text("")
        for line, wanted, unwanted in CASES:
            told = {"bash": bash, "zsh": zsh, "fish": fish}[shell](str(script), line, str(folder))
            words = set(re.findall(r"[\w.-]+", told))
            faults += [f"{line}: {word} is not offered: {told!r}" for word in wanted
                       if word not in words]
            faults += [f"{line}: {word} is offered: {told!r}" for word in unwanted if word in words]
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
