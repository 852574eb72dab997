#!/bin/sh
# Build .venv from requirements.lock, once per lock file; two calls at once wait for each other.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for python in ${PYTHON:-} python3.12 python3.13 python3.11 python3; do
        if "$python" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    echo "Facetrank needs Python 3.11, 3.12 or 3.13 with its venv module: install one, or set PYTHON=/path/to/python." >&2
    exit 2
}

install() {
    stamp=$(cat requirements.lock pyproject.toml tools/install.sh | sha256sum | cut -d' ' -f1)
    if [ "$(cat .venv/installed 2>/dev/null || true)" = "$stamp" ]; then
        return
    fi
    python=$(find_python)
    echo "Building .venv with $("$python" --version) (once; a minute or two) ..."
    "$python" -m venv --clear .venv
    # uv, itself pinned by the lock, installs and compiles in parallel; pip alone takes five times as long.
    awk '/^[a-z0-9]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
    index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
    if [ -n "$index" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r requirements.lock
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    echo "$stamp" > .venv/installed
}

exec 9> .install.lock
if ! flock --nonblock 9; then
    echo "Another make builds .venv here: waiting for it ..."
    flock 9
fi
install
