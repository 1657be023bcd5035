#!/usr/bin/env bash
# FILE COMMAND…: the command writes exactly what the file holds.
set -euo pipefail
file=$1
shift
"$@" | cmp - "$file"
