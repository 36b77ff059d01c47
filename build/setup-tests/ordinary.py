# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""What any installer and any JVM does to a machine, so that it is not taken for Gnomon's doing."""

import contextlib
import subprocess
import time

from windows import LIMIT_SECONDS, expect, windows_path

# Where a JVM keeps figures of itself while it runs.
FIGURES = "users/*/Temp/hsperfdata_*/*"
EMPTY = """<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Empty" Language="1033" Version="1.0.0" Manufacturer="Nobody" UpgradeCode="7f0f0f0f-0001-4f0f-8f0f-f0f0f0f0f0f0">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine"/>
    <Media Id="1" Cabinet="empty.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder"><Directory Id="INSTALLDIR" Name="Empty">
        <Component Id="Only" Guid="7f0f0f0f-0002-4f0f-8f0f-f0f0f0f0f0f0" Win64="yes"><File Id="Only" Source="only.txt" KeyPath="yes"/></Component>
      </Directory></Directory>
    </Directory>
    <Feature Id="All" Level="1"><ComponentRef Id="Only"/></Feature>
  </Product>
</Wix>
"""


def make_empty_msi(work):
    """Makes an MSI with one file and nothing else in a folder of the host."""
    (work / "empty.wxs").write_text(EMPTY)
    (work / "only.txt").write_text("only")
    subprocess.run(["wixl", "-a", "x64", "-o", "empty.msi", "empty.wxs"], cwd=work, check=True)
    return work / "empty.msi"


def install_and_remove(machine, msi):
    for what in ("/i", "/x"):
        machine.run("msiexec.exe", what, windows_path(msi), "/qn")


def run_jvm(machine, java):
    """Runs one that draws random numbers, for which Windows keeps a container of keys; its file is taken away again."""
    keys = machine.drive / "keys.p12"
    machine.run(java.replace("java.exe", "keytool.exe"), "-J-XX:-PrintWarnings", "-genseckey", "-alias", "only", "-keyalg", "AES",
                "-keysize", "128", "-keystore", "C:\\" + keys.name, "-storepass", "nothing")
    keys.unlink()


@contextlib.contextmanager
def waiting_jvm(machine, java):
    """One that waits for a password, and is killed in the end."""
    figures = set(machine.drive.glob(FIGURES))
    program = java.replace("java.exe", "keytool.exe")
    waiting = subprocess.Popen(["wine", program, "-J-XX:-PrintWarnings", "-genseckey", "-keystore", "C:\\none.p12"], env=machine.environment(),
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=machine.drive)
    deadline = time.monotonic() + LIMIT_SECONDS
    while set(machine.drive.glob(FIGURES)) <= figures:
        expect(time.monotonic() < deadline, f"no JVM has begun within {LIMIT_SECONDS} s; how it ended: {waiting.poll()}")
        time.sleep(0.05)
    yield
    # The process of Wine is that of Windows.
    waiting.kill()
    waiting.wait(LIMIT_SECONDS)
    waiting.stdin.close()


def run_service(machine):
    """Makes a service whose program has a console, as Java has, starts it, and takes it away. The program ends after seconds without having
    served: the host of its console begins by writing its defaults, and one that ends at once takes it along before."""
    machine.run("sc.exe", "create", "Only", "binPath=", "C:\\windows\\system32\\cmd.exe /c ping -n 4 127.0.0.1")
    machine.run("sc.exe", "start", "Only", expected=None)
    machine.run("sc.exe", "delete", "Only")
