# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""What an installation is: how setup is called, what must be on the machine afterwards (provider contract, section 6), which COM calls
made it."""

import json
import re
import select
import subprocess

from windows import LIMIT_SECONDS, TIMES, Ended, Failed, State, expect, windows_path

PROGRAM = "C:\\Program Files\\Gnomon"
STATE = "C:\\ProgramData\\Gnomon"
# With the optimising compiler: it alone has the processor's instructions for SHA-256, and each command sums a hundred megabytes.
JVM = ["-XX:-PrintWarnings", "-XX:TieredStopAtLevel=4", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"]
SERVICES = "HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services"
CATALOG = "HKEY_LOCAL_MACHINE\\Software\\GnomonTest\\ComPlus\\Applications"
CLASSES = "HKEY_LOCAL_MACHINE\\Software\\Classes"
PROCRUN_JAVA = "\\procrun 2.0\\gnomon\\parameters\\java"
# The state folder is the user's; it is compared where that matters.
STATE_FILES = r"^~ C:\\ProgramData\\Gnomon(\\|:)"
# The engine's name for this start of Windows, which an uninstall takes away and the next engine chooses anew.
BOOT = r'\\SOFTWARE\\Gnomon\\Boot "Id"'
CHANGING = re.compile(r"\.(Add|Remove|put_Value|SaveChanges|InstallComponent|\w+ForApplication|ShutdownApplication)$|^(Unr|R)egisterProvider$")


def texts(value):
    """The texts of a value as regedit writes it: a REG_MULTI_SZ or REG_EXPAND_SZ in hexadecimal digits, or a REG_SZ."""
    if not value.startswith("hex"):
        return [value.strip('"').replace("\\\\", "\\")]
    return [each for each in bytes(int(each, 16) for each in value.split(":", 1)[1].split(",")).decode("utf-16-le").split("\0") if each]


def identities(root):
    """The identities of the provider, from the header that they stand in."""
    text = (root / "com-shim/src/main/include/gnomon/identities.h").read_text()
    return dict(re.findall(r'#define GNOMON_VSS_(\w+) "([^"]*)"', text))


class Helper:
    """A JVM that runs commands of setup one after another (FailingSetup), from one package."""

    def __init__(self, machine, root, package):
        self.errors = open(machine.prefix.parent / "helper.log", "ab")
        class_path = windows_path(root / "installer/target/test-classes") + f";{package}\\lib\\*"
        self.process = subprocess.Popen(
            ["wine", f"{package}\\runtime\\bin\\java.exe", *JVM, "-cp", class_path, "dev.gnomon.installer.FailingSetup"],
            env=machine.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, cwd=machine.drive)

    def is_alive(self):
        return self.process.poll() is None

    def ask(self, **request):
        """Has a request answered; if that ends the JVM, the exit code is that of the JVM."""
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT_SECONDS)
        expect(ready, f"setup did not end within {LIMIT_SECONDS} s: {request}")
        line = self.process.stdout.readline()
        if not line:
            return Ended(self.process.wait(LIMIT_SECONDS), "", "")
        answer = json.loads(line)
        return Ended(answer["code"], answer["out"], answer["err"])

    def close(self):
        if self.is_alive():
            self.process.stdin.close()
            self.process.wait(LIMIT_SECONDS)
        self.process.stdout.close()
        self.errors.close()


class Setup:
    """Calls of setup on one machine."""

    def __init__(self, machine, root):
        self.machine = machine
        self.root = root
        self.ids = identities(root)
        self.name = self.ids["PROVIDER_NAME"]
        self.class_id = "{" + self.ids["CLASS_ID"].upper() + "}"
        self.provider_id = "{" + self.ids["PROVIDER_ID"].upper() + "}"
        self.log = machine.drive / "gnomon-calls.jsonl"
        self.helpers = {}
        # JVMs that are to follow those that are about to be killed.
        self.spares = {}

    @staticmethod
    def arguments(command, more):
        if command in ("install", "repair", "upgrade"):
            more = (*more, "--allow-system-volume")
        return (command, "--program-dir", PROGRAM, "--state-dir", STATE, "--output", "json", *more)

    def run(self, command, *more, package=PROGRAM, expected=0):
        """Runs a command of a package's setup as a user does: in a process of its own."""
        return self.machine.run(f"{package}\\runtime\\bin\\java.exe", *JVM, "-cp", f"{package}\\lib\\*", "dev.gnomon.installer.SetupMain",
                                *self.arguments(command, more), expected=expected)

    def ask(self, command, *more, package=PROGRAM, fail="", halt=0, expected=0):
        """Runs it in the JVM that runs one command after another; with the name of a step that is to fail, or the record of the journal
        after which the JVM is to end hard."""
        helper = self.helper(package)
        if halt and package not in self.spares:
            # It starts while the other one works.
            self.spares[package] = Helper(self.machine, self.root, package)
        with TIMES.of(f"{command}s{' until the kill' if halt else ''}"):
            ended = helper.ask(arguments=self.arguments(command, more), failStep=fail, haltAfter=halt)
        expect(expected in (None, ended.code), f"{command}: expected code {expected}, found {ended}")
        return ended

    def service(self, name):
        """A service as the service manager describes it."""
        return self.helper(PROGRAM).ask(service=name).json()

    def helper(self, package):
        """The JVM of a package, started if it does not run."""
        helper = self.helpers.get(package)
        if helper is None or not helper.is_alive():
            spare = self.spares.pop(package, None)
            self.close(package)
            with TIMES.of("waits for setup's JVM"):
                helper = self.helpers[package] = spare or Helper(self.machine, self.root, package)
                helper.ask(ready=True)
        return helper

    def journal_records(self):
        """How many records the journal of setup has."""
        return len(self.machine.file(STATE + "\\setup\\journal.jsonl").read_text().splitlines())

    def close(self, *packages):
        """Ends the JVMs of packages, or all."""
        for package in packages or [*self.helpers, *self.spares]:
            for jvms in (self.helpers, self.spares):
                helper = jvms.pop(package, None)
                if helper is not None:
                    helper.close()

    # ---- the doubles' log

    def calls_begin(self):
        self.log.unlink(missing_ok=True)
        self.machine.ask("forget", r"SOFTWARE\GnomonTest\Calls")
        self.machine.set("Log", "C:\\gnomon-calls.jsonl")

    def calls_end(self):
        """The calls since calls_begin, as the doubles logged them."""
        self.machine.set("Log", None)
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]

    def install_calls(self):
        """What an installation has to call, in order (contract 6.4), with the arguments that count."""
        put = [("Name", self.name), ("Description", None), ("ApplicationAccessChecksEnabled", "true"), ("Authentication", "6"),
               ("AuthenticationCapability", "2"), ("ImpersonationLevel", "2")]
        return ([("Applications.Add", [])] + [("Applications.Object.put_Value", list(pair)) for pair in put]
                + [("Applications.SaveChanges", []),
                   ("Catalog.CreateServiceForApplication",
                    [None, self.name, "SERVICE_DEMAND_START", "SERVICE_ERROR_NORMAL", "", ".\\localsystem", "", "false"]),
                   ("RegisterProvider", [self.provider_id, self.class_id, self.name, "2", None, None]),
                   ("Catalog.InstallComponent", [None, PROGRAM + "\\bin\\gnomon-vss.dll", "", ""]),
                   ("Roles.Add", []), ("Roles.Object.put_Value", ["Name", "Administrators"]),
                   ("Roles.Object.put_Value", ["Description", None]), ("Roles.SaveChanges", []),
                   ("UsersInRole.Add", []), ("UsersInRole.Object.put_Value", ["User", ".\\Administrators"]),
                   ("UsersInRole.Add", []), ("UsersInRole.Object.put_Value", ["User", "SYSTEM"]), ("UsersInRole.SaveChanges", [])])

    # ---- what is there

    def application(self, state):
        """The id of our application in the catalog; fails unless there is exactly one."""
        found = [path.rsplit("\\", 1)[1] for path in state.registry
                 if re.fullmatch(re.escape(CATALOG) + r"\\\{[^\\]*\}", path, re.IGNORECASE) and state.values(path).get("Name") == f'"{self.name}"']
        expect(len(found) == 1, f"expected one application '{self.name}', found {len(found)}")
        return found[0]

    def check_installed(self, state):
        """Every value of contract 6.1 to 6.7."""
        paths = {path.lower(): path for path in state.registry}

        def value(path, name=""):
            expect(path.lower() in paths, f"there is no key {path}")
            return state.values(paths[path.lower()]).get(name)

        def must(path, name, expected):
            found = value(path, name)
            expect(found == expected, f"{path}, '{name}': expected {expected}, found {found}")

        text = lambda words: '"' + words.replace("\\", "\\\\") + '"'
        number = lambda count: f"dword:{count:08x}"
        application = self.application(state)
        ours = f"{CATALOG}\\{application}"
        for name, expected in {"ApplicationAccessChecksEnabled": 1, "Authentication": 6, "AuthenticationCapability": 2, "ImpersonationLevel": 2,
                               "Activation": 1, "RunForever": 0, "ShutdownAfter": 3, "AccessChecksLevel": 1}.items():
            must(ours, name, number(expected))
        must(ours, "ServiceName", text(self.name))
        expect(len(value(ours, "Description")) > 10, "the application has no description")
        must(f"{ours}\\Components\\{self.class_id}", "DLL", text(PROGRAM + "\\bin\\gnomon-vss.dll"))
        for user in (".\\Administrators", "SYSTEM"):
            must(f"{ours}\\Roles\\Administrators\\UsersInRole\\" + user.replace("\\", "%5C"), "User", text(user))
        class_key = f"{CLASSES}\\CLSID\\{self.class_id}"
        must(class_key, "AppID", text(application))
        must(f"{class_key}\\InprocServer32", "", text(PROGRAM + "\\bin\\gnomon-vss.dll"))
        must(f"{class_key}\\InprocServer32", "ThreadingModel", text("Both"))
        must(f"{class_key}\\ProgID", "", text(self.ids["PROG_ID"]))
        expect("dllhost.exe /ProcessID:" + application in value(f"{class_key}\\LocalServer32"), "LocalServer32 does not name the application")
        provider = f"{SERVICES}\\VSS\\Providers\\{self.provider_id}"
        must(provider, "", text(self.name))
        must(provider, "Type", number(2))
        must(provider, "VersionId", text("{" + self.ids["VERSION_ID"].upper() + "}"))
        must(f"{provider}\\CLSID", "", text(self.class_id))
        # Demand start, and LocalSystem; the engine starts with Windows, and not late.
        must(f"{SERVICES}\\{self.name}", "Start", number(3))
        must(f"{SERVICES}\\{self.name}", "ObjectName", text("LocalSystem"))
        must(f"{SERVICES}\\Gnomon", "Start", number(2))
        must(f"{SERVICES}\\Gnomon", "ObjectName", text("LocalSystem"))
        expect(value(f"{SERVICES}\\Gnomon", "DelayedAutoStart") in (None, number(0)), "the engine's start is delayed")
        # The end of a user's session is none of the engine's.
        options = next((value(path, "Options") for path in paths if path.endswith(PROCRUN_JAVA)), None)
        expect(options is not None, f"there is no key that ends with {PROCRUN_JAVA}")
        expect("-Xrs" in texts(options), f"options of the service's JVM: {texts(options)}; -Xrs is not one of them")
        source = f"{SERVICES}\\EventLog\\Application\\{self.ids['EVENT_SOURCE']}"
        expect(value(source, "EventMessageFile") is not None, "the event source names no messages")
        must(source, "TypesSupported", number(7))

    def without_id(self, state):
        """The state with the application's id, which is new each time, written as a word."""
        application = self.application(state)
        swap = lambda words: re.sub(re.escape(application), "{APPLICATION}", words, flags=re.IGNORECASE)
        named = lambda words: application.lower() in words.lower()
        registry = {swap(path) if named(path) else path: swap(values) if named(values) else values for path, values in state.registry.items()}
        return State(registry, state.files, state.running)


def changing(calls):
    """The calls that change something, with their arguments."""
    return [(call["member"], call["arguments"]) for call in calls if CHANGING.search(call["member"])]


def check_calls(calls, expected):
    """Compares calls with what is expected; None stands for any argument."""
    found = changing(calls)
    for place, (member, arguments) in enumerate(expected):
        if place >= len(found):
            raise Failed(f"call {place + 1} of {len(expected)}, {member}, was not made")
        name, given = found[place]
        same = name == member and len(given) == len(arguments)
        if not same or any(want is not None and want != got for want, got in zip(arguments, given)):
            raise Failed(f"call {place + 1}: expected {member} {arguments}, found {name} {given}")
    expect(len(found) == len(expected), f"more calls than expected: {found[len(expected):]}")
