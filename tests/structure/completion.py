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
import signal
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


# Every word given to compadd is noted; ^G completes what is on the line, then says that it has ended.
ZSH_SETTINGS = """
PS1= ; fpath=({functions} $fpath)
autoload -Uz compinit; compinit -u -d {functions}/../dump
compadd() {{
  case " $* " in
    *' -'[OAD]' '*) ;;
    *) local -a offered; builtin compadd -O offered "$@"; print -rl -- $offered >>{told} ;;
  esac
  builtin compadd "$@"
}}
LISTMAX=9999; setopt no_list_beep
completed() {{ zle complete-word; zle kill-whole-line; print -r ended >>{told} }}
zle -N completed; bindkey '^G' completed
zle-line-init() {{ print -r ready >>{told} }}
zle -N zle-line-init
"""


def zsh(script, line, folder):
    """On a terminal of its own: zsh completes nowhere else."""
    home = pathlib.Path(script).parent
    functions = home / "functions"
    functions.mkdir(exist_ok=True)
    shutil.copy(script, functions / "_xianjie")
    told = home / "told"
    told.write_text("")
    (home / ".zshrc").write_text(ZSH_SETTINGS.format(functions=functions, told=told))
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-d", "-i"],
                   {"PATH": os.environ["PATH"], "TERM": "dumb", "ZDOTDIR": str(home),
                    "COLUMNS": "200"})
    shown = ""

    def wait_for(mark):
        nonlocal shown
        until = time.monotonic() + 120
        while mark not in told.read_text().split("\n"):
            if time.monotonic() > until:
                raise TimeoutError(f"zsh did not come to {mark!r} with {line!r}: {shown!r}")
            if select.select([terminal], [], [], 0.05)[0]:
                shown += os.read(terminal, 65536).decode(errors="replace")

    try:
        wait_for("ready")
        os.write(terminal, f"{line}\a".encode())
        wait_for("ended")
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(child, 0)
    return told.read_text()


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
