#!/bin/sh
# Uses the page as a person does: run.sh URL DIRECTORY, with Debian's chromium. Screenshots go to the
# directory. DashboardPageIT says what is at the URL, in variables that begin with DASHBOARD_.
set -eu
url=$1
out=$(mkdir -p "$2" && cd "$2" && pwd)
cd "$(dirname "$0")"
work="$out/tools"
mkdir -p "$work"
rm -rf "$work/walks"
cp -R package.json package-lock.json main.mjs person.mjs walks "$work"
cd "$work"
[ -d node_modules/playwright-core ] || npm ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
exec node main.mjs "$url" "$out"
