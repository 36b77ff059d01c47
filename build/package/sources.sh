# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
#
# Knows what a package was made from, so that nobody makes it again for nothing, or tests an old one. Sourced by bash; the caller sets ROOT.
# shellcheck shell=bash

# One file for each package that was made, with the sum of the sources that it was made from.
MADE_FROM="$ROOT/target/package/made-from"

# Prints a sum over all that packages are made from. Times of files do not tell: a checkout sets them, and a deleted file has none.
sum_of_sources() {
  (cd "$ROOT" && find LICENSE pom.xml build/{launcher,package,wine} provider-core/{pom.xml,src/main} com-shim/{pom.xml,CMakeLists.txt,build,cmake,src/main} \
    installer/{pom.xml,src/main} installer/packaging/{pom.xml,src/main} -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# Notes that what is in folder $1 and changed after file $2 was made from sources with sum $3.
note_sources() {
  local file
  [[ -d "$1" ]] || return 0
  mkdir -p "$MADE_FROM"
  while IFS= read -r file; do
    printf '%s\n' "$3" >"$MADE_FROM/$(basename "$file")"
  done < <(find "$1" -type f -name 'gnomon*' -cnewer "$2")
}

# Succeeds if package $1 is there and was made from sources with sum $2.
is_made_from() {
  local note
  note="$MADE_FROM/$(basename "$1")"
  [[ -r "$1" && -r "$note" && "$(<"$note")" == "$2" ]]
}
