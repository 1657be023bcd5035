#!/usr/bin/env bash
# FILE COMMAND…: what the command prints stands in the file, line after line, as it is.
set -euo pipefail
file=$1
shift
printed=$("$@")
if [[ -z $printed || $(<"$file") != *"$printed"* ]]; then
  printf '%s does not hold what this prints:\n  %s\n' "$file" "$*" >&2
  exit 1
fi
