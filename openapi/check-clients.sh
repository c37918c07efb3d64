#!/usr/bin/env bash
# Generates clients from the document with generators that people use, and compiles a small program
# against each in the strictest mode: a document that is valid can still make a client that nobody
# can use. `cargo xtask clients` runs it; it needs npm, Python, a JDK and their registries, so it is no
# part of the gate. docs/clients.md says what was found.
#
# openapi/check-clients.sh [DOCUMENT] [typescript|orval|python|models|java]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
document=$here/openapi.json
if [[ ${1:-} == *.json ]]; then
    document=$(realpath "$1")
    shift
fi
[[ $# -gt 0 ]] || set -- typescript orval python models java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false PIP_DISABLE_PIP_VERSION_CHECK=1

# A new folder for one client, with a virtual environment of these Python packages where any are
# named.
begin() {
    mkdir "$work/$1"
    cd "$work/$1"
    shift
    [[ $# -gt 0 ]] || return 0
    python3 -m venv venv
    venv/bin/pip install --quiet "$@"
    PATH=$PWD/venv/bin:$PATH
}

# The document as a server answers it for `/openapi.json?open_enums=true`.
open_enums() {
    python3 "$here/clients/open_enums.py" "$document" document.json
}

typescript() {
    begin typescript
    cp "$here/clients/program.ts" "$here/clients/tsconfig.json" .
    echo '{"private": true, "type": "module"}' >package.json
    npm install --silent --no-package-lock openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3
    npx openapi-typescript "$document" --output schema.d.ts >/dev/null
    npx tsc --project tsconfig.json
    echo "TypeScript: the program compiles"
}

# Version 8 needs Node.js 22.
orval() {
    begin orval
    cp "$document" openapi.json
    cp "$here/clients/orval.config.cjs" .
    cp "$here/clients/orval.ts" program.ts
    # Its fetch client does not know exactOptionalPropertyTypes.
    sed '/exactOptionalPropertyTypes/d' "$here/clients/tsconfig.json" >tsconfig.json
    echo '{"private": true, "type": "module"}' >package.json
    npm install --silent --no-package-lock orval@7.13.2 typescript@5.9.3
    npx orval --config orval.config.cjs >/dev/null
    npx tsc --project tsconfig.json
    echo "orval: the program compiles"
}

python() {
    begin python openapi-python-client==0.29.1 mypy==2.4.1 ruff==0.14.5 httpx attrs python-dateutil \
        types-python-dateutil
    # This generator's clients refuse words of an enum that they do not know.
    open_enums
    openapi-python-client generate --path document.json --config "$here/clients/python.yaml" \
        --output-path client --meta none --fail-on-warning
    mv client partneros_client
    cp "$here/clients/program.py" .
    mypy --strict --no-error-summary program.py partneros_client
    echo "Python: the program passes mypy --strict"
}

models() {
    begin models datamodel-code-generator==0.89.0 'pydantic[email]==2.14.4' mypy==2.4.1
    datamodel-codegen --input "$document" --input-file-type openapi --output partneros_models.py \
        --output-model-type pydantic_v2.BaseModel --target-python-version 3.11 \
        --collapse-root-models 2>/dev/null
    cp "$here/clients/models.py" program.py
    python3 program.py "$document"
    echo "Models for Python: the program reads the examples"
}

java() {
    begin java openapi-generator-cli==7.26.0
    local settings=library=native,useSingleRequestParameter=true,enumUnknownDefaultCase=true
    openapi-generator-cli generate --input-spec "$document" --generator-name java --output client \
        --additional-properties "$settings" >/dev/null 2>&1
    # The generator's own archive has Jackson; of two other libraries, stand-ins are enough to
    # compile.
    local archive
    archive=$(find venv -name openapi-generator.jar)
    find client/src/main "$here/clients/java" -name '*.java' >sources
    mkdir classes
    javac -proc:none -nowarn -XDsuppressNotes -d classes -classpath "$archive" @sources
    echo "Java: the program compiles"
}

for client in "$@"; do
    ("$client")
done
