#!/bin/sh
# Builds the page with the machine's own npm: build.sh DIRECTORY. Nothing is done if what is there was
# made of the same sources. Without npm the jar gets no page, and says so where the page would be.
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")"
sources=$(find package.json package-lock.json tsconfig.json index.html vite.config.js build.sh src -type f | sort | xargs cat | cksum)
[ -f "$out/app.js" ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$sources" ] && exit 0
command -v npm >/dev/null 2>&1 || {
  echo "WARNING: the jar gets no dashboard: npm is missing (apt-get install nodejs npm)" >&2
  rm -rf "$out"/* "$out.stamp"
  exit 0
}
# The tools go to the build's own directory: the sources stay as they are.
work="$out.work"
rm -rf "$work"
mkdir -p "$work"
cp -R package.json package-lock.json tsconfig.json index.html vite.config.js src "$work"
(
  cd "$work"
  npm ci --prefer-offline --no-audit --no-fund --loglevel=error
  # The types are checked beside the build, which does not look at them.
  npm run --silent types &
  types=$!
  npm run --silent build -- --outDir "$out" --emptyOutDir --logLevel warn
  wait "$types"
)
for each in preact uplot; do
  printf '%s\n\n' "$each"
  cat "$work/node_modules/$each/LICENSE"
  printf '\n'
done >"$out/licenses.txt"
rm -rf "$work"
echo "$sources" >"$out.stamp"
