#!/usr/bin/env bash
# Generates clients from the document with generators that people use, and compiles a small program against each in the
# strictest mode: a document that is valid can still make a client that nobody can use. `cargo xtask sdk` runs it; it
# needs npm, Python and their registries, so it is no part of the gate.
#
#   openapi/check-clients.sh [DOCUMENT] [typescript|python]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
document=$here/openapi.json
if [[ ${1:-} == *.json ]]; then
    document=$(realpath "$1")
    shift
fi
[[ $# -gt 0 ]] || set -- typescript python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false PIP_DISABLE_PIP_VERSION_CHECK=1

typescript() {
    mkdir "$work/typescript"
    cd "$work/typescript"
    cp "$here/clients/program.ts" "$here/clients/tsconfig.json" .
    echo '{"private": true, "type": "module"}' >package.json
    npm install --silent --no-package-lock openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3
    npx openapi-typescript "$document" --output schema.d.ts >/dev/null
    npx tsc --project tsconfig.json
    echo "TypeScript: the program compiles"
}

python() {
    mkdir "$work/python"
    cd "$work/python"
    python3 -m venv venv
    venv/bin/pip install --quiet openapi-python-client==0.29.1 mypy==2.4.1 ruff==0.14.5 httpx attrs python-dateutil types-python-dateutil
    # This generator refuses words of an enum that it does not know, but enums of answers may grow.
    venv/bin/python "$here/clients/open_enums.py" "$document" document.json
    PATH=$work/python/venv/bin:$PATH openapi-python-client generate --path document.json --config "$here/clients/python.yaml" \
        --output-path client --meta none --fail-on-warning
    mv client partneros_client
    cp "$here/clients/program.py" .
    venv/bin/mypy --strict --no-error-summary program.py partneros_client
    echo "Python: the program passes mypy --strict"
}

for client in "$@"; do
    ("$client")
done
