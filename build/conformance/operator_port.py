# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Does for the conformance harness what a VSS host cannot: stops and kills the service, adds faults, counts what is held.

One connection, one line each way: "verb key=value ..." and "ok key=value ..." or "error text"; values are percent-encoded.
VERBS below is the list; each function says what it does.
"""

import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import outside
from control import ControlError

# As many segments of a set as VSS allows, each as small as a volume may be.
MANY = 64
VOLUME_BYTES = 64 << 20
SMALL_BYTES = 1 << 20
BUSY_SECONDS = 20
# The smallest limit of a diff area leaves about 200 MiB.
MOST_FILLERS = 20

# Refused so often in a row, with a try to fill it in between, it is full.
REFUSALS = 3

# What Wine calls the volume of a drive letter: the letter is the last byte.
VOLUMES = [("v", 0x56), ("w", 0x57), ("u", 0x55)]
FOREIGN = "\\\\?\\Volume{00000000-0000-0000-0000-000000000043}\\"
STORE = "\\\\?\\Volume{00000000-0000-0000-0000-00000000005a}\\"
DEVICE = "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy{n}"

# Faults of the service, by the word that the assertions use.
SERVICE_FAULTS = {"engine-wrong": "garble", "engine-silent": "mute", "engine-late": "stall"}


def guid_path(last):
    return f"\\\\?\\Volume{{00000000-0000-0000-0000-0000000000{last:02x}}}\\"


def many_guid(index):
    return f"\\\\?\\Volume{{40000000-0000-0000-0000-0000000000{index:02x}}}\\"


def folder(name):
    return f"C:\\mount\\{name}\\"


class Operator:
    """Answers the harness. All verbs run on one thread."""

    def __init__(self, engine, prefix, harness_log):
        self.engine = engine
        self.prefix = pathlib.Path(prefix)
        self.harness_log = pathlib.Path(harness_log)
        self.mounted = None
        self.strace = None
        self.load = None
        self.limited = False
        self.held_copies = []
        self.traced = 0
        self.machine = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def prepare_volumes(self):
        for name, _ in VOLUMES:
            self.engine.control.ask("volume.create", name=name, sizeBytes=VOLUME_BYTES)
        for index in range(MANY):
            self.engine.control.ask("volume.create", name=f"m{index:02}", sizeBytes=SMALL_BYTES)

    # ---- the line protocol

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                words = line.decode().split()
                arguments = {key: urllib.parse.unquote(value) for key, value in (word.split("=", 1) for word in words[1:])}
                try:
                    answer = VERBS[words[0]](self, **arguments) or {}
                    text = "ok" + "".join(f" {key}={urllib.parse.quote(str(value), safe='')}" for key, value in answer.items())
                except Exception as error:  # whatever it is, the assertion that asked is told
                    text = "error " + urllib.parse.quote(f"{type(error).__name__}: {error}", safe=" ")
                stream.write((text + "\n").encode())
                stream.flush()

    # ---- verbs: the service

    def describe(self):
        """Names the volumes and where their data are served."""
        values = {"nbd.address": "127.0.0.1", "nbd.port": self.engine.port, "foreign": FOREIGN, "storeVolume": STORE, "table": "yes"}
        for index, (name, last) in enumerate(VOLUMES):
            values |= {f"volume{index}.guid": guid_path(last), f"volume{index}.drive": f"{name.upper()}:\\",
                       f"volume{index}.folder": folder(name), f"volume{index}.export": name}
        for index in range(MANY):
            values |= {f"many{index}.guid": many_guid(index), f"many{index}.export": f"m{index:02}"}
        return values

    def ready(self):
        """Brings everything back to where an assertion begins."""
        self.trace_off()
        self.unsurface()
        self.load_end()
        self.engine.resume()
        self.engine.start()
        self.fault_clear()
        self.space_restore()
        for snapshot in self.held_copies:
            self._release_quietly(snapshot)
        self.held_copies = []

    def start(self, boot=""):
        """Starts the service; with boot=new as after a new start of the system."""
        self.engine.start(new_boot=boot == "new")

    def stop(self):
        """Stops it in good order."""
        self.engine.stop()

    def kill(self):
        """Ends it by SIGKILL."""
        self.engine.kill()

    def suspend(self):
        """Lets it hang."""
        self.engine.suspend()

    def resume(self):
        """Lets it go on."""
        self.engine.resume()

    def held(self, set=""):  # the name of the argument is that of the line protocol
        """Counts what the engine holds: copies, sets, bytes of the diff area, and the copies of one set."""
        copies = self.engine.control.ask("copy.list")["copies"]
        area = self.engine.control.ask("diff-area.show")["diffArea"]
        return {"copies": len(copies), "sets": len({copy["setId"] for copy in copies}), "usedBytes": area["usedBytes"],
                "copiesOfSet": sum(copy["setId"] == set for copy in copies)}

    def process(self, collect="no"):
        """What the service's process holds; with collect=yes what its heap holds after a collection, where that can be asked."""
        heap = {"heapMiB": self.engine.heap_mib()} if collect == "yes" else {}
        base = pathlib.Path("/proc") / str(self.engine.pid())
        resident = [line for line in (base / "status").read_text().splitlines() if line.startswith("VmRSS")]
        return {"descriptors": len(list((base / "fd").iterdir())), "threads": len(list((base / "task").iterdir())),
                "residentMiB": int(resident[0].split()[1]) // 1024} | heap

    # ---- verbs: where the time of a commit goes

    def commit_time(self, set):  # the name of the argument is that of the line protocol
        """How long CommitSnapshots of that set took in the service, by its own trace."""
        calls = self.engine.control.ask("trace.list", afterSequence=self.traced)["calls"]
        self.traced = max([call["sequence"] for call in calls], default=self.traced)
        found = [call["durationNanos"] for call in calls
                 if call["call"] == "CommitSnapshots" and call["arguments"]["setId"].lower() == set.lower()]
        return {"millis": found[0] / 1e6 if found else -1}

    def machine_begin(self):
        """From now on."""
        self.machine = (outside.processor_ticks(), time.time() * 1000)

    def machine_end(self):
        """What the processors and the JVM did since."""
        before, since = self.machine
        now = outside.processor_ticks()
        ticks = {key: now[key] - before[key] for key in now}
        whole = max(1, sum(ticks.values()))
        pauses = [pause[1] for pause in self.engine.pauses() if pause[0] >= since]
        return {"busy": round(100 * (whole - ticks["idle"] - ticks["iowait"]) / whole), "stolen": round(100 * ticks["steal"] / whole, 1),
                "pauses": len(pauses), "pausedMillis": round(sum(pauses), 1), "longestMillis": round(max(pauses, default=0), 1)}

    def pauses(self, **times):
        """For how long all threads of the service's JVM stood still within some time, in milliseconds since 1970."""
        begin, end = int(times["from"]), int(times["to"])
        still = [min(end, at) - max(begin, at - millis) for at, millis in self.engine.pauses() if at >= begin and at - millis <= end]
        return {"millis": round(sum(part for part in still if part > 0), 2)}

    # ---- verbs: faults

    def fault_add(self, call, action, times="1", volume=""):
        """`gnomon fault add`."""
        extra = {"volume": volume} if volume else {}
        self.engine.control.ask("fault.add", call=call, action=action, times=int(times), **extra)

    def engine_fault(self, kind, call="any", times="1"):
        """A fault of the service itself."""
        word, _, value = kind.partition("=")
        self.fault_add(call, SERVICE_FAULTS[word] + (f"={value}" if value else ""), times)

    def fault_clear(self):
        """Ends all faults."""
        self.trace_off()
        try:
            self.engine.control.ask("fault.clear")
        except ControlError as error:
            if error.kind != "NOT_FOUND":
                raise

    def slow_storage(self, millis):
        """Each force of a file takes that much longer."""
        self.trace_off()
        micros = int(millis) * 1000
        self.strace = outside.Strace(self.engine.pid(), self.engine.work / "slow.strace",
                                     ["-e", "trace=fsync,fdatasync", "-e", f"inject=fsync,fdatasync:delay_enter={micros}"])

    def space_exhaust(self):
        """Fills the diff area with copies of the last volume, and forbids to make room by deleting them."""
        self._when_full("refuse")
        self.limited = True
        area = self.engine.control.ask("diff-area.show")["diffArea"]
        self.engine.control.ask("diff-area.resize", limitBytes=area["leastBytes"])
        refused = 0
        for number in range(1, MOST_FILLERS):
            written = subprocess.run(["qemu-io", "-f", "raw", "-c", f"write -q -P {number} 0 {VOLUME_BYTES}", self._uri(VOLUMES[-1][0])],
                                     check=False, **outside.QUIET)
            try:
                if written.returncode == 0:
                    self.engine.control.ask("set.create", volumes=[VOLUMES[-1][0]], name=f"filler{number}")
                self.engine.control.ask("set.create", volumes=[VOLUMES[0][0]], name=f"filler-try{number}")
            except ControlError as error:
                if error.kind != "DIFF_AREA_FULL":
                    raise
                # What copies of earlier assertions left may just have come back: then it is filled, too.
                refused += 1
                if refused == REFUSALS:
                    return
            else:
                refused = 0
                self.engine.control.ask("set.delete", set=f"filler-try{number}")
        raise RuntimeError(f"the diff area is not full after {MOST_FILLERS} times {VOLUME_BYTES} bytes")

    def space_restore(self):
        """Gives it room again."""
        if self.limited:
            self.limited = False
            for each in self.engine.control.ask("set.list")["sets"]:
                if each["name"].startswith("filler"):
                    self.engine.control.ask("set.delete", set=each["id"])
            self.engine.control.ask("diff-area.resize", limitBytes=0)
            self._when_full("")

    def _when_full(self, policy):
        for name, _ in VOLUMES:
            self.engine.control.ask("volume.set", name=name, properties={"when-full": policy})

    def hold(self, snapshot):
        """`gnomon copy hold`: the copy cannot be deleted."""
        self.engine.control.ask("copy.hold", copy=snapshot)
        self.held_copies.append(snapshot)

    def release(self, snapshot):
        """`gnomon copy release`."""
        self.engine.control.ask("copy.release", copy=snapshot)
        self.held_copies.remove(snapshot)

    def _release_quietly(self, snapshot):
        try:
            self.engine.control.ask("copy.release", copy=snapshot)
        except ControlError:
            pass  # it is gone

    def revert_slow(self, volume):
        """A revert that begins now goes on until revert.fast."""
        self.slow_writes()

    def revert_fast(self, volume):
        """Lets it end."""
        self.trace_off()

    def slow_writes(self):
        self.trace_off()
        self.strace = outside.Strace(self.engine.pid(), self.engine.work / "slow.strace",
                                     ["-e", "trace=pwrite64,pwritev", "-e", "inject=pwrite64,pwritev:delay_enter=20000"])

    # ---- verbs: what is seen

    def export(self, snapshot):
        """Names the exports of a copy: copy, writable (empty if it cannot be written), disk (as a host gets it)."""
        copy = self.engine.control.ask("copy.show", copy=snapshot)["copy"]
        name = copy["exportName"]
        writable = name + "+rw" if copy["overlay"]["state"] == "OPEN" else ""
        return {"copy": name, "writable": writable, "disk": writable or name}

    def events(self):
        """Counts the events that the provider wrote; under Wine they appear on its standard error."""
        lines = [line for line in self.harness_log.read_text(errors="replace").splitlines() if "eventlog" in line]
        return {"count": len(lines), "last": lines[-1] if lines else ""}

    def trace_begin(self):
        """Watches the system calls of the service."""
        self.trace_off()
        self.strace = outside.Strace(self.engine.pid(), self.engine.work / "commit.strace",
                                     ["-ttt", "-y", "-e", f"trace={outside.WATCHED},recvfrom,recvmsg,read,poll,futex"])

    def trace_end(self, **times):
        """Says what it called between two FILETIMEs, other than on sockets and pipes."""
        trace = self.strace
        self.trace_off()
        calls, every = outside.calls_between(trace.output.read_text(errors="replace"), int(times["from"]), int(times["to"]))
        return {"calls": " ".join(calls) or "none", "all": every}

    def trace_off(self):
        """Ends whatever is attached."""
        if self.strace is not None:
            trace, self.strace = self.strace, None
            trace.close()

    # ---- verbs: data

    def _uri(self, name):
        return f"nbd://127.0.0.1:{self.engine.port}/{urllib.parse.quote(name)}"

    def tree_make(self, volume):
        """Makes NTFS on a volume, as a Linux client over NBD, with files on it; returns their hashes."""
        mounted = outside.Mounted(self.engine.work, "live", self._uri(volume), make=True)
        try:
            lines, total = outside.make_tree(mounted.directory)
        finally:
            mounted.close()
        return {"manifest": "\n".join(lines), "files": len(lines), "bytes": total}

    def tree_change(self, volume):
        """Overwrites and removes some of them."""
        mounted = outside.Mounted(self.engine.work, "live", self._uri(volume))
        try:
            outside.change_tree(mounted.directory)
        finally:
            mounted.close()

    def surface(self, snapshot, device):
        """Puts a copy behind its device name."""
        self.unsurface()
        self.mounted = outside.Mounted(self.engine.work, "copy", self._uri(self.export(snapshot)["copy"]), read_only=True)
        link = self.prefix / "dosdevices" / "globalroot" / "Device" / device.rsplit("\\", 1)[1]
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(self.mounted.directory)
        self.link = link

    def unsurface(self):
        """Takes it away."""
        if self.mounted is not None:
            mounted, self.mounted = self.mounted, None
            self.link.unlink(missing_ok=True)
            mounted.close()

    def load_begin(self, volumes):
        """Writes to that many of the small volumes until load.end: one fio, a thread each. As a process each, fio measures how well it
        can sleep while the others start, finds that it cannot, and spins for its rate on the processors that are measured."""
        command = ["fio", "--name=global", "--thread", "--ioengine=nbd", "--rw=randwrite", "--bs=4k", "--iodepth=4", "--size=1m",
                   "--time_based", "--runtime=3600", "--rate_iops=200", "--output-format=terse"]
        for index in range(int(volumes)):
            command += [f"--name=m{index:02}", f"--uri={self._uri(f'm{index:02}')}"]
        self.load = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(1)
        if self.load.poll() is not None:
            raise RuntimeError("fio ended at once")

    def load_end(self):
        """Ends the load and says what was written."""
        load, self.load = self.load, None
        if load is None:
            return {"text": "no load"}
        load.send_signal(signal.SIGINT)
        jobs = [line.split(";") for line in load.communicate(timeout=BUSY_SECONDS)[0].splitlines() if line.startswith("3;")]
        total = sum(int(job[48]) for job in jobs)
        return {"text": f"{len(jobs)} clients, {total} writes of 4 KiB a second together"}

    def close(self):
        self.trace_off()
        self.unsurface()
        if self.load is not None:
            self.load.kill()


VERBS = {
    "describe": Operator.describe, "ready": Operator.ready, "held": Operator.held, "process": Operator.process,
    "commit.time": Operator.commit_time, "machine.begin": Operator.machine_begin, "machine.end": Operator.machine_end,
    "pauses": Operator.pauses,
    "engine.start": Operator.start, "engine.stop": Operator.stop, "engine.kill": Operator.kill,
    "engine.suspend": Operator.suspend, "engine.resume": Operator.resume,
    "fault.add": Operator.fault_add, "fault.clear": Operator.fault_clear, "engine.fault": Operator.engine_fault,
    "slow.storage": Operator.slow_storage,
    "space.exhaust": Operator.space_exhaust, "space.restore": Operator.space_restore,
    "hold": Operator.hold, "release": Operator.release, "revert.slow": Operator.revert_slow, "revert.fast": Operator.revert_fast,
    "export": Operator.export, "events": Operator.events, "trace.begin": Operator.trace_begin, "trace.end": Operator.trace_end,
    "tree.make": Operator.tree_make, "tree.change": Operator.tree_change, "surface": Operator.surface, "unsurface": Operator.unsurface,
    "load.begin": Operator.load_begin, "load.end": Operator.load_end,
}
