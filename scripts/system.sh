#!/usr/bin/env bash
# The system libraries that WeasyPrint loads: installed where root and apt are at hand, otherwise named in one sentence.
set -euo pipefail
packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
missing=()
command -v ldconfig >/dev/null 2>&1 || export PATH="$PATH:/sbin:/usr/sbin"
have() { ldconfig -p 2>/dev/null | grep -q "$1"; }
if [ "$(uname -s)" = Linux ]; then
  have libpango-1.0.so.0 || missing+=("${packages[0]}")
  have libpangoft2-1.0.so.0 || missing+=("${packages[1]}")
  have libharfbuzz-subset.so.0 || missing+=("${packages[2]}")
elif [ "$(uname -s)" = Darwin ] && ! ls /opt/homebrew/lib/libpango-1.0.dylib /usr/local/lib/libpango-1.0.dylib >/dev/null 2>&1; then
  echo "The book needs Pango: run “brew install pango”, then this command again." >&2
  exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing ${missing[*]} …"
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null
  exit 0
fi
echo "The book needs these system libraries: ${missing[*]}. Ask whoever looks after this machine to install them, then run this command again." >&2
exit 1
