# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the stages of `./gnomon verify`, one by one or in two lanes. Sourced by build/verify/verify, which sets WORK, SIZE, SEED, REPLAY and LIMIT.
# shellcheck shell=bash

# Holds the counts of each stage that has ended, for the two lanes are processes of their own.
COUNTS="$WORK/counts"
STAGE_BEGAN=0

# Prints the last line of stage $1 and keeps its counts.
finish_stage() {
  local stage=$1 passed=$2 failed=$3 skipped=$4 began=$5
  printf '%s: took %s s\n' "$stage" "$((SECONDS - began))"
  printf '%s: %s passed, %s failed, %s skipped\n' "$stage" "$passed" "$failed" "$skipped"
  printf '%s %s %s\n' "$passed" "$failed" "$skipped" >"$COUNTS/$stage"
}

# Prints the sums of all stages: passed, failed, skipped. A stage that never came to its end has failed.
sum_of_stages() {
  local stage
  for stage in "$@"; do
    if [[ -r "$COUNTS/$stage" ]]; then cat "$COUNTS/$stage"; else printf '0 1 0\n'; fi
  done | awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }'
}

# Runs Maven with a log of its own and shows the figures while it runs. Returns Maven's exit code.
logged_maven() {
  local log=$1
  shift
  set +e
  run_maven "$@" 2>&1 | tee "$log" | grep --line-buffered '^FIGURE ' | sed -u 's/^FIGURE /  /'
  local code=${PIPESTATUS[0]}
  set -e
  return "$code"
}

build_everything() {
  local start_mark="$LAUNCHER_DIR/building"
  touch "$start_mark"
  logged_maven "$WORK/build.log" package -DskipTests "-Dgnomon.commit=$(commit_id)" || return 1
  publish_build "$start_mark"
}

# The launcher's build of a fresh clone, where nothing was built yet, must not ask for what another build makes: a DLL, a test. All steps of
# Maven but compiling, on the files that say what they are.
launch_from_fresh_clone() (
  clone="$WORK/clone"
  rm -rf "$clone"
  mkdir -p "$clone"
  cd "$ROOT"
  cp -R --parents .mvn pom.xml ./*/pom.xml installer/packaging/pom.xml com-shim/build "$clone"
  ROOT=$clone
  maven_for_launch -Dmaven.main.skip=true >"$WORK/clone.log" 2>&1
)

# Everything is compiled with all checks; what follows runs these classes.
stage_build() {
  if ! with_build_lock build_everything; then
    tail_of_log "$WORK/build.log"
    finish_stage build 0 1 0 "$STAGE_BEGAN"
    return 1
  fi
  if launch_from_fresh_clone; then
    finish_stage build 2 0 0 "$STAGE_BEGAN"
  else
    printf '  FAILED  build: ./gnomon does not build in a fresh clone\n'
    tail_of_log "$WORK/clone.log"
    finish_stage build 1 1 0 "$STAGE_BEGAN"
  fi
}

# Prints the modules with tests as Maven takes them.
all_tested_modules() { (IFS=, && printf '%s\n' "$TESTED_MODULE,${UNIT_MODULES[*]}"); }

# Maven finds the classes of one module for another only if the phase "compile" is run, which here has nothing to do.
SUREFIRE_OF_SEVERAL=(compile surefire:test -Dmaven.main.skip=true -Dexec.skip=true -Dspotless.check.skip=true -Dforbiddenapis.skip=true)

# Runs tests of stage $1 with report folder and log named $2; further arguments choose them. Returns Maven's exit code.
surefire() {
  local stage=$1 name=$2
  shift 2
  local maven=(-pl "$TESTED_MODULE" surefire:test)
  if [[ "$stage" == unit ]]; then
    maven=(-pl "$(all_tested_modules)" "${SUREFIRE_OF_SEVERAL[@]}" "-Dgnomon.commit=$(commit_id)")
  fi
  logged_maven "$WORK/$name.log" "${maven[@]}" "-Dgnomon.reports=reports/$stage/$name" \
    "-Dgnomon.size=$SIZE" "-Dgnomon.seed=$SEED" "-Dsurefire.timeout=$LIMIT" "$@"
}

# Sets REPORTS to the folders of the reports of stage $1.
find_reports() {
  local module
  REPORTS=()
  for module in "$TESTED_MODULE" "${UNIT_MODULES[@]}"; do REPORTS+=("$ROOT/$module/target/reports/$1"); done
}

remove_reports() {
  find_reports "${1:?}"
  rm -rf "${REPORTS[@]}"
}

# Counts and shows what the reports of stage $1 say; $2 is the worst exit code of Maven, the rest are its logs.
count_tests() {
  local stage=$1 code=$2 summary passed failed skipped log
  shift 2
  find_reports "$stage"
  summary=$("$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 "$HERE/ReportSummary.java" "${REPORTS[@]}")
  read -r passed failed skipped <<<"$(head -n 1 <<<"$summary")"
  tail -n +2 <<<"$summary"
  if ((passed + failed == 0)); then
    printf '  FAILED  %s: no test ran\n' "$stage"
    failed=1
  fi
  if ((code != 0 && failed == 0)); then
    printf '  FAILED  %s: Maven ended with code %s although no test failed\n' "$stage" "$code"
    failed=1
  fi
  if ((failed > 0)); then
    for log in "$@"; do tail_of_log "$log"; done
  fi
  finish_stage "$stage" "$passed" "$failed" "$skipped" "$STAGE_BEGAN"
}

# Runs the tests of one stage in one JVM; further arguments choose them.
run_tests() {
  local stage=$1 code=0
  shift
  remove_reports "$stage"
  surefire "$stage" "$stage" "$@" || code=$?
  count_tests "$stage" "$code" "$WORK/$stage.log"
}

# Jazzer fuzzes one method in a JVM, so each gets its own. How long it fuzzes stands in its annotation.
stage_fuzz() {
  local code=0 file class method name runs bad_logs=()
  remove_reports fuzz
  while read -r file method; do
    class=$(basename "$file" .java)
    name="$class.$method"
    if ! JAZZER_FUZZ=1 surefire fuzz "$name" -Dgroups=fuzz -DexcludedGroups= "-Dtest=$class#$method"; then
      code=1
      bad_logs+=("$WORK/$name.log")
    fi
    runs=$(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 executions in \2 s/p' "$WORK/$name.log" | tail -n 1)
    printf '  fuzz: %s: %s\n' "$name" "${runs:-no execution}"
    if [[ -z "$runs" ]]; then
      code=1
    fi
  done < <(find "$ROOT/provider-core/src/test/java" -name '*.java' -exec awk '
    /@FuzzTest/ { found = 1; next }
    found && /void [A-Za-z0-9_]+\(/ { sub(/.*void /, ""); sub(/\(.*/, ""); print FILENAME, $0; found = 0 }' {} + | sort)
  count_tests fuzz "$code" ${bad_logs[@]+"${bad_logs[@]}"}
}

# Each JVM runs one simulation at a time, whose tasks switch cheaply only if it has one carrier of virtual threads.
stage_simulation() {
  run_tests simulation -Dgroups=simulation -DexcludedGroups= -Dgnomon.forks=2 -Dgnomon.testArgs=-Djdk.virtualThreadScheduler.parallelism=1
}

# Prints how long jcstress tries, one argument a line: as short as finds a broken class in CI, its own default else.
jcstress_effort() {
  [[ "$SIZE" == long ]] || printf '%s\n' -f 1 -fsm 1 -iters 3 -time 300 -sc false -jvmArgs -XX:+UseSerialGC
}

# Runs the concurrency tests of src/jcstress. They are compiled here, by themselves; see the module's pom.xml.
stage_jcstress() {
  local work="$ROOT/$TESTED_MODULE/target/jcstress" log="$WORK/jcstress.log" code=0
  local effort results passed failed soft hard limit=()
  rm -rf "$work"
  mkdir -p "$work/run"
  if ! logged_maven "$WORK/jcstress-build.log" -pl "$TESTED_MODULE" compiler:testCompile@jcstress dependency:build-classpath \
    -Dmdep.includeScope=test "-Dmdep.outputFile=$work/class-path"; then
    printf '  FAILED  jcstress: the tests cannot be compiled\n'
    tail_of_log "$WORK/jcstress-build.log"
    finish_stage jcstress 0 1 0 "$STAGE_BEGAN"
    return
  fi
  mapfile -t effort < <(jcstress_effort)
  # A test that sleeps through its wake-up never ends.
  if command -v timeout >/dev/null; then limit=(timeout "$LIMIT"); fi
  (cd "$work/run" && ${limit[@]+"${limit[@]}"} "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$work/classes:$ROOT/$TESTED_MODULE/target/classes:$(<"$work/class-path")" org.openjdk.jcstress.Main \
    -hs 256 -r "$work/report" ${effort[@]+"${effort[@]}"}) </dev/null >"$log" 2>&1 || code=$?
  # A line such as "(Results: 18 planned; 18 passed, 0 failed, 0 soft errs, 0 hard errs)"; the last one counts. A soft
  # error is a JVM that could not do what was asked of it.
  results=$(sed -n 's/.*(Results: \([0-9,.K]*\) planned; \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) soft errs, \([0-9]*\) hard errs).*/\2 \3 \4 \5/p' "$log" | tail -n 1)
  read -r passed failed soft hard <<<"${results:-0 0 0 0}"
  printf '  %s samples a second in the mean\n' "$(sed -n 's/.*Sampling Rate: \(.*\)\/sec.*/\1/p' "$log" | tail -n 1)"
  failed=$((failed + hard))
  if ((code != 0 && failed == 0)) || ((passed + failed == 0)); then
    printf '  FAILED  jcstress: ended with code %s after %s runs\n' "$code" "$((passed + failed))"
    failed=1
  fi
  if ((failed > 0)); then
    grep -E '^ +(FORBIDDEN|\[FAILED\]|\[ERROR\])|FORBIDDEN' "$log" | sort -u | head -n "$LOG_TAIL_LINES" || true
    printf '  the report is %s/report/index.html\n' "$work"
    tail_of_log "$log"
  fi
  finish_stage jcstress "$passed" "$failed" "$soft" "$STAGE_BEGAN"
}

# Prints the sums of the lines "N passed, N failed, N skipped" in log $1.
counts_of() { awk '/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; s += $5 } END { print p + 0, f + 0, s + 0 }' "$1"; }

# The COM shim: what its build checks, and its tests under Wine.
stage_shim() {
  local log="$WORK/shim.log" code=0 passed failed
  if ! command -v wine >/dev/null || ! command -v x86_64-w64-mingw32-g++-posix >/dev/null; then
    printf '  skipped  shim: not here: wine or x86_64-w64-mingw32-g++-posix\n'
    finish_stage shim 0 0 1 "$STAGE_BEGAN"
    return
  fi
  logged_maven "$log" -pl com-shim test -Dgnomon.shim=required || code=$?
  grep -a '^com-shim: ' "$log" | sed 's/^com-shim: /  /' || true
  read -r passed failed < <(sed -n 's/^com-shim: under Wine: .*| *\([0-9]*\) passed | *\([0-9]*\) failed.*/\1 \2/p' "$log") || true
  if ((${passed:-0} == 0 || code != 0)); then
    printf '  FAILED  shim: Maven ended with code %s\n' "$code"
    failed=$((${failed:-0} + 1))
    tail_of_log "$log"
  fi
  finish_stage shim "${passed:-0}" "${failed:-0}" 0 "$STAGE_BEGAN"
}

# Runs the conformance harness of VSS providers under Wine: its own test, and the provider with the service on either side.
stage_vss-conformance() {
  local log="$WORK/vss-conformance.log" code=0 tool missing=() passed failed skipped size=()
  for tool in wine x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-widl cmake ninja strace nbdfuse mkntfs ntfs-3g; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if ((${#missing[@]} > 0)); then
    printf '  skipped  vss-conformance: not here: %s\n' "${missing[*]}"
    finish_stage vss-conformance 0 0 1 "$STAGE_BEGAN"
    return
  fi
  if [[ "$SIZE" == long ]]; then size=(--long); fi
  "$ROOT/build/conformance/conformance" all ${size[@]+"${size[@]}"} 2>&1 | tee "$log" | grep --line-buffered -v ' ok$' || true
  code=${PIPESTATUS[0]}
  read -r passed failed skipped < <(counts_of "$log")
  if ((passed == 0 || (code != 0 && failed == 0))); then
    printf '  FAILED  vss-conformance: ended with code %s\n' "$code"
    failed=$((failed + 1))
    tail_of_log "$log"
  fi
  finish_stage vss-conformance "$passed" "$failed" "$skipped" "$STAGE_BEGAN"
}

# Makes all packages, and looks at them; installs the Debian package on this machine where it may.
stage_packages() {
  local log="$WORK/packages.log" code=0
  remove_reports packages
  if ! "$ROOT/build/package/package" >"$log" 2>&1; then
    printf '  FAILED  packages: they cannot be made\n'
    tail_of_log "$log"
    finish_stage packages 0 1 0 "$STAGE_BEGAN"
    return
  fi
  logged_maven "$log" -pl "$(all_tested_modules)" "${SUREFIRE_OF_SEVERAL[@]}" -DskipTests -Dgnomon.skipPackagingTests=false \
    -Dgroups=packages -DexcludedGroups= -Dgnomon.reports=reports/packages/packages "-Dgnomon.commit=$(commit_id)" \
    "-Dsurefire.timeout=$LIMIT" || code=$?
  count_tests packages "$code" "$log"
}

# The installer for Windows under Wine, against doubles of what Wine lacks.
stage_installer() {
  local log="$WORK/installer.log" code=0 tool missing=() passed failed skipped arguments=()
  for tool in wine x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-widl cmake ninja; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if ((${#missing[@]} > 0)); then
    printf '  skipped  installer: not here: %s\n' "${missing[*]}"
    finish_stage installer 0 0 1 "$STAGE_BEGAN"
    return
  fi
  [[ "$SIZE" != long ]] || arguments+=(--long)
  [[ -z "$SEED" ]] || arguments+=(--seed "$SEED")
  "$ROOT/build/setup-tests/setup-tests" all ${arguments[@]+"${arguments[@]}"} 2>&1 | tee "$log" | grep --line-buffered -v ' ok$' || true
  code=${PIPESTATUS[0]}
  read -r passed failed skipped < <(counts_of "$log")
  if ((passed == 0 || (code != 0 && failed == 0))); then
    printf '  FAILED  installer: ended with code %s\n' "$code"
    failed=$((failed + 1))
    tail_of_log "$log"
  fi
  finish_stage installer "$passed" "$failed" "$skipped" "$STAGE_BEGAN"
}

stage_unit() { run_tests unit; }

# Runs the one case of the simulation that the command line names.
stage_replay() {
  run_tests replay -Dgroups=simulation -DexcludedGroups= '-Dtest=ReplayTests#caseHoldsNow' "-Dgnomon.replay=$REPLAY"
}

# Runs one stage and returns whether it could be run to its end, which does not say that its tests passed.
run_stage() {
  STAGE_BEGAN=$SECONDS
  printf -- '--- %s\n' "$1"
  if declare -F "stage_$1" >/dev/null; then
    "stage_$1"
  else
    run_tests "$1" "-Dgroups=$1" -DexcludedGroups=
  fi
}

# Runs stages one after another, each printed as a whole when it has ended: another lane prints meanwhile.
run_beside() {
  local stage
  for stage in "$@"; do
    (run_stage "$stage") >"$WORK/beside.out" 2>&1 || true
    cat "$WORK/beside.out"
  done
}

# What a stage of the second lane needs Maven for, which runs in one lane at a time.
prepare_installer() { "$ROOT/build/setup-tests/setup-tests" packages >/dev/null; }

# Runs the stages of array LANE_ONE, and those of LANE_TWO beside them.
run_lanes() {
  local stage beside
  for stage in ${LANE_TWO[@]+"${LANE_TWO[@]}"}; do
    if declare -F "prepare_$stage" >/dev/null; then "prepare_$stage" || true; fi # what is missing the stage itself will say
  done
  run_beside ${LANE_TWO[@]+"${LANE_TWO[@]}"} &
  beside=$!
  for stage in ${LANE_ONE[@]+"${LANE_ONE[@]}"}; do run_stage "$stage" || true; done
  wait "$beside"
}
