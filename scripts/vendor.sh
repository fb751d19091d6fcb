#!/usr/bin/env bash
# Brings the few third-party files that pages use from npm into the package; they are never committed.
# usage: scripts/vendor.sh ENVIRONMENT   (a Python environment that may lend us its npm)
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${1:-.venv}
target=wanliu/workbench/static/vendor
if ! command -v npm >/dev/null; then
    # No Node on this machine: the wheel brings npm along, for this step only.
    "$environment/bin/uv" pip install --quiet --python "$environment/bin/python" --require-hashes -r requirements/node.txt
    PATH="$(cd "$environment/bin" && pwd):$PATH"
fi
npm ci --ignore-scripts --no-audit --no-fund --silent
mkdir -p "$target"
for file in @tabler/core/dist/css/tabler.min.css echarts/dist/echarts.min.js; do
    # browsers would ask for the maps, which are not there
    sed 's|/[*/]# sourceMappingURL=.*||' "node_modules/$file" >"$target/$(basename "$file")"
done
rm -rf node_modules
