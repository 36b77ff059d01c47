# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the conformance harness under Wine against a real service; see docs/vss-conformance.md. Ends with counts, and with code 1
if anything failed or was not verifiable that should be."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import operator_port
from engine import LinuxEngine, WindowsEngine, windows_path

def identity(name):
    """One of the provider's ids, from the header that fixes them."""
    header = pathlib.Path(__file__).parents[2] / "com-shim/src/main/include/gnomon/identities.h"
    return re.search(rf'^#define {name} "(.*)"$', header.read_text(), re.MULTILINE)[1]


# Only these may be left open, whole or in part: there is no real device, no token without rights, no SCSI disk, no real volume here.
MAY_BE_OPEN = {17, 18, 63, 73, 82, 83}
# What cannot be seen when the provider is in another process: NULL pointers, its task memory, its imports, its references.
NOT_SEEN_THROUGH_A_PROXY = {6, 16, 35, 48, 53, 57, 59, 67, 71, 72}
CLASS = "{" + identity("GNOMON_VSS_CLASS_ID") + "}"
# Where Wine shows the strings of ReportEvent.
EVENT_CHANNEL = "-all,err+eventlog"


def configuration(engine):
    """The file of `service run --vss`: the table of volumes, and the names of copies."""
    volumes = [{"guidPath": operator_port.guid_path(last), "names": [f"{name.upper()}:\\", operator_port.folder(name)], "volume": name}
               for name, last in operator_port.VOLUMES]
    volumes += [{"guidPath": operator_port.many_guid(index), "volume": f"m{index:02}"} for index in range(operator_port.MANY)]
    volumes += [{"guidPath": guid, "volume": None} for guid in (operator_port.FOREIGN, operator_port.STORE)]
    return {"schemaVersion": 1, "channel": "tcp" if engine == "linux" else "pipe", "machineName": "CONFORMANCE", "volumes": volumes,
            "surface": {"kind": "table", "deviceNames": operator_port.DEVICE}, "allowFaults": True}


def wine(prefix, *command, debug="-all", **more):
    environment = dict(os.environ, WINEPREFIX=str(prefix), WINEDEBUG=debug)
    return subprocess.run(["wine", *command], env=environment, stdin=subprocess.DEVNULL, **more)


def set_up(prefix, dll, settings):
    """Registers the class, and says where the service is."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    wine(prefix, "regsvr32", "/s", "/n", "/i", windows_path(dll), **quiet)
    for name, value in settings.items():
        wine(prefix, "reg", "add", r"HKLM\SOFTWARE\Gnomon\Vss", "/v", name, "/t", "REG_SZ", "/d", value, "/f", **quiet)


def serve_locally(prefix, harness):
    """Lets the class be made in another process: Wine has neither COM+ nor proxies of the interfaces."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    wine(prefix, "regsvr32", "/s", windows_path(harness.parent / "gnomon-vss-proxy.dll"), **quiet)
    wine(prefix, "reg", "add", rf"HKCR\CLSID\{CLASS}\LocalServer32", "/ve", "/d", f'"{windows_path(harness)}" --surrogate', "/f", **quiet)


def give_letters(prefix):
    """Gives the volumes drive letters. Wine's mount manager looks for them when it starts, so nothing may run in the prefix."""
    environment = dict(os.environ, WINEPREFIX=str(prefix))
    subprocess.run(["wineserver", "-k"], env=environment, check=False)
    subprocess.run(["wineserver", "-w"], env=environment, check=True)
    make_letters(prefix)


def make_letters(prefix):
    """The links and folders behind the letters."""
    for name, _ in operator_port.VOLUMES:
        directory = pathlib.Path(prefix) / f"volume-{name}"
        directory.mkdir(exist_ok=True)
        link = pathlib.Path(prefix) / "dosdevices" / f"{name}:"
        link.unlink(missing_ok=True)
        link.symlink_to(directory)


def judge(lines, may_be_open):
    """Counts the lines of the assertions: passed, failed, open."""
    passed = failed = left = 0
    for line in lines:
        match = re.match(r"(\d\d|E2E) (ok|FAIL|not verifiable here)(?!,)", line)
        if not match:
            continue
        number = 0 if match[1] == "E2E" else int(match[1])
        if match[2] == "FAIL":
            failed += 1
        elif "not verifiable here" in line and number not in may_be_open:
            failed += 1
            print(f"  FAILED  {line}: this may not be left open")
        elif match[2] == "ok":
            passed += 1
        else:
            left += 1
    return passed, failed, left


def show(options, command, errors):
    """Runs the harness, shows its lines as they come, and returns its code and them."""
    environment = dict(os.environ, WINEPREFIX=str(options.prefix), WINEDEBUG=EVENT_CHANNEL)
    lines = []
    # The harness bounds each assertion itself.
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        for line in process.stdout:
            lines.append(line.strip())
            print(f"  {lines[-1]}", flush=True)
    return process.returncode, lines


def run(options, work, extra):
    work.mkdir()
    volumes = work / "vss.json"
    volumes.write_text(json.dumps(configuration(options.engine), indent=1))
    if options.engine == "linux":
        engine = LinuxEngine(work, options.jars, volumes)
    else:
        engine = WindowsEngine(work, options.jars, volumes, options.prefix, options.java, options.harness)
    engine.measured = any(argument.startswith("--measure") for argument in extra)
    log = work / "harness.log"
    log.touch()
    port = operator_port.Operator(engine, options.prefix, log)
    try:
        give_letters(options.prefix)
        engine.start()
        port.prepare_volumes()
        set_up(options.prefix, options.dll, engine.settings())
        if options.activation == "local":
            serve_locally(options.prefix, options.harness)
            extra = [*extra, "--activation", "local", "--dll", windows_path(options.dll)]
        with open(log, "ab") as errors:
            return show(options, ["wine", str(options.harness), "--operator", port.endpoint, *extra], errors)
    finally:
        port.close()
        engine.resume()
        try:
            engine.stop()
        except Exception as error:  # the run is judged by what the harness said
            print(f"  the service does not stop: {error}")
            engine.kill()
        engine.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["linux", "windows"], required=True)
    parser.add_argument("--jars", type=pathlib.Path, required=True, help="folder with gnomon.jar and lib")
    parser.add_argument("--harness", type=pathlib.Path, required=True, help="gnomon-vss-conformance.exe")
    parser.add_argument("--dll", type=pathlib.Path, required=True, help="gnomon-vss.dll")
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="Wine prefix")
    parser.add_argument("--java", help="java.exe in that prefix, for --engine windows")
    parser.add_argument("--work", type=pathlib.Path, help="keep the work folder here")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--activation", choices=["inproc", "local"], default="inproc")
    options, extra = parser.parse_known_args()
    if options.long:
        extra.append("--long")
    top = options.work or pathlib.Path(tempfile.mkdtemp(prefix="gnomon-vss-"))
    top.mkdir(exist_ok=True)
    work = top / options.engine
    shutil.rmtree(work, ignore_errors=True)
    code, lines = run(options, work, extra)
    if any(argument.startswith("--measure") for argument in extra):
        return code
    passed, failed, left = judge(lines, MAY_BE_OPEN | (NOT_SEEN_THROUGH_A_PROXY if options.activation == "local" else set()))
    if passed + failed == 0 or (code != 0 and failed == 0):
        failed += 1
        print(f"  FAILED  the harness ended with code {code} and {passed} assertions; its log is {work / 'harness.log'}")
    print(f"{passed} passed, {failed} failed, {left} skipped")
    if failed == 0 and options.work is None:
        shutil.rmtree(top)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
