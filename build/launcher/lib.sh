# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
#
# What ./gnomon and its verify command share: finding the tools and building. Sourced by bash; the caller sets ROOT.
# shellcheck shell=bash

JAVA_MAJOR=25
MAVEN_OLDEST="3.8"
# A tail this long holds every first error of a Maven run and still fits a terminal.
LOG_TAIL_LINES=40
# Copies of earlier builds that stay for a service still running from them.
KEPT_BUILDS=3

LAUNCHER_DIR="$ROOT/target/launcher"
STAMP="$LAUNCHER_DIR/stamp"
BUILD_LOG="$LAUNCHER_DIR/build.log"

say() { printf 'gnomon: %s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# Succeeds if $1 is the home of a JDK of the major version that this project needs. Starts no JVM: the release file knows.
is_right_jdk() {
  [[ -n "$1" && -x "$1/bin/java" && -x "$1/bin/javac" && -r "$1/release" ]] &&
    grep -q "^JAVA_VERSION=\"${JAVA_MAJOR}[.\"+-]" "$1/release"
}

# Prints the home of the java on the PATH, if there is one.
jdk_of_path() {
  local java
  java=$(command -v java) && java=$(readlink -f "$java" 2>/dev/null) && printf '%s\n' "${java%/bin/java}"
}

# Sets JAVA_HOME to a JDK of the right version, or ends with what to install and which variable to set.
find_jdk() {
  local candidate
  if [[ -n "${GNOMON_JAVA_HOME:-}" ]]; then
    is_right_jdk "$GNOMON_JAVA_HOME" ||
      fail "GNOMON_JAVA_HOME is '$GNOMON_JAVA_HOME', which is not a JDK $JAVA_MAJOR." \
        "Set it to the home of a JDK $JAVA_MAJOR (the folder that holds bin/javac), or unset it."
    export JAVA_HOME="$GNOMON_JAVA_HOME"
    return
  fi
  for candidate in "${JAVA_HOME:-}" \
    /usr/lib/jvm/*"$JAVA_MAJOR"* /opt/*"$JAVA_MAJOR"* /opt/*/*"$JAVA_MAJOR"* \
    "${HOME:-}"/.sdkman/candidates/java/"$JAVA_MAJOR"* "${HOME:-}"/.jdks/*"$JAVA_MAJOR"* "${HOME:-}"/jdk*"$JAVA_MAJOR"* \
    /Library/Java/JavaVirtualMachines/*"$JAVA_MAJOR"*/Contents/Home; do
    if is_right_jdk "$candidate"; then
      export JAVA_HOME="$candidate"
      return
    fi
  done
  candidate=$(jdk_of_path || true)
  if ! is_right_jdk "$candidate" && [[ -x /usr/libexec/java_home ]]; then
    candidate=$(/usr/libexec/java_home -v "$JAVA_MAJOR" 2>/dev/null || true)
  fi
  is_right_jdk "$candidate" ||
    fail "no JDK $JAVA_MAJOR found. Install one (for example Temurin $JAVA_MAJOR, https://adoptium.net)" \
      "and set GNOMON_JAVA_HOME or JAVA_HOME to its home if it is in an unusual place." \
      "Looked at JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks, the java on PATH (${candidate:-none})."
  export JAVA_HOME="$candidate"
}

# Succeeds if version $1 is not older than version $2.
is_not_older() { [[ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" == "$2" ]]; }

# Sets MVN to a Maven that is new enough, or ends with what to install. Call find_jdk first.
find_maven() {
  local candidate version seen=""
  for candidate in "${GNOMON_MAVEN_HOME:+$GNOMON_MAVEN_HOME/bin/mvn}" "${MAVEN_HOME:+$MAVEN_HOME/bin/mvn}" "${M2_HOME:+$M2_HOME/bin/mvn}" \
    "$(command -v mvn || true)" /usr/share/maven/bin/mvn /opt/*maven*/bin/mvn \
    "${HOME:-}/.sdkman/candidates/maven/current/bin/mvn"; do
    [[ -n "$candidate" && -x "$candidate" ]] || continue
    version=$(cd / && "$candidate" -B --version 2>/dev/null |
      sed -n 's/.*Apache Maven \([0-9][0-9.]*[0-9]\).*/\1/p' | head -n 1) || version=""
    if [[ -n "$version" ]] && is_not_older "$version" "$MAVEN_OLDEST"; then
      MVN="$candidate"
      return
    fi
    seen="$seen $candidate (${version:-unknown version})"
  done
  fail "no Maven $MAVEN_OLDEST or newer found; found:${seen:- none}." \
    "Install it (on Debian and Ubuntu: apt-get install maven) or set GNOMON_MAVEN_HOME to its home."
}

# Runs Maven on this project without colours and progress bars.
run_maven() { (cd "$ROOT" && "$MVN" -B -ntp -Dstyle.color=never "$@" </dev/null); }

# Prints what matters of the end of a Maven log: without Maven's chatter, escape sequences and advice.
tail_of_log() {
  printf '  end of %s:\n' "$1"
  awk '{ gsub(/\033\[[0-9;]*m/, "") }
       /^\[INFO\]|^$|sun.misc.Unsafe|maintainers of class|^\[ERROR\] *$/ { next }
       /^\[ERROR\] (-> \[Help|\[Help|To see the full|Re-run Maven|For more information|See )/ { next }
       { print "  | " $0 }' "$1" | tail -n "$LOG_TAIL_LINES"
}

# Prints the commit of this checkout, or "unknown" where git does not know.
commit_id() { git -C "$ROOT" rev-parse --verify -q HEAD 2>/dev/null || printf 'unknown\n'; }

# Runs a command alone among all launchers of this checkout. Without flock (macOS) it runs unguarded.
with_build_lock() {
  mkdir -p "$LAUNCHER_DIR"
  if command -v flock >/dev/null; then
    (
      flock 9
      # A child that outlives us must not keep the lock.
      "$@" 9>&-
    ) 9>"$LAUNCHER_DIR/lock"
  else
    "$@"
  fi
}

# Succeeds if no finished build exists or something that goes into one changed after it. Directories count: a deletion
# shows only there.
needs_build() {
  local run
  [[ -r "$STAMP" ]] && read -r run <"$STAMP" && [[ -d "$run" ]] || return 0
  [[ -n "$(find "$ROOT/pom.xml" "$ROOT/.mvn" "$ROOT/build/launcher" "$ROOT/provider-core/pom.xml" \
    "$ROOT/provider-core/src/main" "$ROOT/installer/pom.xml" "$ROOT/installer/src/main" "$ROOT/com-shim/pom.xml" \
    "$ROOT/com-shim/src/main/java" -newer "$STAMP" -print -quit)" ]]
}

# Makes the finished Maven build the one that the launcher runs. $1 is a file as old as the start of that build: what
# changed meanwhile is newer. The jars are copied because a running service must keep the files that it was started from.
publish_build() {
  local start_mark=$1 jars=("$ROOT"/provider-core/target/gnomon-provider-core-*.jar) jar run old count=0
  for jar in "${jars[@]}"; do [[ "$jar" == *-tests.jar ]] || break; done
  mkdir -p "$LAUNCHER_DIR/run"
  run=$(mktemp -d "$LAUNCHER_DIR/run/$(date +%Y%m%d-%H%M%S)-XXXXXX")
  cp "$jar" "$run/gnomon.jar"
  cp -R "$ROOT/provider-core/target/lib" "$run/lib"
  # The command `setup`, with what nobody else needs.
  cp -R "$ROOT/installer/target/lib" "$run/installer"
  cp "$ROOT"/installer/target/gnomon-installer-*.jar "$run/installer/gnomon-installer.jar"
  printf '%s\n' "$run" >"$STAMP.new"
  touch -r "$start_mark" "$STAMP.new"
  mv "$STAMP.new" "$STAMP"
  while IFS= read -r old; do
    count=$((count + 1))
    ((count <= KEPT_BUILDS)) || rm -rf "$old"
  done < <(find "$LAUNCHER_DIR/run" -mindepth 1 -maxdepth 1 -type d | sort -r)
}

# Has Maven build what the launcher runs; further arguments are Maven's. Without exec, and without the tests of the DLL: the launcher needs
# the Java of the COM shim only, and a fresh clone has no more.
maven_for_launch() {
  run_maven -pl provider-core,com-shim,installer package -Dexec.skip=true -Dmaven.test.skip=true -DskipTests -Dspotless.check.skip=true \
    -Dforbiddenapis.skip=true "-Dgnomon.commit=$(commit_id)" "$@"
}

# Builds what the launcher runs, unless another launcher did so while this one waited. Call under the build lock.
build_for_launch() {
  needs_build || return 0
  find_maven
  local start_mark="$LAUNCHER_DIR/building"
  touch "$start_mark"
  say "building (first use or changed sources; log in $BUILD_LOG) ..."
  local began=$SECONDS
  if ! maven_for_launch >"$BUILD_LOG" 2>&1; then
    tail_of_log "$BUILD_LOG" >&2
    fail "the build failed; the whole log is in $BUILD_LOG"
  fi
  publish_build "$start_mark"
  say "built in $((SECONDS - began)) s"
}

# Prints the lines of package list $1 whose command is not there. A line holds a package, a command or the path of a file that
# it brings, and what is left out without it.
missing_packages() {
  local package command left_out
  while read -r package command left_out; do
    [[ -z "$package" || "$package" == "#"* ]] && continue
    [[ "$command" == /* && -e "$command" ]] || PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null ||
      printf '%s %s %s\n' "$package" "$command" "$left_out"
  done <"$1"
}

# Installs packages, with log $1, without starting the servers that they bring. One by one: a name that this release does not
# know must not keep the others away.
install_packages() (
  log=$1
  shift
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e "$policy" ]]; then
    # What Debian asks before it starts a service; 101 forbids it.
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
  fi
  for name in "$@"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$name" >>"$log" 2>&1 ||
      { printf 'packages: cannot install %s: ' "$name" && tail -n 1 "$log"; }
  done
)

# Installs what is missing of package list $1 where it may (root on Debian or Ubuntu), with log $2, and names the rest;
# $3 says what follows from that.
provide_packages() {
  local list=$1 log=$2 consequence=$3 missing names
  missing=$(missing_packages "$list")
  [[ -n "$missing" ]] || return 0
  if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    mapfile -t names < <(cut -d ' ' -f 1 <<<"$missing")
    printf 'packages: installing %s\n' "${names[*]}"
    apt-get update >"$log" 2>&1 || true
    install_packages "$log" "${names[@]}"
    missing=$(missing_packages "$list")
    [[ -n "$missing" ]] || return 0
  fi
  printf 'packages: missing, so %s:\n' "$consequence"
  sed -E 's/^([^ ]+) [^ ]+ (.*)$/  \1: \2/' <<<"$missing"
}
