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

from installation import BOOT, CATALOG, CLASSES, PROGRAM, SERVICES, STATE, STATE_FILES, Setup, changing, check_calls
from windows import Failed, Machine, expect, own_network, tell

# Every third of what can be killed or made to fail, so that three runs of CI with neighbouring seeds see all of it.
STRIDE = 3
FIRST = "install"
OLD = "C:\\gnomon-old"
NEW = "C:\\gnomon-new"
# The first step of an installation; it has nothing to do where Windows Installer has put the files.
FOLDER_STEP = "program-folder"
# Those of an upgrade that have something to do, in their order; "engine-running" is the one that says whether the new version works.
UPGRADE_STEPS = ["staged-files", "old-registration", "engine-stopped", "swapped-files", "engine-running"]
KILLED = 137
REFUSED = 7
# What the id of the other provider begins with (installer/src/test/cpp).
FOREIGN = "F0F0F0F0"


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
    """The tests, in order. Each ends with the machine at its baseline, or installed and whole."""

    def __init__(self, options, machine):
        self.options = options
        self.machine = machine
        self.setup = Setup(machine, options.root)
        self.random = random.Random(options.seed)
        self.baseline = None
        # The machine with everything installed, while it is.
        self.installed = None
        self.records = 0
        self.uninstall_records = 0
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
        expect(any(FOREIGN in path.upper() for path in self.baseline.registry), "there is no other provider that could be touched")

    def chosen(self, items):
        """All with --long, else every third, beginning where the seed says."""
        items = list(items)
        return items if self.options.long else items[self.options.seed % STRIDE::STRIDE]

    def at_baseline(self, when):
        differences = self.machine.state().differences(self.baseline)
        expect(not differences, f"{when} the machine is not as before: " + "; ".join(differences[:12]))
        self.installed = None

    def whole(self, when):
        """Everything is as the first installation made it, but for the id of the application and the state folder."""
        state = self.machine.state()
        self.setup.check_installed(state)
        if self.installed is not None:
            differences = self.setup.without_id(state).differences(self.setup.without_id(self.installed), [STATE_FILES, BOOT])
            expect(not differences, f"{when} the machine is not as the installation left it: " + "; ".join(differences[:12]))
        self.installed = state
        return state

    def install(self):
        """Has everything installed, if it is not."""
        if self.installed is None:
            self.setup.ask("install")
            self.whole("after an installation")

    def kept_log(self):
        """The log that a failed first installation leaves in the temporary folder, and nothing else; takes it away."""
        logs = self.kept_logs()
        expect(len(logs) == 1, f"expected one log of the failed installation in the temporary folder, found {logs}")
        text = logs[0].read_text(encoding="utf-8")
        logs[0].unlink()
        return text

    def kept_logs(self):
        return list(self.machine.drive.glob("users/*/Temp/gnomon-setup-*.log"))

    def remove(self, when):
        self.setup.ask("uninstall", "--remove-data", "--force")
        self.at_baseline(when)

    def test(self, name, body):
        # The first tells the others what there is to fail.
        if self.options.only not in name and name != FIRST:
            return
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
        self.setup.close()
        for name in ("FailAt", "Log"):
            self.machine.set(name, None)
        for log in self.kept_logs():
            log.unlink()
        self.setup.run("uninstall", "--remove-data", "--force", package=NEW if self.machine.file(NEW).exists() else PROGRAM, expected=None)
        differences = self.machine.state().differences(self.baseline)
        self.installed = None
        if differences:
            raise Failed("the machine cannot be brought back to its baseline, so nothing more is tried: " + "; ".join(differences[:12]))

    # ---- install, again, uninstall

    def installs(self):
        """As a user does it, in a process of its own."""
        self.setup.calls_begin()
        ended = self.setup.run("install")
        self.steps = [step["name"] for step in ended.json()["steps"] if step["action"] == "APPLIED"]
        self.calls = self.setup.calls_end()
        self.records = self.setup.journal_records()
        state = self.whole("after the first installation")
        check_calls(self.calls, self.setup.install_calls())
        expect("Gnomon block engine" in state.running, f"the engine does not run; what does: {sorted(state.running)}")
        foreign = [line for line in state.differences(self.baseline) if FOREIGN in line.upper()]
        expect(not foreign, f"another provider's registration was touched: {foreign}")

    def installs_twice(self):
        self.install()
        self.setup.calls_begin()
        self.setup.run("install")
        expect(not changing(self.setup.calls_end()), "a second installation changed the catalog")
        differences = self.machine.state().differences(self.installed, [STATE_FILES])
        expect(not differences, f"a second installation changed the machine: {differences}")

    def service_as_the_manager_has_it(self):
        """Not what the registry says, but what the service manager answers."""
        self.install()
        service = self.setup.service("Gnomon")
        expected = {"account": "LocalSystem", "automatic": True, "delayed": False, "dependencies": [], "state": "RUNNING"}
        found = {name: service.get(name) for name in expected}
        expect(found == expected, f"service Gnomon: expected {expected}, found {found}")
        provider = self.setup.service(self.setup.name)
        expect((provider["account"], provider["automatic"]) == ("LocalSystem", False), f"service {self.setup.name}: {provider}")

    def uninstalls(self):
        self.install()
        before = self.setup.journal_records()
        self.setup.calls_begin()
        self.setup.run("uninstall")
        calls = self.setup.calls_end()
        self.uninstall_records = self.setup.journal_records() - before
        self.unregister = next(call["call"] for call in calls if call["member"] == "UnregisterProvider")
        names = [member for member, _ in changing(calls)]
        expected = ["UnregisterProvider", "Catalog.ShutdownApplication", "Catalog.DeleteServiceForApplication", "Applications.Remove",
                    "Applications.SaveChanges"]
        expect(names == expected, f"uninstall: expected the calls {expected}, found {names}")
        left = self.machine.state().differences(self.baseline)
        expect(left and all(re.search(STATE_FILES, line) for line in left), f"uninstall leaves more, or less, than the state folder: {left}")
        expect(self.machine.file(STATE + "\\service").is_dir(), "the state folder is gone, though nobody asked for that")

    def installs_again(self):
        """Over the state that stayed."""
        self.setup.ask("install")
        self.whole("after an installation over what stayed")

    # ---- mending

    def mends(self, key):
        """Deletes one key, and has repair bring back all of it."""
        self.install()
        self.machine.delete_key(key(self.installed))
        self.setup.ask("repair")
        self.whole("after a repair")

    def mends_application(self):
        self.mends(lambda state: f"{CATALOG}\\{self.setup.application(state)}")

    def mends_class(self):
        self.mends(lambda _: f"{CLASSES}\\CLSID\\{self.setup.class_id}")

    def mends_provider(self):
        self.mends(lambda _: f"{SERVICES}\\VSS\\Providers\\{self.setup.provider_id}")

    # ---- failures

    def step_fails(self, name, package=PROGRAM):
        ended = self.setup.ask("install", package=package, fail=name, expected=None)
        expect(ended.code != 0, f"setup says that all is well: {ended}")
        failed = [step for step in ended.json()["steps"] if step.get("error")]
        expect([step["name"] for step in failed] == [name], f"step {name} is not the one that is said to have failed: {ended}")
        expect("made to fail" in self.kept_log(), "the log does not tell of the failure")
        self.at_baseline(f"after step {name} failed")

    def call_fails(self, number):
        """The n-th call of the catalog fails; whatever that was."""
        self.setup.calls_begin()
        self.machine.set("FailAt", f"COMAdmin:{number}:0x80004005")
        ended = self.setup.ask("install", expected=None)
        self.machine.set("FailAt", None)
        member = next((call["member"] for call in self.setup.calls_end() if call["call"] == number and call["double"] == "COMAdmin"), "none")
        expect(ended.code != 0, f"{member} failed, and setup says that all is well: {ended}")
        expect("80004005" in (ended.out + ended.err).lower(), f"the code of {member} is not told: {ended}")
        expect("80004005" in self.kept_log().lower(), f"the log does not tell of the failure of {member}")
        self.at_baseline(f"after {member} failed")

    def failing_calls(self):
        """Numbers of the catalog's calls that change something, before which some must be undone."""
        numbers = [call["call"] for call in self.calls if call["double"] == "COMAdmin" and changing([call])]
        return numbers if self.options.long else sorted(self.random.sample(numbers, min(3, len(numbers))))

    def provider_in_use(self):
        """UnregisterProvider says twice that the provider is in use."""
        self.install()
        self.setup.calls_begin()
        self.machine.set("FailAt", f"VssAdmin:{self.unregister}:0x80042307;VssAdmin:{self.unregister + 1}:0x80042307")
        self.setup.ask("uninstall", "--remove-data")
        self.machine.set("FailAt", None)
        results = [call["result"] for call in self.setup.calls_end() if call["member"] == "UnregisterProvider"]
        expect(results == ["0x80042307", "0x80042307", "0x00000000"], f"expected two refusals and a success, found {results}")
        self.at_baseline("after the provider was in use for a while")

    # ---- kills

    def killed(self, command, record, *more, package=PROGRAM):
        ended = self.setup.ask(command, *more, halt=record, package=package, expected=None)
        expect(ended.code == KILLED, f"{command} was to be ended after record {record}: {ended}")

    def install_killed(self, record, with_repair):
        self.killed("install", record)
        if with_repair:
            self.setup.ask("repair")
            self.whole("after a kill and a repair")
        self.remove(f"after a kill, {'a repair ' if with_repair else ''}and an uninstall")

    def uninstall_killed(self, record, with_repair):
        self.install()
        self.killed("uninstall", record, "--remove-data")
        if with_repair:
            self.setup.ask("repair")
            self.whole("after a kill of uninstall and a repair")
        else:
            self.remove("after a kill of uninstall and another")

    def kills(self, records):
        """Records behind which to kill, and whether repair comes before uninstall; with --long all, both ways."""
        if self.options.long:
            return [(record, with_repair) for record in range(1, records + 1) for with_repair in (True, False)]
        chosen = self.chosen(range(1, records + 1))
        return [(record, (place + self.options.seed // STRIDE) % 2 == 0) for place, record in enumerate(chosen)]

    # ---- versions

    def copied(self):
        """From here on packages are unpacked elsewhere, and setup copies them."""
        self.remove("before packages are copied")
        self.setup.close()
        shutil.rmtree(self.machine.file(PROGRAM))
        unpack(self.options.package, self.machine, NEW)
        unpack(self.options.old_package, self.machine, OLD)
        for package in (NEW, OLD):
            self.setup.ask("status", package=package, expected=None)
        self.baseline = self.machine.state()

    def old_version(self):
        self.setup.ask("install", package=OLD)
        return self.setup.without_id(self.machine.state())

    def back_at(self, before, when):
        differences = self.setup.without_id(self.machine.state()).differences(before, [STATE_FILES])
        expect(not differences, f"{when} the old version is not back: {differences[:12]}")

    def upgrades(self):
        before = self.old_version()
        failing = UPGRADE_STEPS if self.options.long else UPGRADE_STEPS[-1:]
        for step in failing:
            ended = self.setup.ask("upgrade", package=NEW, fail=step, expected=None)
            expect(ended.code != 0, f"an upgrade whose step {step} failed says that all is well: {ended}")
            self.back_at(before, f"after step {step} of an upgrade failed")
        ended = self.setup.ask("upgrade", package=NEW)
        expect("interrupt" in ended.out.lower(), f"how long I/O was interrupted is not told: {ended}")
        self.setup.check_installed(self.machine.state())
        for command in ("install", "upgrade"):
            refused = self.setup.ask(command, package=OLD, expected=None)
            expect(refused.code == REFUSED, f"a downgrade by {command} is not refused: {refused}")
        self.setup.ask("uninstall", "--remove-data", package=NEW)
        self.at_baseline("after an upgrade and uninstall")

    def all(self):
        self.begin()
        print(f"  seed {self.options.seed}", flush=True)
        self.test(FIRST, self.installs)
        self.test("service as the service manager has it", self.service_as_the_manager_has_it)
        self.test("install of what is installed", self.installs_twice)
        self.test("uninstall", self.uninstalls)
        self.test("install again", self.installs_again)
        for name, body in {"application": self.mends_application, "class": self.mends_class, "provider": self.mends_provider}.items():
            self.test(f"repair of a deleted {name} key", body)
        self.test("a provider in use is retried", self.provider_in_use)
        for name in self.steps:
            self.test(f"step {name} fails", lambda: self.step_fails(name))
        for number in self.failing_calls():
            self.test(f"call {number} of the catalog fails", lambda: self.call_fails(number))
        for record, with_repair in self.kills(self.records):
            self.test(f"install killed behind record {record} of {self.records}, then {'repair' if with_repair else 'uninstall'}",
                      lambda: self.install_killed(record, with_repair))
        for record, with_repair in self.kills(self.uninstall_records):
            self.test(f"uninstall killed behind record {record} of {self.uninstall_records}, then {'repair' if with_repair else 'uninstall'}",
                      lambda: self.uninstall_killed(record, with_repair))
        self.copied()
        self.test(f"step {FOLDER_STEP} fails", lambda: self.step_fails(FOLDER_STEP, NEW))
        self.test("upgrade, failed and whole; downgrade refused", self.upgrades)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the checkout")
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="Wine prefix with the doubles")
    parser.add_argument("--machine", type=pathlib.Path, required=True, help="gnomon-machine.exe")
    parser.add_argument("--package", type=pathlib.Path, required=True, help="zip of this version")
    parser.add_argument("--old-package", type=pathlib.Path, required=True, help="zip of a lower version")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", default="", metavar="TEXT", help="the tests with this in their name")
    options = parser.parse_args()
    own_network()
    clean = options.prefix / ".clean"
    clean.unlink(missing_ok=True)
    with Machine(options.prefix, options.machine) as machine:
        steps = Steps(options, machine)
        try:
            steps.all()
        except Failed as failure:
            steps.failed += 1
            print(f"  FAILED  {failure}")
        finally:
            steps.setup.close()
    if steps.failed == 0:
        clean.touch()
    tell()
    print(f"{steps.passed} passed, {steps.failed} failed, 0 skipped")
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main())
