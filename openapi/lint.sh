#!/usr/bin/env bash
# Lints openapi/openapi.json with Redocly's linter, when Node.js and the npm registry can be reached: the gate is the
# contract lint among the tests, and must not depend on somebody else's server. Its findings count when it runs.
set -euo pipefail
cd "$(dirname "$0")"
redocly=(npx --yes @redocly/cli@2.77.0)
export npm_config_update_notifier=false npm_config_fetch_retries=1 npm_config_fetch_timeout=20000 REDOCLY_TELEMETRY=off

if ! command -v npx >/dev/null; then
    echo "skipped: there is no Node.js here"
elif ! timeout 300 "${redocly[@]}" --version >/dev/null 2>&1; then
    echo "skipped: the linter cannot be fetched here"
else
    "${redocly[@]}" lint --config redocly.yaml openapi.json
fi
