#!/usr/bin/env bash
# Checks the SDKs: generated files are up to date, strict compilers accept everything, the tests pass,
# the packages are small, and, installed in an empty folder as people install them, they do what the
# smoke scripts and the pages say, on a server that this script starts. Needs npm, Python 3.11 and
# their registries. `cargo xtask sdk` builds the server and runs it.
#
# sdks/check.sh SERVER [typescript|python]...
set -euo pipefail
sdks=$(cd "$(dirname "$0")" && pwd)
server=$(realpath "${1:?the path of the partneros program}")
shift
[[ $# -gt 0 ]] || set -- typescript python
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false PIP_DISABLE_PIP_VERSION_CHECK=1
work=$(mktemp -d)
# The system user of PostgreSQL must get in.
chmod 755 "$work"
pid=
finish() {
    if [[ -n $pid ]]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

# A server with the demo organization. What a developer has set for a server of theirs is not for it.
start_server() {
    local name
    for name in $(compgen -e | grep -E '^(PARTNEROS_|DATABASE_URL$)' | grep -v '^PARTNEROS_PG_BIN$'); do
        unset "$name"
    done
    cd "$work"
    PARTNEROS_DATA_DIR=$work/data PARTNEROS_LISTEN=127.0.0.1:0 PARTNEROS_LOG=warn PARTNEROS_RATE_LIMITS=off \
        "$server" serve --demo --ready-file "$work/ready.json" >server.log 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        if grep -q 'API key' server.log 2>/dev/null; then
            break
        fi
        kill -0 "$pid" 2>/dev/null || { cat server.log >&2; return 1; }
        sleep 0.2
    done
    value() { sed -n "s/^  $1  *//p" server.log | head -n 1; }
    PARTNEROS_URL=$(value API | sed 's|/v1$||')
    PARTNEROS_API_KEY=$(value 'API key')
    PARTNEROS_EMAIL=$(value e-mail)
    PARTNEROS_PASSWORD=$(value password)
    export PARTNEROS_URL PARTNEROS_API_KEY PARTNEROS_EMAIL PARTNEROS_PASSWORD
}

# at_most LIMIT WHAT BYTES
at_most() {
    echo "$2: $3 bytes, at most $1"
    [[ $3 -le $1 ]]
}

typescript() {
    cd "$sdks/typescript"
    npm ci --silent --ignore-scripts
    npm test
    npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null
    at_most 60000 "npm package" "$(wc -c <"$work"/partneros-*.tgz)"
    local bundle
    bundle=$(echo "import { Partneros } from '$PWD/dist/index.js'; new Partneros({ baseUrl: '' }).getMe();" |
        npx esbuild --bundle --minify --format=esm | gzip -9 | wc -c)
    at_most 10000 "bundle of a program" "$bundle"

    mkdir "$work/npm"
    cd "$work/npm"
    echo '{"private": true, "type": "module"}' >package.json
    npm install --silent --no-package-lock "$work"/partneros-*.tgz typescript@5.9.3 @types/node@20.19.25
    cp "$sdks/typescript/smoke/smoke.ts" .
    python3 "$sdks/snippets.py" "$sdks/typescript/README.md" ts >readme.ts
    npx tsc --target ES2022 --lib ES2023,DOM,DOM.Iterable --module NodeNext --strict --exactOptionalPropertyTypes \
        --noUncheckedIndexedAccess --types node smoke.ts readme.ts
    node smoke.js
    node readme.js >/dev/null
    echo "TypeScript: the page does what it says"
}

python() {
    cd "$sdks/python"
    python3 -m venv "$work/tools"
    "$work/tools/bin/pip" install --quiet mypy==2.4.1 ruff==0.14.5 pytest==9.2.0 httpx==0.28.1
    local tools=$work/tools/bin
    "$tools/pip" wheel --quiet --no-deps --wheel-dir "$work" .
    at_most 300000 "wheel" "$(wc -c <"$work"/partneros-*.whl)"
    "$tools/pip" install --quiet "$work"/partneros-*.whl
    "$tools/ruff" check --quiet --no-cache .
    "$tools/ruff" format --quiet --no-cache --check --exclude generated .
    "$tools/mypy" --no-error-summary --cache-dir "$work/mypy" src tests smoke
    "$tools/pytest" --quiet -p no:cacheprovider

    # As somebody who installs it: without the sources at hand.
    mkdir "$work/pip"
    cd "$work/pip"
    cp "$sdks/python/smoke/smoke.py" .
    python3 "$sdks/snippets.py" "$sdks/python/README.md" python >readme.py
    "$tools/mypy" --no-error-summary --cache-dir "$work/mypy" --strict smoke.py readme.py
    "$tools/python" smoke.py
    "$tools/python" readme.py >/dev/null
    echo "Python: the page does what it says"
}

python3 "$sdks/generate.py" --check
start_server
for sdk in "$@"; do
    "$sdk"
done
