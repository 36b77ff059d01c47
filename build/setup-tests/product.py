# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole product in a fresh Wine prefix: the MSI is installed, its service runs, the provider answers through COM, a shadow copy is read,
the service is killed and comes back, the MSI is removed, and nothing is left. Prints one line for each test, and ends with counts."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

import msi
import ordinary
from installation import BOOT, PROGRAM, STATE, STATE_FILES, Setup, texts
from nbd_client import Client
from windows import Failed, Machine, expect, own_network, tell, windows_path

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "conformance"))
import operator_port  # noqa: E402
import run as conformance  # noqa: E402
from control import ControlError  # noqa: E402
from engine import START_SECONDS, STOP_SECONDS, WindowsEngine  # noqa: E402

SERVICE = "Gnomon"
HOST = "gnomon-engine.exe"
# Of each chapter of the rules some that need neither a fault nor a new start of the service; all are run by the stage vss-conformance.
RULES = "1,2,3,4,7,8,9,15,16,22,24,25,27,31,53,54,55,62,68,69,71,72"
VOLUME_BYTES = 8 << 20
# Setup's exit code if volumes are in use.
IN_USE = 11


class InstalledEngine(WindowsEngine):
    """The engine as the installed service."""

    def __init__(self, work, machine, harness):
        super().__init__(work, PROGRAM, None, machine.prefix, None, harness)
        self.machine = machine

    def environment(self):
        return self.machine.environment()

    def state_name(self):
        return STATE + "\\service"

    def pid(self):
        return self.machine.process(HOST)

    def is_running(self):
        return self.pid() is not None

    def start(self, new_boot=False):
        expect(not new_boot, "a new boot is nothing that this part needs")
        if not self.is_running():
            self.machine.run("net.exe", "start", SERVICE)
        self.await_answer()

    def await_answer(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect()
                status = json.dumps(self.control.ask("service.status"))
                self.port = int(re.search(r"tcp:127\.0\.0\.1:(\d+)", status)[1])
                return
            except (OSError, ValueError, ControlError, RuntimeError) as error:
                expect(time.monotonic() < deadline, f"the service does not answer: {error}; {self.said_by_bridge()}")
            time.sleep(0.2)

    def stop(self):
        """Tells the service manager to stop it, and waits for the end of the process."""
        if not self.is_running():
            return
        self.machine.run("net.exe", "stop", SERVICE)
        deadline = time.monotonic() + STOP_SECONDS
        while self.is_running():
            expect(time.monotonic() < deadline, f"the process of the service goes on {STOP_SECONDS} s after it was told to stop")
            time.sleep(0.1)

    def kill(self):
        self.machine.kill(HOST)


class Product:
    """The tests, in order; each goes on where the one before ended."""

    def __init__(self, options, machine, work):
        self.options = options
        self.machine = machine
        self.work = work
        self.setup = Setup(machine, options.root)
        self.engine = InstalledEngine(work, machine, options.harness)
        self.baseline = None
        # The machine as the first installation left it.
        self.installed = None
        # What the client of a volume has written there, and the connection that it keeps.
        self.written = os.urandom(VOLUME_BYTES // 8)
        self.client = None
        self.next = None
        self.passed = self.failed = 0

    def test(self, name, body):
        began = time.monotonic()
        try:
            body()
            self.passed += 1
            print(f"  {name} ({time.monotonic() - began:.0f} s) ok", flush=True)
        except Exception as failure:  # whatever it is, the test did not see what it must see
            self.failed += 1
            print(f"  FAILED  {name}: {type(failure).__name__}: {failure}", flush=True)

    def begin(self):
        """What every MSI and every JVM leaves behind is there before the baseline is taken."""
        ordinary.install_and_remove(self.machine, ordinary.make_empty_msi(self.work))
        ordinary.run_jvm(self.machine, self.options.java)
        self.baseline = self.machine.state()

    def msiexec(self, what, *properties, package=None, expected=(0,)):
        msi.run(self.machine, self.work, what, package or self.options.msi, *properties, expected=expected)

    def said(self):
        """What is in setup's log."""
        log = self.machine.file(STATE + "\\setup\\setup.log")
        return log.read_text(encoding="utf-8") if log.exists() else "nothing"

    def gnomon(self, *arguments, expected=0):
        return self.machine.run("cmd.exe", "/c", f"{PROGRAM}\\bin\\gnomon.cmd", *arguments, expected=expected)

    # ---- install and use

    def installs(self):
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1")
        state = self.machine.state()
        self.setup.check_installed(state)
        self.installed = state
        expect("Gnomon block engine" in state.running, f"the engine does not run; what does: {sorted(state.running)}")
        self.engine.await_answer()
        version = self.gnomon("--version")
        expect("gnomon" in version.out.lower(), f"gnomon --version: {version}")
        environment = next(state.values(key) for key in state.registry
                           if key.lower().endswith(r"currentcontrolset\control\session manager\environment"))
        path = environment.get("PATH", environment.get("Path", ""))
        expect(PROGRAM + "\\bin" in texts(path)[0].split(";"), f"the folder of the command is not on the PATH: {path}")

    def conforms(self):
        """Some rules of the contract, through the class that was registered and the pipe; the service is told the volumes of the rules."""
        self.engine.stop()
        configuration = dict(conformance.configuration("windows"), allowSystemVolume=True)
        self.machine.file(STATE + "\\vss.json").write_text(json.dumps(configuration))
        log = self.work / "harness.log"
        log.touch()
        self.engine.start()
        port = operator_port.Operator(self.engine, self.machine.prefix, log)
        try:
            for name, _ in operator_port.VOLUMES:
                self.engine.control.ask("volume.create", name=name, sizeBytes=VOLUME_BYTES)
            options = argparse.Namespace(prefix=self.machine.prefix)
            with open(log, "ab") as errors:
                command = ["wine", str(self.options.harness), "--operator", port.endpoint, "--only", RULES]
                code, lines = conformance.show(options, command, errors)
        finally:
            port.close()
        passed, failed, _ = conformance.judge(lines, conformance.MAY_BE_OPEN)
        expect(code == 0 and failed == 0 and passed >= len(RULES.split(",")) - 2, f"{passed} rules hold, {failed} do not; the log is {log}")

    def copies(self):
        """A set is made with the installed command; its copy is read by a Linux client while the volume has other bytes."""
        name = operator_port.VOLUMES[0][0]
        old, new, read = (self.work / f"{word}.img" for word in ("old", "new", "read"))
        old.write_bytes(os.urandom(VOLUME_BYTES))
        new.write_bytes(os.urandom(VOLUME_BYTES))
        uri = f"nbd://127.0.0.1:{self.engine.port}/"
        subprocess.run(["nbdcopy", "--flush", str(old), uri + name], check=True)
        made = self.gnomon("set", "create", name, "--output", "json").json()
        subprocess.run(["nbdcopy", "--flush", str(new), uri + name], check=True)
        (copy,) = made["set"]["copies"]
        export = self.engine.control.ask("copy.show", copy=copy["id"])["copy"]["exportName"]
        subprocess.run(["nbdcopy", uri + urllib.parse.quote(export), str(read)], check=True)
        expect(read.read_bytes() == old.read_bytes(), "the copy does not hold what the volume held when the set was made")

    def engine_by_doctor(self):
        """What doctor says of the engine's process, and how it ends."""
        ended = self.gnomon("doctor", "--output", "json", expected=None)
        engine = next((each for each in ended.json()["checks"] if each["name"] == "engine process"), None)
        expect(engine is not None, f"doctor says nothing of the engine's process: {ended}")
        return engine, ended.code

    def comes_back(self):
        """Wine's service manager goes on saying RUNNING; doctor asks pipe and process."""
        engine, _ = self.engine_by_doctor()
        expect(engine["status"] == "OK", f"doctor says of an engine that runs: {engine}")
        self.engine.kill()
        engine, code = self.engine_by_doctor()
        expect(engine["status"] == "FAILED" and code != 0, f"doctor ends with code {code}, and says of a killed engine: {engine}")
        command = re.fullmatch(r"((?:net|sc) start \S+)", engine["action"])
        expect(command is not None, f"doctor names no command that starts the service: {engine}")
        self.machine.run("cmd.exe", "/c", command[1])
        self.engine.await_answer()
        self.gnomon("volume", "list")

    # ---- while a volume is in use

    @property
    def use(self):
        """How setup lists what the client has open."""
        return f"{operator_port.VOLUMES[0][0]} (1 connections)"

    def connect(self):
        return Client(self.engine.port, operator_port.VOLUMES[0][0])

    def expect_served(self, when):
        expect(self.client.read(0, len(self.written)) == self.written, f"{when} the volume has other bytes than its client wrote")

    def refuses(self):
        """A client of this host has a volume open, as whoever has mounted it: nothing is taken away, and the reason is in setup's log."""
        self.client = self.connect()
        self.client.write(0, self.written)
        ended = self.gnomon("setup", "uninstall", expected=IN_USE)
        expect(self.use in ended.err and "--force" in ended.err, f"setup refuses, and says neither what is in use nor what to do: {ended}")
        before = len(self.said())
        self.msiexec("/x", expected=msi.REFUSED)
        said = self.said()[before:]
        for words in (self.use, "FORCE=1", "Nothing was changed."):
            expect(words in said, f"setup's log does not say '{words}' of a refused removal: {said}")
        changed = self.machine.state().differences(self.installed, [STATE_FILES, BOOT, msi.KNOWN_PRODUCT])
        expect(not changed, f"a refused removal has changed the machine: {changed[:12]}")
        self.expect_served("after a refused removal")

    def installs_beside(self):
        """A lost file comes back, and what is well is left alone, volumes in use or not; so that needs no FORCE=1. Here it also brings back what
        Wine's rollback forgot."""
        lost = self.machine.file(PROGRAM + "\\licenses\\README.txt")
        text = lost.read_bytes()
        lost.unlink()
        before = len(self.said())
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1")
        expect(lost.exists() and lost.read_bytes() == text, f"{lost} was lost, and did not come back")
        said = self.said()[before:]
        expect("Result: UNCHANGED." in said, f"an installation of what is installed changed something: {said}")
        self.expect_served("after an installation beside its client")

    def upgrades(self):
        """The next version, of what was in use: the engine is stopped by hand before, because FORCE=1 does not reach the removal of the old one."""
        self.gnomon("service", "stop", "--force")
        self.client.await_end()
        self.next = msi.make_next(self.work, self.options.msi)
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1", package=self.next)
        self.setup.check_installed(self.machine.state())
        self.engine.await_answer()
        self.client = self.connect()
        self.expect_served("after an upgrade")

    # ---- removal

    def removes(self):
        """Although a client stays: it is served for a while yet, and then disconnected."""
        before = len(self.said())
        self.msiexec("/x", "FORCE=1", package=self.next)
        said = self.said()[before:]
        expect(f"forced although: {self.use}" in said, f"setup's log does not say what was in use: {said}")
        self.client.await_end()
        left = self.machine.state().differences(self.baseline)
        expect(all(re.search(STATE_FILES, line) for line in left), "more than the state folder is left: "
               + "; ".join(line for line in left if not re.search(STATE_FILES, line)))
        expect(self.machine.file(STATE + "\\service").is_dir(), "the state folder is gone, though nobody asked for that")

    def removes_data(self):
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1")
        self.engine.await_answer()
        self.client = self.connect()
        self.expect_served("after a forced removal and an installation")
        self.client.close()
        self.engine.close()
        self.msiexec("/x", "REMOVEDATA=1")
        left = self.machine.state().differences(self.baseline)
        expect(not left, "after REMOVEDATA=1 something is left: " + "; ".join(left[:20]))

    def all(self):
        self.begin()
        self.test("msiexec /i", self.installs)
        if self.failed:
            return
        self.test("rules of the contract through the registered class", self.conforms)
        self.test("a set, and its copy read over NBD", self.copies)
        self.test("a killed service, found and started", self.comes_back)
        self.test("msiexec /x, refused while a volume is in use", self.refuses)
        self.test("msiexec /i of what is installed and in use", self.installs_beside)
        self.test("msiexec /i of the next version, after service stop --force", self.upgrades)
        self.engine.close()
        self.test("msiexec /x FORCE=1 of what is in use", self.removes)
        self.test("again with REMOVEDATA=1", self.removes_data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the checkout")
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="a fresh Wine prefix with the doubles")
    parser.add_argument("--machine", type=pathlib.Path, required=True, help="gnomon-machine.exe")
    parser.add_argument("--java", required=True, help="java.exe of the runtime that is packaged")
    parser.add_argument("--msi", type=pathlib.Path, required=True)
    parser.add_argument("--harness", type=pathlib.Path, required=True, help="gnomon-vss-conformance.exe")
    options = parser.parse_args()
    own_network()
    work = pathlib.Path(tempfile.mkdtemp(prefix="gnomon-msi-"))
    conformance.make_letters(options.prefix)
    with Machine(options.prefix, options.machine) as machine:
        product = Product(options, machine, work)
        try:
            product.all()
        except Failed as failure:
            product.failed += 1
            print(f"  FAILED  {failure}")
        finally:
            product.engine.close()
            if product.client is not None:
                product.client.close()
    if product.failed == 0:
        shutil.rmtree(work)
    else:
        print(f"  logs are in {work}")
    tell()
    print(f"{product.passed} passed, {product.failed} failed, 0 skipped")
    return 1 if product.failed else 0


if __name__ == "__main__":
    sys.exit(main())
