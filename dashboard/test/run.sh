#!/bin/sh
# Uses the page as a person does: run.sh URL DIRECTORY, with Debian's chromium. Screenshots go to the
# directory. The proxy at the URL has the admin "admin" and in $DASHBOARD_DATABASE the user $DASHBOARD_USER,
# both with the password in $DASHBOARD_PASSWORD, and there the table in $DASHBOARD_SECRET without rights.
set -eu
url=$1
out=$(mkdir -p "$2" && cd "$2" && pwd)
cd "$(dirname "$0")"
work="$out/tools"
mkdir -p "$work"
cp package.json package-lock.json page.mjs "$work"
cd "$work"
[ -d node_modules/playwright-core ] || npm ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
exec node page.mjs "$url" "$out"
