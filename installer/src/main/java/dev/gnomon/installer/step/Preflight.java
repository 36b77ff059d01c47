/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.app.HeldPlaces;
import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Guard;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;
import dev.gnomon.installer.port.ComPlusCatalog;
import dev.gnomon.installer.port.Engine;
import dev.gnomon.installer.port.Machine;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.port.VssAdmin;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What must hold before anything is changed. Each condition is looked at by itself, so that everything in the way is told at once. */
final class Preflight {
    /** Windows 10 1607 and Server 2016: the oldest that Microsoft still serves and the JVM runs on. */
    private static final int OLDEST_BUILD = 14_393;

    private static final String VSS_SERVICE = "VSS";
    /** Program, logs and a first segment of the diff area. */
    private static final long SPACE_BYTES = 1L << 30;

    private static final int NBD_PORT = 10_809;
    /** Start of a JVM, opening the store and the listeners; measured, with a margin. */
    private static final long RESTART_MS = 10_000;
    /** What a slow disk writes in a millisecond. */
    private static final long SETTLE_BYTES_PER_MS = 20_000;

    private static final long INTERRUPTION_LIMIT_MS = 30_000;
    private static final String UNTOLD_CHARACTERS = ";#'\"%";

    private final Layout layout;
    private final Ports ports;
    private final Choices choices;

    Preflight(Layout layout, Ports ports, Choices choices) {
        this.layout = layout;
        this.ports = ports;
        this.choices = choices;
    }

    /** Returns the conditions for changing this machine at all. */
    List<Guard> machine() {
        return List.of(
                new Guard("administrator", "setup runs as an elevated administrator", this::administrator),
                new Guard("native", "setup is a native 64-bit process", this::nativeProcess));
    }

    /** Returns the conditions for an installation of this version, a repair and an upgrade. */
    List<Guard> installation() {
        List<Guard> guards = new ArrayList<>(machine());
        guards.add(new Guard("windows-version", "Windows is one that Gnomon runs on", this::windowsVersion));
        guards.add(new Guard("paths", "the folders have names that the service can be told", this::paths));
        guards.add(new Guard("vss-service", "Windows has the Volume Shadow Copy service", this::vssService));
        guards.add(new Guard("foreign-provider", "no other provider has our ids", this::foreignProvider));
        guards.add(new Guard("com-plus", "the catalog of COM+ can be opened", this::comPlus));
        guards.add(new Guard("state-volume", "the state folder is not on the system volume", this::stateVolume));
        guards.add(new Guard("free-space", "the disks have room", this::freeSpace));
        guards.add(new Guard("port", "nobody else listens on the port of NBD", this::port));
        return guards;
    }

    /** Returns the condition for installing: nothing else is there. */
    Guard nothingElseInstalled() {
        return new Guard("installed-version", "no other version is installed", this::noOther);
    }

    /** Returns the condition for an upgrade: an older version is there. */
    Guard olderInstalled() {
        return new Guard("installed-version", "an older version is installed", this::older);
    }

    /** Returns the condition for stopping the engine. */
    Guard nothingInUse() {
        return new Guard("volumes-in-use", "no Gnomon volume is in use on this host", this::inUse);
    }

    /** Returns the condition for an upgrade beside running programs. */
    Guard shortInterruption() {
        return new Guard(
                "interruption",
                "volumes are away for less than " + INTERRUPTION_LIMIT_MS / 1_000 + " s",
                this::interruption);
    }

    private String administrator() throws SetupException {
        if (!ports.machine().administrator()) {
            throw new SetupException(
                    Reason.PERMISSION,
                    "this process is not elevated",
                    "open a command prompt with 'Run as administrator' and run setup there");
        }
        return "it does";
    }

    private String nativeProcess() throws SetupException {
        String process = ports.machine().processArchitecture();
        String machine = ports.machine().machineArchitecture();
        if (!process.equals("amd64") || !machine.equals("amd64")) {
            throw new SetupException(
                    Reason.WRONG_STATE,
                    "the process is " + process + " and the machine " + machine + "; expected is amd64 for both",
                    "VSS loads native providers only, and Gnomon has one for x64: use a machine with an x64 Windows");
        }
        return "process and machine are " + process;
    }

    private String windowsVersion() throws SetupException {
        Machine.Version version = ports.machine().windowsVersion();
        if (version.build() < OLDEST_BUILD) {
            throw new SetupException(
                    Reason.WRONG_STATE,
                    "build " + version.build() + "; expected " + OLDEST_BUILD + " or newer",
                    "use Windows 10 1607, Windows Server 2016 or a newer one");
        }
        return "version " + version.major() + "." + version.minor() + ", build " + version.build();
    }

    private String paths() throws SetupException {
        for (Path path : List.of(layout.program(), layout.state())) {
            for (int i = 0; i < UNTOLD_CHARACTERS.length(); i++) {
                char each = UNTOLD_CHARACTERS.charAt(i);
                if (path.toString().indexOf(each) >= 0) {
                    throw new SetupException(
                            Reason.USAGE,
                            path + " holds '" + each + "', which the service host cannot be told",
                            "choose a folder without any of " + UNTOLD_CHARACTERS);
                }
            }
        }
        if (layout.state().startsWith(layout.program()) || layout.program().startsWith(layout.state())) {
            throw new SetupException(
                    Reason.USAGE,
                    "program folder " + layout.program() + " and state folder " + layout.state()
                            + " lie in one another",
                    "choose two folders of their own: the program can be read by everybody, the state by nobody else");
        }
        return layout.program() + " and " + layout.state();
    }

    private String vssService() throws SetupException {
        if (ports.services().find(VSS_SERVICE).isEmpty()) {
            throw new SetupException(
                    Reason.WRONG_STATE,
                    "there is no service '" + VSS_SERVICE + "'",
                    "use an edition of Windows with Volume Shadow Copy, or mend it (sfc /scannow)");
        }
        return "it is there";
    }

    private String foreignProvider() throws SetupException {
        List<VssAdmin.Provider> providers = ports.vss().providers();
        for (VssAdmin.Provider each : providers) {
            boolean ourId = each.id().equals(ProviderIdentities.PROVIDER_ID);
            boolean ourClass = each.classId().equals(ProviderIdentities.CLASS_ID);
            if (ourId != ourClass) {
                throw new SetupException(
                        Reason.WRONG_STATE,
                        "VSS lists '" + each.name() + "' with " + (ourId ? "our id " + each.id() : "our class")
                                + (ourId ? " and the class " + each.classId() : " and the id " + each.id()),
                        "uninstall that provider first");
            }
        }
        return "VSS lists " + providers.size() + " providers";
    }

    private String comPlus() throws SetupException {
        try (ComPlusCatalog catalog = ports.comPlus().open()) {
            return "it lists "
                    + catalog.collection(ComPlusApplication.APPLICATIONS)
                            .items()
                            .size() + " applications";
        }
    }

    private String stateVolume() throws SetupException {
        HeldPlaces places = new HeldPlaces(ports.machine().systemRoot().toString(), false);
        if (places.of(layout.state()) != HeldPlaces.Hold.USUALLY) {
            return layout.state() + " is on another one";
        }
        if (choices.allowSystemVolume()) {
            return layout.state() + " is, and that was allowed";
        }
        throw new SetupException(
                Reason.REFUSED,
                layout.state() + " lies on the system volume, which VSS holds writes to in nearly every backup",
                "choose a folder on another disk with --state-dir (STATEDIR), or take the risk with"
                        + " --allow-system-volume");
    }

    private String freeSpace() throws SetupException {
        for (Path path : List.of(layout.program(), layout.state())) {
            long usable = ports.folders().usableBytes(path);
            if (usable < SPACE_BYTES) {
                throw new SetupException(
                        Reason.WRONG_STATE,
                        "the disk of " + path + " has " + (usable >> 20) + " MiB left; expected at least "
                                + (SPACE_BYTES >> 20),
                        "make room, or choose another folder");
            }
        }
        return "at least " + (SPACE_BYTES >> 20) + " MiB are left";
    }

    private String port() throws SetupException {
        if (ports.machine().isPortFree(NBD_PORT)) {
            return "port " + NBD_PORT + " is free";
        }
        if (isOwnServiceRunning()) {
            return "port " + NBD_PORT + " is that of the engine, which runs";
        }
        throw new SetupException(
                Reason.WRONG_STATE,
                "somebody listens on 127.0.0.1:" + NBD_PORT,
                "netstat -abno says who; stop that program");
    }

    private boolean isOwnServiceRunning() throws SetupException {
        return ports.services()
                .find(EngineService.NAME)
                .filter(service -> service.state() != ServiceManager.State.STOPPED)
                .isPresent();
    }

    private String installedVersion() throws SetupException {
        return ports.registry().text(Settings.KEY, Settings.VERSION);
    }

    private String noOther() throws SetupException {
        String installed = installedVersion();
        if (installed.isEmpty() || installed.equals(choices.version())) {
            return installed.isEmpty() ? "none is" : "this version " + installed + " is";
        }
        if (isNewer(installed, choices.version())) {
            throw downgrade(installed);
        }
        throw new SetupException(
                Reason.WRONG_STATE,
                "version " + installed + " is installed, this is " + choices.version(),
                "run: gnomon setup upgrade");
    }

    private String older() throws SetupException {
        String installed = installedVersion();
        if (installed.isEmpty()) {
            throw new SetupException(Reason.NOT_FOUND, "none is installed", "run: gnomon setup install");
        }
        if (isNewer(installed, choices.version())) {
            throw downgrade(installed);
        }
        if (installed.equals(choices.version())) {
            throw new SetupException(
                    Reason.WRONG_STATE,
                    "version " + installed + " is installed already",
                    "run: gnomon setup repair, if something is wrong with it");
        }
        return "version " + installed + " becomes " + choices.version();
    }

    private SetupException downgrade(String installed) {
        return new SetupException(
                Reason.REFUSED,
                "version " + installed + " is installed, and this is the older " + choices.version()
                        + ", which may not be able to read what the newer one has written",
                "keep the newer version; or copy out what you need, uninstall with --remove-data, and install this one");
    }

    static boolean isNewer(String left, String right) {
        return ModuleDescriptor.Version.parse(left).compareTo(ModuleDescriptor.Version.parse(right)) > 0;
    }

    private String inUse() throws SetupException {
        Optional<List<Engine.Volume>> volumes;
        try {
            volumes = ports.engine().volumes();
        } catch (SetupException e) {
            return forcedOr(new SetupException(
                    Reason.IN_USE,
                    "the engine cannot be asked: " + e.text(),
                    "gnomon doctor says what is wrong; --force stops the engine all the same"));
        }
        if (volumes.isEmpty()) {
            return isOwnServiceRunning()
                    ? forcedOr(new SetupException(
                            Reason.IN_USE,
                            "the engine runs, but does not answer, so nobody knows what is in use",
                            "gnomon doctor says what is wrong; --force stops the engine all the same"))
                    : "the engine does not run";
        }
        List<Engine.Volume> used =
                volumes.get().stream().filter(each -> each.clients() > 0).toList();
        if (used.isEmpty()) {
            return "none of " + volumes.get().size();
        }
        String list = used.stream()
                .map(each -> each.name() + " (" + each.clients() + " connections)")
                .collect(Collectors.joining(", "));
        return forcedOr(new SetupException(
                Reason.IN_USE,
                list,
                "take these volumes offline (Disk Management, or disconnect the clients), or run again with --force"
                        + " (FORCE=1): their I/O then fails until the engine is back"));
    }

    private String forcedOr(SetupException refusal) throws SetupException {
        if (choices.force()) {
            return "forced although: " + refusal.text();
        }
        throw refusal;
    }

    private String interruption() throws SetupException {
        long unsettled = 0;
        Optional<List<Engine.Volume>> volumes = ports.engine().volumes();
        for (Engine.Volume each : volumes.orElse(List.of())) {
            unsettled += each.unsettledBytes();
        }
        long expectedMs = RESTART_MS + unsettled / SETTLE_BYTES_PER_MS;
        if (expectedMs <= INTERRUPTION_LIMIT_MS) {
            return "about " + expectedMs / 1_000 + " s are expected";
        }
        return forcedOr(new SetupException(
                Reason.REFUSED,
                "about " + expectedMs / 1_000 + " s are expected, because " + (unsettled >> 20)
                        + " MiB are still to be settled",
                "wait until less is written, then run the upgrade again"));
    }
}
