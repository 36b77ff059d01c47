# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""What goes on around the service: file systems on volumes and copies, traces, slow storage, load."""

import hashlib
import os
import pathlib
import re
import signal
import subprocess
import time

QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
WAIT_SECONDS = 20


def wait_for(what, condition):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {WAIT_SECONDS} s")
        time.sleep(0.02)


def processor_ticks():
    """What all processors together did since the machine was started, in ticks."""
    names = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
    values = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    return dict(zip(names, map(int, values), strict=True))


class Mounted:
    """NTFS on an export: nbdfuse makes a file of it, ntfs-3g mounts the file."""

    def __init__(self, work, name, uri, read_only=False, make=False):
        self.file = pathlib.Path(work) / f"{name}.nbd"
        self.directory = pathlib.Path(work) / f"{name}.mnt"
        self.file.touch()
        self.directory.mkdir(exist_ok=True)
        size = self.file.stat().st_size
        self.fuse = subprocess.Popen(["nbdfuse", *(["-r"] if read_only else []), str(self.file), uri], **QUIET)
        try:
            wait_for(f"nbdfuse of {uri}", lambda: self.file.stat().st_size > size or self._ended())
            if make:
                subprocess.run(["mkntfs", "--fast", "--force", "--quiet", str(self.file)], check=True, **QUIET)
            options = "ro,norecover" if read_only else "rw"
            subprocess.run(["ntfs-3g", "-o", options, str(self.file), str(self.directory)], check=True, **QUIET)
        except BaseException:
            self.close()
            raise

    def _ended(self):
        if self.fuse.poll() is not None:
            raise RuntimeError(f"nbdfuse ended with code {self.fuse.returncode}")
        return False

    def close(self):
        """Unmounts both; each stays busy for a moment after its user is gone."""
        wait_for("unmounting", lambda: self._unmounted(self.directory))
        wait_for("the end of nbdfuse", lambda: self.fuse.poll() is not None or self._unmounted(self.file) and False)

    @staticmethod
    def _unmounted(path):
        subprocess.run(["umount", str(path)], check=False, **QUIET)
        return not os.path.ismount(path)


def make_tree(root):
    """Writes files of many sizes, one of them at a deep place and one with letters beyond ASCII; returns the manifest."""
    lines, total = [], 0
    names = ["empty.txt", "one.bin", "small/a.txt", "small/b.txt", "small/Grüße.txt", "large/four-mebibytes.bin",
             "deep/a/b/c/d/e/file.bin", "many/0.bin", "many/1.bin", "many/2.bin", "many/3.bin", "read me.txt"]
    for number, name in enumerate(names):
        size = [0, 1, 100, 4095, 4096, 4 << 20, 70000, 1 << 16, 511, 512, 513, 12345][number]
        data = hashlib.shake_128(name.encode()).digest(size)
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {name}")
        total += size
    return lines, total


def change_tree(root):
    """Overwrites, removes and adds, so that a copy that is not one shows."""
    root = pathlib.Path(root)
    (root / "large/four-mebibytes.bin").write_bytes(b"changed" * 500000)
    (root / "small/a.txt").unlink()
    (root / "added later.txt").write_text("not in the copy")
    (root / "read me.txt").write_text("changed")


class Strace:
    """Attached to all threads of a process."""

    def __init__(self, pid, output, arguments):
        self.output = pathlib.Path(output)
        self.output.write_bytes(b"")
        self.process = subprocess.Popen(["strace", "-f", "-o", str(self.output), *arguments, "-p", str(pid)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # It says so when it has all threads.
        line = self.process.stderr.readline()
        if "attached" not in line:
            raise RuntimeError(f"strace: {line.strip()}")
        time.sleep(0.2)

    def close(self):
        self.process.send_signal(signal.SIGINT)
        self.process.stderr.read()
        self.process.wait(WAIT_SECONDS)


# What may block on a held volume: whatever opens, creates, renames, deletes, writes or forces a file.
WATCHED = ("open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,sync,sync_file_range,"
           "ftruncate,truncate,fallocate,write,writev,pwrite64,pwritev,pwritev2,msync,execve")
ON_FILES = frozenset(WATCHED.split(","))
ALLOWED_TARGET = re.compile(r"<(socket:|pipe:|anon_inode:|TCP|UNIX|/dev/null)")
EPOCH_1601_SECONDS = 11644473600


def calls_between(text, begin_filetime, end_filetime):
    """Returns the watched calls on files within the time, and how many there were of any kind."""
    found, every = [], 0
    for line in text.splitlines():
        match = re.match(r"\d+ +(\d+\.\d+) (\w+)\((.*)", line)
        if not match:
            continue
        at = (float(match[1]) + EPOCH_1601_SECONDS) * 10_000_000
        if not begin_filetime <= at <= end_filetime:
            continue
        every += 1
        name, rest = match[2], match[3]
        if name not in ON_FILES or ALLOWED_TARGET.search(rest.split(",")[0]):
            continue
        found.append(f"{name}({rest[:80]}")
    return found, every
