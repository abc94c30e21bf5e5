# Makes .venv in this clone with exactly the versions of uv.lock. Sourced by the other scripts, which give `setup` the
# options of `uv sync`. Needs Python 3.11 to 3.13 and either uv, pip, or the venv module; touches nothing outside the clone
# but the caches of uv and pip.

suitable_python() {
    for name in python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            "$name" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

suitable_uv() {
    for name in uv "$PWD/.tools/bin/uv"; do
        if "$name" --version >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    if "$1" -m pip --version >/dev/null 2>&1; then
        "$1" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools uv >&2
    elif "$1" -m venv .tools >/dev/null 2>&1; then
        .tools/bin/pip install --quiet --disable-pip-version-check uv >&2
    else
        return 1
    fi
    echo "$PWD/.tools/bin/uv"
}

setup() {
    python=$(suitable_python) || {
        echo "OnRecord needs Python 3.11, 3.12 or 3.13. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
        exit 1
    }
    uv=$(suitable_uv "$python") || {
        echo "$python has neither pip nor venv. On Debian or Ubuntu: apt-get install python3-venv" >&2
        exit 1
    }
    echo "Setting up .venv with $python (the first time takes a minute or two) ..." >&2
    "$uv" sync --quiet --frozen --inexact --python "$python" "$@" || {
        echo "The packages could not be installed: the lines above say why. Without the package registry (pypi.org)" \
            "in reach the first set-up cannot work; run this again when it is." >&2
        exit 1
    }
}
