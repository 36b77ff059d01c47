# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""The service under test: as a Linux process with the loopback channel, or as a Windows process under Wine with the named pipe."""

import hashlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from control import Control, ControlError

START_SECONDS = 90
# The service is started a dozen times and never runs for long: the optimising compiler would cost more than it saves.
QUICK = ["-XX:TieredStopAtLevel=1"]
JVM = ["--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"]
STOP_SECONDS = 60


def windows_path(path):
    """Wine maps drive Z: to the root of the file system."""
    return "Z:" + str(path).replace("/", "\\")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Engine:
    """Starts, stops, kills and suspends the service, and talks to it. One thread uses it."""

    # Whether the service is measured: then it is compiled as in life, and notes its pauses.
    measured = False

    def __init__(self, work, jars, volumes_file):
        self.work = pathlib.Path(work)
        self.jars = pathlib.Path(jars)
        self.state = self.work / "state"
        self.volumes_file = volumes_file
        self.port = free_port()
        self.process = None
        self.suspended = False
        self.control = None
        self.log = self.work / "engine.log"
        self.pause_log = self.work / "pauses.log"

    def jvm(self):
        return [*JVM, f"-Xlog:safepoint:file=\"{self.file_name(self.pause_log)}\":timemillis:filecount=0"] if self.measured else [*JVM, *QUICK]

    def pauses(self):
        """When all threads of the JVM had stood still, in milliseconds since 1970, and for how many."""
        if not self.pause_log.exists():
            return []
        lines = re.findall(r"\[(\d+)ms\].*Total: +(\d+) ns", self.pause_log.read_text(errors="replace"))
        return [(int(at), int(nanos) / 1e6) for at, nanos in lines]

    def heap_mib(self):
        """What the heap holds after a collection, in the generation where all of it is then; empty where nobody can be asked."""
        return ""

    # What differs: the command, the way to the control interface, the boot id.

    def command(self):
        raise NotImplementedError

    def file_name(self, path):
        """A file as the service names it."""
        return str(path)

    def environment(self):
        return dict(os.environ)

    def connect(self):
        raise NotImplementedError

    def boot_changed(self):
        raise NotImplementedError

    # What does not.

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self, new_boot=False):
        """Starts the service unless it runs, and waits until it answers."""
        if self.is_running():
            return
        if new_boot:
            self.boot_changed()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect()
                self.control.ask("service.status")
                return
            except (OSError, ValueError, ControlError) as error:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the service ended with code {self.process.returncode}: {self.last_lines()}") from error
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the service does not answer: {error}") from error
            time.sleep(0.05)

    def last_lines(self):
        return " | ".join(self.log.read_text(errors="replace").splitlines()[-6:])

    def stop(self):
        if not self.is_running():
            return
        self.resume()
        self.control.ask("service.stop")
        self.process.wait(STOP_SECONDS)

    def kill(self):
        """Ends it as a crash would."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.suspended = False

    def suspend(self):
        """Returns when no thread runs any more: until then an answer may still come."""
        self._signal(signal.SIGSTOP)
        self.suspended = True
        tasks = pathlib.Path("/proc") / str(self.pid()) / "task"
        deadline = time.monotonic() + STOP_SECONDS
        while any(self._state(task) != "T" for task in tasks.iterdir()):
            if time.monotonic() > deadline:
                raise RuntimeError("the service does not stop for SIGSTOP")
            time.sleep(0.005)

    @staticmethod
    def _state(task):
        try:
            return (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return "T"  # a thread that ended

    def resume(self):
        if self.suspended:
            self._signal(signal.SIGCONT)
            self.suspended = False

    def _signal(self, number):
        os.kill(self.pid(), number)

    def pid(self):
        return self.process.pid

    def close(self):
        """Lets go of what is not the service itself."""


class LinuxEngine(Engine):
    """The service as a Linux process. A new boot is a namespace of mounts with another boot id."""

    boot_id = None

    def command(self):
        java = [str(pathlib.Path(os.environ["JAVA_HOME"]) / "bin" / "java"), *self.jvm(), "-cp",
                str(self.jars / "gnomon.jar"), "dev.gnomon.app.Main", "service", "run", "--state", str(self.state),
                "--nbd", f"127.0.0.1:{self.port}", "--vss", str(self.volumes_file)]
        if self.boot_id is None:
            return java
        return ["unshare", "--mount", "sh", "-c",
                'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', str(self.boot_id), *java]

    def connect(self):
        if self.control is None:
            self.control = Control.unix(self.state / "control.sock")

    def heap_mib(self):
        jcmd = [str(pathlib.Path(os.environ["JAVA_HOME"]) / "bin" / "jcmd"), str(self.pid())]
        subprocess.run([*jcmd, "GC.run"], check=True, stdout=subprocess.DEVNULL, timeout=START_SECONDS)
        info = subprocess.run([*jcmd, "GC.heap_info"], check=True, capture_output=True, text=True, timeout=START_SECONDS).stdout
        # The other generation has what was allocated since: everything that lives was moved here.
        return round(int(re.search(r"^Tenured +total \d+K, used (\d+)K", info, re.MULTILINE)[1]) / 1024, 1)

    def boot_changed(self):
        self.boot_id = self.work / "boot_id"
        self.boot_id.write_text(f"{os.urandom(4).hex()}-0000-4000-8000-{os.urandom(6).hex()}\n")

    def settings(self):
        """Registry values under HKLM\\SOFTWARE\\Gnomon\\Vss that lead the shim here."""
        return {"Channel": "tcp", "ChannelFile": windows_path(self.state / "vss-channel.json")}


class WindowsEngine(Engine):
    """The service as a Windows process under Wine. The control pipe is reached through the bridge of the harness."""

    def __init__(self, work, jars, volumes_file, prefix, java, harness):
        super().__init__(work, jars, volumes_file)
        self.prefix = prefix
        self.java = java
        self.harness = harness
        self.bridge = None
        self.bridge_log = self.work / "bridge.log"

    def environment(self):
        return dict(os.environ, WINEPREFIX=str(self.prefix), WINEDEBUG="-all")

    def command(self):
        return ["wine", self.java, "-XX:-PrintWarnings", *self.jvm(), "-cp",
                windows_path(self.jars / "gnomon.jar"), "dev.gnomon.app.Main", "service", "run", "--state", windows_path(self.state),
                "--nbd", f"127.0.0.1:{self.port}", "--vss", windows_path(self.volumes_file)]

    def file_name(self, path):
        return windows_path(path)

    def state_name(self):
        """The state directory as the service names it; the name of the control pipe comes from it."""
        return self.file_name(self.state)

    def connect(self):
        if self.bridge is None or self.bridge.poll() is not None:
            name = hashlib.sha256(self.state_name().lower().encode()).digest()[:8].hex()
            with open(self.bridge_log, "ab") as log:
                self.bridge = subprocess.Popen(["wine", str(self.harness), "--bridge", f"Gnomon.Control.{name}"], env=self.environment(),
                                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
            line = self.bridge.stdout.readline().split()
            if len(line) != 2:
                raise RuntimeError(f"the bridge to the control pipe does not start; {self.said_by_bridge()}")
            self.control = Control.tcp(int(line[1]))

    def said_by_bridge(self):
        """What the bridge said last: the client of a pipe that cannot be opened sees no more than a reset connection."""
        lines = self.bridge_log.read_text(errors="replace").splitlines() if self.bridge_log.exists() else []
        return lines[-1] if lines else "the bridge says nothing"

    def boot_changed(self):
        subprocess.run(["wine", "reg", "delete", r"HKLM\SOFTWARE\Gnomon\Boot", "/f"], env=self.environment(),
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def settings(self):
        return {"Channel": "pipe"}

    def close(self):
        if self.bridge is not None:
            self.bridge.kill()
            self.bridge.wait()
