# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs setup under Wine: it must leave the machine as it is meant to be or as it was, whichever step fails and wherever it is killed. All
runs share one prefix, since each ends where it began. Prints one line for each test, and ends with counts."""

import argparse
import pathlib
import random
import re
import shutil
import sys
import time
import zipfile

from installation import CATALOG, CLASSES, PROGRAM, SERVICES, STATE, STATE_FILES, Setup, changing, check_calls
from windows import Failed, Machine, expect

# Every third of what can be killed or made to fail, so that three runs of CI with neighbouring seeds see all of it.
STRIDE = 3
OLD = "C:\\gnomon-old"
NEW = "C:\\gnomon-new"
# The first step of an installation; it has nothing to do where Windows Installer has put the files.
FOLDER_STEP = "program-folder"
KILLED = 137
REFUSED = 7


def unpack(archive, machine, folder):
    """Puts the one folder of a zip where a Windows path says."""
    target = machine.file(folder)
    shutil.rmtree(target, ignore_errors=True)
    scratch = target.parent / "unpacking"
    with zipfile.ZipFile(archive) as package:
        package.extractall(scratch)
    (only,) = scratch.iterdir()
    target.parent.mkdir(parents=True, exist_ok=True)
    only.rename(target)
    scratch.rmdir()


class Steps:
    """The tests, in order. Each begins and ends with the machine at its baseline."""

    def __init__(self, options, machine):
        self.options = options
        self.machine = machine
        self.setup = Setup(machine, options.root)
        self.random = random.Random(options.seed)
        self.baseline = None
        self.records = 0
        self.calls = []
        # The steps that have something to do; others find their work done by an earlier one, and cannot fail.
        self.steps = []
        # Which call of the coordinator takes the provider off its list, when all goes well.
        self.unregister = 0
        self.passed = self.failed = 0

    def begin(self):
        """Puts the files of the package in place, runs its JVM once, and looks at the machine."""
        unpack(self.options.package, self.machine, PROGRAM)
        self.setup.run("status", expected=None)
        self.baseline = self.machine.state()

    def chosen(self, items):
        """All with --long, else every third, beginning where the seed says."""
        items = list(items)
        return items if self.options.long else items[self.options.seed % STRIDE::STRIDE]

    def at_baseline(self, when):
        differences = self.machine.state().differences(self.baseline)
        expect(not differences, f"{when} the machine is not as before: " + "; ".join(differences[:12]))

    def remove(self):
        self.setup.run("uninstall", "--remove-data", "--force")

    def test(self, name, body):
        began = time.monotonic()
        try:
            body()
            self.passed += 1
            print(f"  {name} ({time.monotonic() - began:.0f} s) ok", flush=True)
        except Failed as failure:
            self.failed += 1
            print(f"  FAILED  {name}: {failure}", flush=True)
            self.recover()

    def recover(self):
        """A failed test may have left anything; the next ones are to speak for themselves."""
        for name in ("FailAt", "Log"):
            self.machine.set(name, None)
        self.setup.run("uninstall", "--remove-data", "--force", package=NEW if self.machine.file(NEW).exists() else PROGRAM, expected=None)
        differences = self.machine.state().differences(self.baseline)
        if differences:
            raise Failed("the machine cannot be brought back to its baseline, so nothing more is tried: " + "; ".join(differences[:12]))

    # ---- install, again, uninstall

    def installs(self):
        self.setup.calls_begin()
        ended = self.setup.run("install")
        self.steps = [step["name"] for step in ended.json()["steps"] if step["action"] == "APPLIED"]
        self.calls = self.setup.calls_end()
        self.records = len(self.machine.file(STATE + "\\setup\\journal.jsonl").read_text().splitlines())
        state = self.machine.state()
        self.setup.check_installed(state)
        check_calls(self.calls, self.setup.install_calls())
        expect("Gnomon block engine" in state.running, f"the engine does not run; what does: {sorted(state.running)}")
        foreign = [line for line in state.differences(self.baseline) if "F0F0F0F0" in line.upper()]
        expect(not foreign, f"another provider's registration was touched: {foreign}")
        self.installs_twice(state)
        self.uninstalls()

    def installs_twice(self, state):
        self.setup.calls_begin()
        self.setup.run("install")
        expect(not changing(self.setup.calls_end()), "a second install changed the catalog")
        differences = self.machine.state().differences(state, [STATE_FILES])
        expect(not differences, f"a second install changed the machine: {differences}")

    def uninstalls(self):
        self.setup.calls_begin()
        self.setup.run("uninstall")
        calls = self.setup.calls_end()
        self.unregister = next(call["call"] for call in calls if call["member"] == "UnregisterProvider")
        names = [member for member, _ in changing(calls)]
        expected = ["UnregisterProvider", "Catalog.ShutdownApplication", "Catalog.DeleteServiceForApplication", "Applications.Remove",
                    "Applications.SaveChanges"]
        expect(names == expected, f"uninstall: expected the calls {expected}, found {names}")
        left = self.machine.state().differences(self.baseline)
        expect(left and all(re.search(STATE_FILES, line) for line in left), f"uninstall leaves more, or less, than the state folder: {left}")
        self.setup.run("uninstall", "--remove-data")
        self.at_baseline("after an uninstall with --remove-data")

    # ---- mending

    def mends(self, key):
        """Deletes one key, and has repair bring back all of it."""
        self.setup.run("install")
        state = self.machine.state()
        self.machine.reg("delete", key(state), "/f")
        whole = self.setup.without_id(state)
        self.setup.run("repair")
        mended = self.machine.state()
        self.setup.check_installed(mended)
        differences = self.setup.without_id(mended).differences(whole, [STATE_FILES])
        expect(not differences, f"repair did not bring everything back: {differences}")
        self.remove()
        self.at_baseline("after repair and uninstall")

    def mends_application(self):
        self.mends(lambda state: f"{CATALOG}\\{self.setup.application(state)}")

    def mends_class(self):
        self.mends(lambda _: f"{CLASSES}\\CLSID\\{self.setup.class_id}")

    def mends_provider(self):
        self.mends(lambda _: f"{SERVICES}\\VSS\\Providers\\{self.setup.provider_id}")

    # ---- failures

    def step_fails(self, name, package=PROGRAM):
        ended = self.setup.run("install", package=package, fail=name, expected=None)
        expect(ended.code != 0, f"setup says that all is well: {ended}")
        failed = [step for step in ended.json()["steps"] if step.get("error")]
        expect(any(step["name"] == name for step in failed), f"step {name} is not said to have failed: {ended}")
        self.at_baseline(f"after step {name} failed")

    def call_fails(self, number):
        """The n-th call of the catalog fails; whatever that was."""
        self.setup.calls_begin()
        self.machine.set("FailAt", f"COMAdmin:{number}:0x80004005")
        ended = self.setup.run("install", expected=None)
        self.machine.set("FailAt", None)
        member = next((call["member"] for call in self.setup.calls_end() if call["call"] == number and call["double"] == "COMAdmin"), "none")
        expect(ended.code != 0, f"{member} failed, and setup says that all is well: {ended}")
        expect("80004005" in (ended.out + ended.err).lower(), f"the code of {member} is not told: {ended}")
        self.at_baseline(f"after {member} failed")

    def failing_calls(self):
        """Numbers of the catalog's calls that change something, before which some must be undone."""
        numbers = [call["call"] for call in self.calls if call["double"] == "COMAdmin" and changing([call])]
        return numbers if self.options.long else sorted(self.random.sample(numbers, min(3, len(numbers))))

    def provider_in_use(self):
        """UnregisterProvider says twice that the provider is in use."""
        self.setup.run("install")
        self.setup.calls_begin()
        self.machine.set("FailAt", f"VssAdmin:{self.unregister}:0x80042307;VssAdmin:{self.unregister + 1}:0x80042307")
        self.setup.run("uninstall", "--remove-data")
        self.machine.set("FailAt", None)
        results = [call["result"] for call in self.setup.calls_end() if call["member"] == "UnregisterProvider"]
        expect(results == ["0x80042307", "0x80042307", "0x00000000"], f"expected two refusals and a success, found {results}")
        self.at_baseline("after the provider was in use for a while")

    # ---- kills

    def killed(self, record, with_repair):
        ended = self.setup.run("install", halt=record, expected=None)
        expect(ended.code == KILLED, f"setup was to be ended after record {record}: {ended}")
        if with_repair:
            self.setup.run("repair")
            self.setup.check_installed(self.machine.state())
        self.remove()
        self.at_baseline(f"after a kill behind record {record}, {'repair and ' if with_repair else ''}uninstall")

    def killed_uninstall(self, record):
        self.setup.run("install")
        written = len(self.machine.file(STATE + "\\setup\\journal.jsonl").read_text().splitlines())
        ended = self.setup.run("uninstall", "--remove-data", halt=record, expected=None)
        expect(ended.code == KILLED, f"uninstall was to be ended after record {record} (the journal had {written}): {ended}")
        self.remove()
        self.at_baseline(f"after a kill of uninstall behind record {record}")

    # ---- versions

    def copied(self):
        """From here on packages are unpacked elsewhere, and setup copies them."""
        shutil.rmtree(self.machine.file(PROGRAM))
        unpack(self.options.package, self.machine, NEW)
        unpack(self.options.old_package, self.machine, OLD)
        self.setup.run("status", package=NEW, expected=None)
        self.setup.run("status", package=OLD, expected=None)
        self.baseline = self.machine.state()

    def upgrades(self):
        self.setup.run("install", package=OLD)
        before = self.setup.without_id(self.machine.state())
        ended = self.setup.run("upgrade", package=NEW, fail="engine-running", expected=None)
        expect(ended.code != 0, f"a failed upgrade says that all is well: {ended}")
        after = self.setup.without_id(self.machine.state())
        differences = after.differences(before, [STATE_FILES])
        expect(not differences, f"a failed upgrade does not bring the old version back: {differences[:12]}")
        ended = self.setup.run("upgrade", package=NEW)
        expect("interrupt" in ended.out.lower(), f"how long I/O was interrupted is not told: {ended}")
        self.setup.check_installed(self.machine.state())
        refused = self.setup.run("install", package=OLD, expected=None)
        expect(refused.code == REFUSED, f"a downgrade is not refused: {refused}")
        self.setup.run("uninstall", "--remove-data", package=NEW)
        self.at_baseline("after an upgrade and uninstall")

    def all(self):
        self.begin()
        print(f"  seed {self.options.seed}", flush=True)
        self.test("install, again, uninstall", self.installs)
        for name, body in {"application": self.mends_application, "class": self.mends_class, "provider": self.mends_provider}.items():
            self.test(f"repair of a deleted {name} key", body)
        self.test("a provider in use is retried", self.provider_in_use)
        for name in self.steps:
            self.test(f"step {name} fails", lambda: self.step_fails(name))
        for number in self.failing_calls():
            self.test(f"call {number} of the catalog fails", lambda: self.call_fails(number))
        for place, record in enumerate(self.chosen(range(1, self.records + 1))):
            self.test(f"install killed behind record {record} of {self.records}", lambda: self.killed(record, place % 2 == 0))
        for record in self.chosen(range(1, self.records, STRIDE)):
            self.test(f"uninstall killed behind its record {record}", lambda: self.killed_uninstall(record))
        self.copied()
        self.test(f"step {FOLDER_STEP} fails", lambda: self.step_fails(FOLDER_STEP, NEW))
        self.test("upgrade, failed and whole; downgrade refused", self.upgrades)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the checkout")
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="Wine prefix with the doubles")
    parser.add_argument("--package", type=pathlib.Path, required=True, help="zip of this version")
    parser.add_argument("--old-package", type=pathlib.Path, required=True, help="zip of a lower version")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    clean = options.prefix / ".clean"
    clean.unlink(missing_ok=True)
    with Machine(options.prefix) as machine:
        steps = Steps(options, machine)
        try:
            steps.all()
        except Failed as failure:
            steps.failed += 1
            print(f"  FAILED  {failure}")
    if steps.failed == 0:
        clean.touch()
    print(f"{steps.passed} passed, {steps.failed} failed, 0 skipped")
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main())
