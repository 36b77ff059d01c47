# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""A Wine prefix as a Windows machine: runs programs in it, and says what is on it so that two states can be compared."""

import contextlib
import ctypes
import fcntl
import functools
import json
import os
import pathlib
import re
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
import zlib

# Longest time that one program may take; under load several times what it needs.
LIMIT_SECONDS = 240
# Files are read in pieces of this size.
PIECE_BYTES = 1 << 20
# Our doubles' settings, counters and log belong to the test.
OURS = re.compile(r"HKEY_LOCAL_MACHINE\\SOFTWARE\\GnomonTest(\\Calls)?$", re.IGNORECASE)
# What changes without Gnomon too: one regular expression a line, on the lines of State.differences.
NOISE = [line for line in (pathlib.Path(__file__).parent / "noise.txt").read_text().splitlines() if line and not line.startswith("#")]
# Which of them a run has met, each with a line that it matched.
MET = {}


# Of Linux: <linux/sched.h>, <linux/sockios.h>, <linux/if.h>.
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP_AND_RUNNING = 0x41


def own_network():
    """Gives this process, and what it starts, a loopback network of its own: the engine's port is a fixed one, and somebody on this machine may
    have it. Where that is not allowed, the one that is there does."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        print(f"  no network of its own: {os.strerror(ctypes.get_errno())}")
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_AND_RUNNING))


def windows_path(path):
    """Wine maps drive Z: to the root of the file system."""
    return "Z:" + str(path).replace("/", "\\")


class Times:
    """Where the time of a run goes, by kinds of things; told at its end, so that what becomes slow is seen."""

    def __init__(self):
        self.spent = {}

    @contextlib.contextmanager
    def of(self, what):
        began = time.monotonic()
        try:
            yield
        finally:
            count, seconds = self.spent.get(what, (0, 0))
            self.spent[what] = (count + 1, seconds + time.monotonic() - began)

    def __str__(self):
        return "; ".join(f"{count} {what} {seconds:.0f} s" for what, (count, seconds) in sorted(self.spent.items(), key=lambda each: -each[1][1]))


TIMES = Times()


class Failed(Exception):
    """A test did not see what it must see."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


class Ended:
    """How a program ended, and what it printed."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def __str__(self):
        return f"code {self.code}; printed: {self.errors() or self.out[-1500:]} {self.err[-3000:]}"

    def errors(self):
        """What is wrong by a report of setup, which lists much more; nothing if this is none."""
        try:
            return [f"{step['name']}: {step['error']}" for step in json.loads(self.out)["steps"] if step["error"]]
        except (ValueError, KeyError, TypeError):
            return []

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise Failed(f"no JSON was printed: {self}") from error


class Running:
    """A Windows program. Its output goes to files: a service that it starts would hold a pipe open."""

    def __init__(self, machine, command):
        self.command = list(map(str, command))
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen(["wine", *self.command], env=machine.environment(), stdin=subprocess.DEVNULL, stdout=self.out,
                                        stderr=self.err, cwd=machine.drive)

    def end(self, expected=0, limit=LIMIT_SECONDS):
        """Waits for its end; fails if the exit code is another than expected, unless that is None."""
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            raise Failed(f"{self.command[0]} did not end within {limit} s: {' '.join(self.command)}") from late
        ended = Ended(self.process.returncode, *(self.printed(file) for file in (self.out, self.err)))
        if expected is not None and ended.code != expected:
            raise Failed(f"{' '.join(self.command)}: expected code {expected}, found {ended}")
        return ended

    @staticmethod
    def printed(file):
        with file:
            file.seek(0)
            return file.read().decode(errors="replace").replace("\r\n", "\n")


class Machine:
    """One prefix. While it is open a program of it runs, which answers what is asked often (gnomon-machine.exe): starting one for each question
    would take longer than the answer. It also keeps Wine's service manager, which ends with the last program; whoever starts at that moment
    would see two of them."""

    def __init__(self, prefix, program):
        self.prefix = pathlib.Path(prefix).resolve()
        self.drive = self.prefix / "drive_c"
        self.program = program
        # Not on drive C:, for it is looked at.
        self.look = self.prefix.parent / "look.reg"
        self.resident = None
        # Checksums by what shows that a file was written: reading all of Windows for each look would take longer than what is looked for.
        self.sums = {}

    def __enter__(self):
        self.resident = subprocess.Popen(["wine", str(self.program)], env=self.environment(), stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.drive, start_new_session=True)
        self.ask("unset", "Log")
        return self

    def __exit__(self, *_):
        self.resident.stdin.close()
        self.resident.wait(LIMIT_SECONDS)
        for what in ("-k", "-w"):
            subprocess.run(["wineserver", what], env=self.environment(), check=False)
        self.look.unlink(missing_ok=True)

    def ask(self, *words):
        """Has the resident program do what its source says (installer/src/test/cpp/machine)."""
        self.resident.stdin.write(("\t".join(words) + "\n").encode())
        self.resident.stdin.flush()
        ready, _, _ = select.select([self.resident.stdout], [], [], LIMIT_SECONDS)
        answer = self.resident.stdout.readline().decode(errors="replace").strip() if ready else f"none within {LIMIT_SECONDS} s"
        expect(answer == "ok", f"the program that stays in the prefix was asked: {' '.join(words)}; its answer: {answer or 'it has ended'}")

    def environment(self, **more):
        return dict(os.environ, WINEPREFIX=str(self.prefix), WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree,mshtml=", **more)

    def file(self, windows):
        """The file behind a path on drive C:."""
        return self.drive / windows[3:].replace("\\", "/")

    def start(self, *command):
        """Starts a Windows program."""
        return Running(self, command)

    def run(self, *command, expected=0, limit=LIMIT_SECONDS):
        """Runs a Windows program to its end."""
        with TIMES.of("programs"):
            return self.start(*command).end(expected, limit)

    # ---- what is on the machine

    def state(self):
        """What is there: in the registry (all of HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER), on drive C:, and which services run."""
        with TIMES.of("looks at the registry"):
            self.ask("look", windows_path(self.look))
            keys = blocks(self.look.read_text(encoding="utf-8"))
        running = keys.pop("services")
        with TIMES.of("looks at the files"):
            return State(keys, self.files(), dict.fromkeys(values_of(running), "running"))

    def files(self):
        """Every file and folder on drive C:, with size and checksum."""
        found = {}
        for folder, folders, names in os.walk(self.drive):
            relative = os.path.relpath(folder, self.drive)
            for name in folders:
                found[os.path.normpath(os.path.join(relative, name))] = "folder"
            for name in names:
                try:
                    found[os.path.normpath(os.path.join(relative, name))] = self.describe(os.path.join(folder, name))
                except FileNotFoundError:
                    pass  # it was somebody's for a moment
        return found

    def describe(self, path):
        """Size and checksum, or where a link leads."""
        facts = os.lstat(path)
        if os.path.islink(path):
            return f"link to {os.readlink(path)}"
        key = (path, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
        if key not in self.sums:
            with open(path, "rb") as file:
                self.sums[key] = functools.reduce(lambda total, piece: zlib.crc32(piece, total), iter(lambda: file.read(PIECE_BYTES), b""), 0)
        return f"{facts.st_size} {self.sums[key]}"

    # ---- values

    def set(self, name, value):
        """Sets one of the doubles' settings, or takes it away."""
        self.ask("unset", name) if value is None else self.ask("set", name, value)

    def delete_key(self, path):
        """Deletes a key of HKEY_LOCAL_MACHINE, which has to be there, with all that is in it."""
        self.ask("delete", path.removeprefix("HKEY_LOCAL_MACHINE\\"))

    def process(self, program):
        """The id of a running Windows program of this machine on the host, or None."""
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace").lower()
                mine = f"WINEPREFIX={self.prefix}\0".encode() in (entry / "environ").read_bytes()
            except OSError:
                continue
            if mine and program.lower() in command.split("\0")[0]:
                return int(entry.name)
        return None

    def kill(self, program):
        pid = self.process(program)
        expect(pid is not None, f"{program} does not run")
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while pathlib.Path(f"/proc/{pid}").exists():
            expect(time.monotonic() < deadline, f"{program} does not die")
            time.sleep(0.05)


def is_noise(line):
    """Whether a line of a difference stands in noise.txt; notes what it was met for."""
    listed = [each for each in NOISE if re.search(each, line, re.IGNORECASE)]
    for each in listed:
        MET.setdefault(each, line)
    return bool(listed)


def tell():
    """Prints where the time went, and what of noise.txt a run has met."""
    print(f"  {TIMES}")
    print(f"  met of noise.txt: {len(MET)} of {len(NOISE)}; not met: {', '.join(each for each in NOISE if each not in MET) or 'none'}")


def blocks(text):
    """The lines of each key of an export by the key's path: what is equal need not be taken apart."""
    found = {}
    for block in text[1:].split("\n["):
        path, _, lines = (block + "\n").partition("]\n")
        found[path] = lines.rstrip("\n")
    return found


def values_of(block):
    """The values of a key by their names."""
    return dict(split_value(line) for line in block.splitlines())


def split_value(line):
    if line.startswith("@="):
        return "", line[2:]
    match = re.match(r'"((?:[^"\\]|\\.)*)"=(.*)', line, re.DOTALL)
    return (match[1], match[2]) if match else (line, "")


class State:
    """What was on a machine at one moment. Keys of the registry are the lines of their values, until somebody asks for those."""

    def __init__(self, registry, files, running):
        self.registry = registry
        self.files = files
        self.running = running

    def values(self, path):
        """The values of a key by their names; none if there is no such key."""
        return values_of(self.registry.get(path, ""))

    def differences(self, before, ignored=()):
        """What differs from an earlier state, one line each, but for noise and lines that one of the expressions matches."""
        with TIMES.of("comparisons"):
            return [line for line in self.unlike(before) if not is_noise(line) and not any(re.search(each, line, re.IGNORECASE) for each in ignored)]

    def unlike(self, before):
        """What differs, one line each."""
        lines = []
        for path in sorted(self.registry.keys() | before.registry.keys()):
            if OURS.match(path):
                continue
            if self.registry.get(path) == before.registry.get(path):
                continue
            if path not in self.registry or path not in before.registry:
                lines.append(f"{'+' if path in self.registry else '-'} {path}")
            old, new = before.values(path), self.values(path)
            for name in sorted(old.keys() | new.keys()):
                if old.get(name) != new.get(name):
                    lines.append(f"~ {path} \"{name}\": {old.get(name)} -> {new.get(name)}")
        for path in sorted(self.files.keys() | before.files.keys()):
            old, new = before.files.get(path), self.files.get(path)
            if old != new:
                lines.append(f"~ C:\\{path}: {old} -> {new}".replace("/", "\\"))
        for name in sorted(self.running.keys() ^ before.running.keys()):
            lines.append(f"~ service {name}: {before.running.get(name)} -> {self.running.get(name)}")
        return lines
