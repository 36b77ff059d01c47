# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Windows Installer as the tests use it: msiexec with its whole exit code, and a package that stands for the next version."""

import re
import shutil
import subprocess

from windows import expect, windows_path

LIMIT_SECONDS = 300
# What becomes of a custom action that fails: ERROR_INSTALL_FAILURE on Windows, ERROR_FUNCTION_FAILED under Wine.
REFUSED = (1603, 1627)
# What Windows Installer itself knows of a product. Wine rolls actions back that never ran, and so forgets one that could not be removed.
KNOWN_PRODUCT = r"\\CurrentVersion\\Uninstall\\\{|\\Installer\\(Products|UpgradeCodes|UserData)\\|\\Installer\\[0-9a-f]+\.msi:"
# The exit code of a Windows program has more bits than Linux passes on.
SCRIPT = "@start /wait msiexec.exe %*\r\n@echo %errorlevel%\r\n@exit /b 0\r\n"
# The version and the identities of the package that stands for the next one.
NEXT = {"ProductVersion": "99.0.0", "ProductCode": "{7F0F0F0F-0003-4F0F-8F0F-F0F0F0F0F0F0}"}
NEXT_PACKAGE = "{7F0F0F0F-0004-4F0F-8F0F-F0F0F0F0F0F0}"


def run(machine, work, what, msi, *properties, expected=(0,)):
    """Runs msiexec without a window; fails unless it ends with one of the codes that are expected."""
    script = work / "msiexec.cmd"
    script.write_text(SCRIPT, newline="")
    command = [what, windows_path(msi), "/qn", *properties]
    ended = machine.run("cmd.exe", "/c", windows_path(script), *command, limit=LIMIT_SECONDS)
    code = int(ended.out.split()[-1])
    expect(code in expected, f"msiexec {' '.join(command)}: expected code {' or '.join(map(str, expected))}, found {code}")


def make_next(work, msi):
    """Makes a package of the same files under a higher number: for Windows Installer the next version of the product."""
    made = work / "next.msi"
    shutil.copy(msi, made)
    properties, upgrades = (subprocess.run(["msiinfo", "export", str(made), name], check=True, capture_output=True).stdout.decode()
                            for name in ("Property", "Upgrade"))
    version = re.search(r"^ProductVersion\t([^\r\n]*)", properties, re.MULTILINE)[1]
    for name, value in NEXT.items():
        properties = re.sub(rf"^{name}\t[^\r\n]*", f"{name}\t{value}", properties, flags=re.MULTILINE)
    tables = []
    for name, text in {"Property": properties, "Upgrade": upgrades.replace(f"\t{version}\t", f"\t{NEXT['ProductVersion']}\t")}.items():
        (work / f"{name}.idt").write_text(text, newline="")
        tables += ["-i", str(work / f"{name}.idt")]
    subprocess.run(["msibuild", str(made), *tables], check=True)
    subprocess.run(["msibuild", str(made), "-s", "Gnomon", "The Gnomon Authors", "x64;1033", NEXT_PACKAGE], check=True)
    return made
