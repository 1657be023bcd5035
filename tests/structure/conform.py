#!/usr/bin/env python3
"""Holds the schemas to the formats that were given out: fields may be appended, nothing else moves.

conform.py FLATC ROOT   compares schemas/fbs with every tests/structure/format_N of ROOT, then breaks
                        a copy of each table file and sees it found
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def conforms(flatc, base, schema):
    run = subprocess.run(
        [flatc, "--conform", str(base), "--conform-includes", str(base.parent), "-I",
         str(schema.parent), str(schema)], capture_output=True, text=True, check=False)
    return run.returncode == 0, (run.stdout + run.stderr).strip()


def main():
    flatc, root = sys.argv[1], pathlib.Path(sys.argv[2])
    faults = []
    for folder in sorted((root / "tests/structure").glob("format_*")):
        for base in sorted(folder.glob("*.fbs")):
            schema = root / "schemas/fbs" / base.name
            good, text = conforms(flatc, base, schema)
            if not good:
                faults.append(f"{schema}: is no evolution of {base}: {text}")
            with tempfile.TemporaryDirectory() as scratch:  # a reader of old bytes would misread
                for other in (root / "schemas/fbs").glob("*.fbs"):
                    (pathlib.Path(scratch) / other.name).write_text(other.read_text())
                broken = pathlib.Path(scratch) / base.name
                text = broken.read_text()
                changed = re.sub(r"\(id: *0", "(id: 999", re.sub(r"\(id: *1\b", "(id: 0", text))
                changed = changed.replace("(id: 999", "(id: 1")
                broken.write_text(changed)
                if changed != text and conforms(flatc, base, broken)[0]:
                    faults.append(f"{base.name}: two fields changed places and nobody saw it")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
