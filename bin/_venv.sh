# Sourced by the commands beside it: finds Python and keeps .venv equal to the locks.
# shellcheck shell=sh

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Apport needs Python 3.11 or newer, and none is on the PATH." \
        "On Debian or Ubuntu: apt install python3 python3-venv"
}

create_venv() {
    python=$(find_python) || exit 1
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments." \
            "On Debian or Ubuntu: apt install python3-venv"
    echo "Making the virtual environment in $venv ..." >&2
    "$python" -m venv --clear "$venv" || fail "The virtual environment could not be made."
}

# install SUFFIX: SUFFIX is empty for what the product needs, -dev for tests and checks too.
# Only files whose hash is in the lock are installed.
install() {
    lock=$root/requirements$1.lock
    echo "Installing what $(basename "$lock") names (once, until it changes) ..." >&2
    uv=$(command -v uv || echo "$venv/bin/uv")
    [ -x "$uv" ] || install_uv
    if [ -x "$uv" ] && "$uv" pip install --quiet --python "$venv/bin/python" \
        --require-hashes --requirement "$lock"; then
        return
    fi
    "$venv/bin/pip" install --quiet --require-hashes --requirement "$lock" ||
        fail "The packages could not be installed. Is a package index reachable?"
}

# uv is many times as fast as pip, and we do without where it is not to be had.
install_uv() {
    awk '/^uv==/ {found = 1} found {print} found && !/\\$/ {exit}' \
        "$root/requirements-dev.lock" >"$venv/uv.lock"
    "$venv/bin/pip" install --quiet --require-hashes --requirement "$venv/uv.lock" >/dev/null 2>&1 || true
}

# ensure_venv SUFFIX: leaves a virtual environment that holds the set; cheap when it already does.
ensure_venv() {
    cd "$root" || exit 1
    wanted=$(cat requirements.lock requirements-dev.lock | cksum)
    if [ ! -e "$venv/.installed-dev" ] || [ "$(cat "$venv/.installed-dev")" != "$wanted" ]; then
        if [ ! -e "$venv/.installed$1" ] || [ "$(cat "$venv/.installed$1")" != "$wanted" ]; then
            build_venv "$1"
        fi
    fi
    PYTHONPATH=$root
    export PYTHONPATH
}

build_venv() {
    [ -w "$root" ] || fail "$root is not writable: use a checkout of your own."
    if command -v flock >/dev/null; then
        exec 9>"$root/.venv.lock"
        flock 9
        if [ -e "$venv/.installed$1" ] && [ "$(cat "$venv/.installed$1")" = "$wanted" ]; then
            exec 9>&-
            return
        fi
    fi
    "$venv/bin/python" -c 'import pip' 2>/dev/null || create_venv
    rm -f "$venv/.installed" "$venv/.installed-dev"
    install "$1"
    echo "$wanted" >"$venv/.installed$1"
    exec 9>&-
}
