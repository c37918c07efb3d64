#!/usr/bin/env bash
# Lints openapi/openapi.json with the linters of Redocly and Spectral, when Node.js and the npm
# registry can be reached: the gate is the contract lint among the tests, and must not depend on
# somebody else's server. Their findings count when they run; warnings are faults as well.
set -euo pipefail
cd "$(dirname "$0")"
redocly=(npx --yes @redocly/cli@2.77.0)
spectral=(npx --yes @stoplight/spectral-cli@6.16.3)
export npm_config_update_notifier=false npm_config_fetch_retries=1 npm_config_fetch_timeout=20000 REDOCLY_TELEMETRY=off

# Whether a linter can be had: it says its version.
is_there() {
    timeout 300 "$@" --version >/dev/null 2>&1
}

if ! command -v npx >/dev/null; then
    echo "skipped: there is no Node.js here"
    exit
fi
if is_there "${redocly[@]}"; then
    "${redocly[@]}" lint --config redocly.yaml openapi.json
else
    echo "skipped: the linter of Redocly cannot be fetched here"
fi
if is_there "${spectral[@]}"; then
    "${spectral[@]}" lint --ruleset spectral.yaml --fail-severity warn openapi.json
else
    echo "skipped: Spectral cannot be fetched here"
fi
