#!/usr/bin/env bash
# The system libraries that WeasyPrint loads, and Chromium, in which the tests look at the pages: installed where root and apt
# are at hand. Elsewhere the libraries are named in one sentence and end this; without Chromium only its tests are skipped.
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
browser=yes
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || browser=
[ ${#missing[@]} -eq 0 ] && [ -n "$browser" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  if [ ${#missing[@]} -gt 0 ]; then
    echo "Installing ${missing[*]} …"
    apt-get install -y -qq "${missing[@]}" >/dev/null
  fi
  if [ -z "$browser" ]; then
    echo "Installing chromium, for the tests of the pages …"
    apt-get install -y -qq chromium >/dev/null || echo "Chromium could not be installed: the tests that need it will be skipped." >&2
  fi
  exit 0
fi
if [ ${#missing[@]} -eq 0 ]; then
  echo "There is no Chromium here: the tests that look at pages in a real browser will be skipped." >&2
  exit 0
fi
echo "The book needs these system libraries: ${missing[*]}. Ask whoever looks after this machine to install them, then run this command again." >&2
exit 1
