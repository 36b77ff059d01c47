# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""The control run of noise.txt: a machine that never sees Gnomon. What is listed there as changing without Gnomon must change here. Prints
each line of the list with what it was seen for, and ends with counts."""

import argparse
import pathlib
import re
import sys
import tempfile

import ordinary
from windows import NOISE, TIMES, Failed, Machine, own_network

# What changes at some starts and not at others has this many to do so.
ROUNDS = 6


def live(machine, options, msi):
    """What happens on the machine of the other tests, without Gnomon: installations, a service, JVMs. Returns what is there while a JVM
    runs, and then kills that."""
    ordinary.install_and_remove(machine, msi)
    ordinary.run_jvm(machine, options.java)
    ordinary.run_service(machine)
    with ordinary.waiting_jvm(machine, options.java):
        return machine.state()


def rounds(options, msi):
    """Lets the machine live again and again, each time from a new start of it, until every line was seen; yields what differed from before."""
    with Machine(options.prefix, options.machine) as machine:
        ordinary.install_and_remove(machine, msi)
        ordinary.run_jvm(machine, options.java)
        before = machine.state()
        yield machine.state().unlike(before)
    for _ in range(ROUNDS):
        with Machine(options.prefix, options.machine) as machine:
            yield machine.state().unlike(before)
            yield live(machine, options, msi).unlike(before)
            yield machine.state().unlike(before)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="a fresh Wine prefix")
    parser.add_argument("--machine", type=pathlib.Path, required=True, help="gnomon-machine.exe")
    parser.add_argument("--java", required=True, help="java.exe of a Windows runtime")
    options = parser.parse_args()
    own_network()
    seen, unlisted = {}, []
    with tempfile.TemporaryDirectory(prefix="gnomon-noise-") as work:
        try:
            for lines in rounds(options, ordinary.make_empty_msi(pathlib.Path(work))):
                for line in lines:
                    listed = [each for each in NOISE if re.search(each, line, re.IGNORECASE)]
                    seen |= {each: line for each in listed if each not in seen}
                    unlisted += [line] if not listed and line not in unlisted else []
                if len(seen) == len(NOISE):
                    break
        except Failed as failure:
            print(f"  FAILED  {failure}")
            print("0 passed, 1 failed, 0 skipped")
            return 1
    missing = [each for each in NOISE if each not in seen]
    for each, line in seen.items():
        print(f"  {each} by: {line[:160]} ok")
    for each in missing:
        print(f"  FAILED  noise.txt says of '{each}' that it changes without Gnomon, which {ROUNDS} starts of a machine did not show")
    for line in unlisted:
        print(f"  changed without Gnomon, and not in noise.txt: {line[:300]}")
    print(f"  {TIMES}")
    print(f"{len(seen)} passed, {len(missing)} failed, 0 skipped")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
