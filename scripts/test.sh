#!/bin/sh
# Checks style and types and runs the tests. Does its own set-up; what you add goes to pytest (`sh scripts/test.sh -k store`).
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

# The pages of the desk are tested in a real browser. As root it is installed; else the tests that need it say why they are
# skipped. ONRECORD_BROWSER=1: there must be one.
browser() {
    command -v chromium >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Chromium for the tests of the desk ..." >&2
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2
        export ONRECORD_BROWSER=1
    else
        echo "There is no Chromium here, so the tests of the desk in a browser are skipped." \
            "On Debian: sudo apt-get install chromium" >&2
    fi
}

setup
browser

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/pytest "$@"
