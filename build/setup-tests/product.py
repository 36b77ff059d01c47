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

import ordinary
from installation import PROGRAM, STATE, STATE_FILES, Setup, texts
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
INSTALL_SECONDS = 300


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

    def msiexec(self, what, *properties):
        self.machine.run("msiexec.exe", what, windows_path(self.options.msi), "/qn", *properties, limit=INSTALL_SECONDS)

    def gnomon(self, *arguments, expected=0):
        return self.machine.run("cmd.exe", "/c", f"{PROGRAM}\\bin\\gnomon.cmd", *arguments, expected=expected)

    # ---- install and use

    def installs(self):
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1")
        state = self.machine.state()
        self.setup.check_installed(state)
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

    # ---- removal

    def removes(self):
        self.msiexec("/x")
        left = self.machine.state().differences(self.baseline)
        expect(all(re.search(STATE_FILES, line) for line in left), "more than the state folder is left: "
               + "; ".join(line for line in left if not re.search(STATE_FILES, line)))
        expect(self.machine.file(STATE + "\\service").is_dir(), "the state folder is gone, though nobody asked for that")

    def removes_data(self):
        self.msiexec("/i", "ALLOWSYSTEMVOLUME=1")
        self.engine.await_answer()
        volumes = self.engine.control.ask("volume.list")["volumes"]
        expect(volumes, "the volumes of the first installation are gone")
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
        self.engine.close()
        self.test("msiexec /x", self.removes)
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
    if product.failed == 0:
        shutil.rmtree(work)
    else:
        print(f"  logs are in {work}")
    tell()
    print(f"{product.passed} passed, {product.failed} failed, 0 skipped")
    return 1 if product.failed else 0


if __name__ == "__main__":
    sys.exit(main())
