#!/bin/sh
# Checks style and types and runs the tests. Does its own set-up; what you add goes to pytest (`sh scripts/test.sh -k store`).
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/pytest "$@"
