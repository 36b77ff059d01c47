/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.DoctorReport;
import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import dev.gnomon.cli.ExtraChecks;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.EventView;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.ScrubView;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything that the service of a state directory needs, whether it runs or not. Changes nothing but a file of its
 * own, which it deletes. Each check stands alone: none keeps the next from being made. Used by one thread, once.
 */
final class Doctor {
    private static final int JAVA_FEATURE = 25;
    private static final int PROBE_BYTES = 4096;

    /** Below this the next segments and catalog records cannot be written. */
    private static final long SPACE_FAILED_BYTES = 128L << 20;

    /** Below this part of its file system somebody should look. */
    private static final int SPACE_WARN_DIVISOR = 20;

    /** A force that takes longer makes every flush of every client slow. */
    private static final Duration SLOW_FORCE = Duration.ofSeconds(1);

    private static final Duration RECENT = Duration.ofDays(1);

    /** What lies unread for longer may have rotten in more than one place by the time it is needed. */
    private static final Duration SCRUB_DUE = Duration.ofDays(7);

    private final Path state;
    private final Storage storage;
    private final Clock clock;
    private final List<Check> checks = new ArrayList<>();

    Doctor(Path state, Storage storage, Clock clock) {
        this.state = state;
        this.storage = storage;
        this.clock = clock;
    }

    DoctorReport examine() {
        java();
        nativeAccess();
        boolean there = stateDirectory();
        if (there) {
            force();
            store();
            space("space for the store", state);
            hold("place of the store", state);
        }
        SystemdUnit.ofThisMachine().check().ifPresent(checks::add);
        ExtraChecks.Engine engine = service(there);
        extras(ServiceLoader.load(ExtraChecks.class), new ExtraChecks.Patient(state, engine));
        return new DoctorReport(checks);
    }

    /** Other modules look at what they know; one that cannot does not keep the others from it. */
    void extras(Iterable<ExtraChecks> others, ExtraChecks.Patient patient) {
        try {
            for (ExtraChecks each : others) {
                checks.addAll(each.examine(patient));
            }
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            warn("other checks", "could not be made: " + e, "report it; what stands above is not concerned");
        }
    }

    // ---- this program

    private void java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        if (feature >= JAVA_FEATURE) {
            ok("java", found);
        } else {
            failed("java", found, "run Gnomon with Java " + JAVA_FEATURE + " or newer");
        }
    }

    private void nativeAccess() {
        if (Doctor.class.getModule().isNativeAccessEnabled()) {
            ok("native access", "enabled");
        } else {
            warn(
                    "native access",
                    "not enabled: Java warns, and will forbid the calls that reserve space and punch holes",
                    "start Java with --enable-native-access=ALL-UNNAMED, as the launcher does");
        }
    }

    // ---- the state directory

    private boolean stateDirectory() {
        String name = "state directory";
        try {
            if (!Files.exists(state)) {
                warn(name, state + " does not exist", "start a service, which creates it: gnomon service run");
                return false;
            }
            if (!Files.isDirectory(state)) {
                failed(name, state + " is not a directory", "choose another with --state");
                return false;
            }
            Platform.Privacy privacy = Platform.current().privacy(state);
            if (privacy.advice().isEmpty()) {
                ok(name, privacy.found());
            } else {
                failed(name, privacy.found(), privacy.advice());
            }
            return Files.isReadable(state);
        } catch (IOException | UnsupportedOperationException e) {
            failed(name, state + ": " + e, "make the directory accessible to its owner");
            return false;
        }
    }

    private void force() {
        Path probe = state.resolve("doctor-" + UUID.randomUUID() + ".tmp");
        try {
            long began = clock.nanoTime();
            try (StorageFile file = storage.open(probe, Storage.Mode.CREATE_NEW)) {
                file.write(ByteBuffer.allocate(PROBE_BYTES), 0);
                file.force();
            } finally {
                if (storage.exists(probe)) {
                    storage.delete(probe);
                }
            }
            Duration took = Duration.ofNanos(clock.nanoTime() - began);
            String found = String.format(Locale.ROOT, "a write and a force took %.1f ms", took.toNanos() / 1e6);
            if (took.compareTo(SLOW_FORCE) > 0) {
                warn("force", found, "every flush waits for forces: look at the load and health of the device");
            } else {
                ok("force", found);
            }
        } catch (IOException e) {
            failed(
                    "force",
                    "writing and forcing " + probe + ": " + e.getMessage(),
                    "mend the file system or its device");
        }
    }

    private void store() {
        Path store = state.resolve(RunningService.STORE_DIRECTORY);
        try {
            if (!storage.exists(store)) {
                warn("store", store + " does not exist", "start a service, which creates it");
                return;
            }
            List<String> names = storage.list(store);
            for (String name : names) {
                try (StorageFile file = storage.open(store.resolve(name), Storage.Mode.READ_ONLY)) {
                    file.read(ByteBuffer.allocate(PROBE_BYTES), 0);
                }
            }
            if (names.isEmpty()) {
                failed("store", store + " is empty", "bring its files back, or remove the directory to begin anew");
            } else {
                ok("store", names.size() + " files in " + store + " can be read; gnomon check reads all of them");
            }
        } catch (IOException e) {
            failed("store", String.valueOf(e.getMessage()), "mend the file system or its device, or permissions there");
        }
    }

    private void space(String name, Path path) {
        try {
            FileStore files = Files.getFileStore(path);
            long free = files.getUsableSpace();
            long total = files.getTotalSpace();
            String found = mib(free) + " free of " + mib(total) + " where " + path + " lies";
            if (free < SPACE_FAILED_BYTES) {
                failed(name, found, "make room: writes fail when it is full");
            } else if (free < total / SPACE_WARN_DIVISOR) {
                warn(name, found, "make room soon: writes fail when it is full");
            } else {
                ok(name, found);
            }
        } catch (IOException e) {
            failed(name, path + ": " + e.getMessage(), "mend the file system");
        }
    }

    // ---- the service

    private ExtraChecks.Engine service(boolean there) {
        try (ControlClient client = Platform.current().connect(state)) {
            ServiceView service = client.status();
            ok("service", "answers: process " + service.pid() + ", version " + service.version());
            service.nbdAddresses().forEach(this::nbd);
            volumes(client.volumes());
            scrub(client.scrub());
            faults(client.faults());
            events(client.events(0, clock.now().minus(RECENT)));
            return ExtraChecks.Engine.ANSWERS;
        } catch (ControlException e) {
            if (e.kind() == ErrorKind.UNREACHABLE) {
                return notRunning(there, String.valueOf(e.getMessage()));
            }
            failed("service", String.valueOf(e.getMessage()), "look at its log");
            return ExtraChecks.Engine.SILENT;
        }
    }

    private void faults(List<FaultView> faults) {
        if (!faults.isEmpty()) {
            warn(
                    "faults",
                    "VSS calls go wrong on purpose: " + faults.size() + (faults.size() == 1 ? " fault" : " faults"),
                    "gnomon fault clear, unless a test needs them");
        }
    }

    private ExtraChecks.Engine notRunning(boolean there, String reason) {
        String holder = there ? holder() : null;
        if (holder == null) {
            warn("service", "none runs, so sockets and volumes were not looked at", "gnomon service run");
            return ExtraChecks.Engine.ABSENT;
        } else {
            failed(
                    "service",
                    "does not answer, though the state directory is held (" + holder + "): " + reason,
                    "look at its log; it may be starting, or hang at a device");
            return ExtraChecks.Engine.SILENT;
        }
    }

    /** Returns why the state directory cannot be held, null if nobody holds it. */
    private @Nullable String holder() {
        try (StateDirectory _ = StateDirectory.holdExisting(state, storage)) {
            return null;
        } catch (ControlException e) {
            return e.kind() == ErrorKind.NOT_FOUND ? null : String.valueOf(e.getMessage());
        }
    }

    private void nbd(String address) {
        String name = "NBD " + address;
        try {
            NbdGreeting.await(address);
            ok(name, "greets");
        } catch (IOException e) {
            failed(
                    name,
                    String.valueOf(e.getMessage()),
                    "look for who removed or filters the socket; restart the service");
        }
    }

    private void volumes(List<VolumeView> volumes) {
        Set<Path> directories = new TreeSet<>();
        for (VolumeView volume : volumes) {
            volume(volume);
            Path origin = Path.of(volume.origin());
            if (Files.isRegularFile(origin)) {
                directories.add(origin.toAbsolutePath().resolveSibling(""));
            }
        }
        directories.forEach(directory -> space("space for origins", directory));
        directories.forEach(directory -> hold("place of origins", directory));
    }

    /** Says whether VSS may hold writes to a place. */
    private void hold(String name, Path directory) {
        hold(name, directory, new HeldPlaces(Platform.current().systemRoot(), systemVolumeAllowed()));
    }

    void hold(String name, Path directory, HeldPlaces places) {
        switch (places.of(directory)) {
            case NEVER -> {} // and nothing to say where there is no VSS
            case PERHAPS ->
                warn(
                        name,
                        directory + " is on a local volume, which VSS can hold writes to",
                        "keep that volume out of snapshot sets with Gnomon's volumes");
            case USUALLY -> {
                String found = directory + " is on the system volume, which VSS holds writes to in nearly every backup";
                String action = "move it to another disk, or have a service that is no VSS provider";
                if (places.allowsSystem()) {
                    warn(name, found + "; that was allowed", action);
                } else {
                    failed(name, found, action);
                }
            }
        }
    }

    /** What an installed service is told stands beside its state directory. */
    private boolean systemVolumeAllowed() {
        Path file = state.resolveSibling(VssConfig.INSTALLED_NAME);
        try {
            return Files.exists(file) && VssConfig.read(file).allowSystemVolume();
        } catch (ControlException e) {
            return false; // the service says what is wrong with it
        }
    }

    private void volume(VolumeView volume) {
        String name = "volume " + volume.name();
        if (volume.state() != VolumeView.State.ONLINE) {
            String action = volume.state() == VolumeView.State.FAILED
                    ? "mend the device, check the data, then: gnomon volume clear " + volume.name()
                    : "bring the origin back, then start the service again";
            failed(name, volume.state() + ": " + volume.stateReason(), action);
            return;
        }
        if (!volume.originChange().isEmpty()) {
            failed(
                    name,
                    "its origin was changed while nobody served it: " + volume.originChange(),
                    "delete its shadow copies, or: gnomon volume accept-changed " + volume.name());
            return;
        }
        try (StorageFile origin = storage.open(Path.of(volume.origin()), Storage.Mode.READ_ONLY)) {
            long actual = origin.sizeBytes();
            if (actual < volume.sizeBytes()) {
                failed(
                        name,
                        volume.origin() + " has " + actual + " bytes, the volume " + volume.sizeBytes(),
                        "stop the service and bring the origin's size back");
            } else {
                ok(name, "online, " + volume.sizeBytes() + " bytes in " + volume.origin());
            }
        } catch (IOException e) {
            failed(name, "its origin: " + e.getMessage(), "bring the origin back: the service has it open still");
        }
    }

    private void scrub(ScrubView scrub) {
        Instant ended = scrub.endedAt();
        if (scrub.damaged() > 0) {
            failed(
                    "scrub",
                    scrub.damaged() + " damaged places found, the first: "
                            + (scrub.places().isEmpty()
                                    ? "see gnomon events"
                                    : scrub.places().getFirst()),
                    "restore what is named from elsewhere, and look at the device");
        } else if (scrub.state().equals(ScrubView.RUNNING)) {
            ok("scrub", scrub.checkedBytes() + " of " + scrub.totalBytes() + " bytes compared, no damage so far");
        } else if (scrub.state().equals(ScrubView.NEVER)) {
            ok("scrub", "none was made yet; gnomon scrub start makes one, best once a week");
        } else if (!scrub.state().equals(ScrubView.DONE) || ended == null) {
            warn("scrub", "the last one was stopped", "gnomon scrub start");
        } else if (ended.isBefore(clock.now().minus(SCRUB_DUE))) {
            warn("scrub", "the last one ended at " + ended + ", without damage", "gnomon scrub start, once a week");
        } else {
            ok("scrub", "no damage found; ended at " + ended);
        }
    }

    private void events(List<EventView> events) {
        List<EventView> errors = events.stream()
                .filter(event -> event.severity().equals(Severity.ERROR.name()))
                .toList();
        if (errors.isEmpty()) {
            ok("events", "no error within a day");
        } else {
            EventView last = errors.getLast();
            warn(
                    "events",
                    errors.size() + " errors within a day, the last: " + last.id() + " " + last.message(),
                    "gnomon events --since 24h, and gnomon events --explain " + last.id());
        }
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private void ok(String name, String finding) {
        checks.add(new Check(name, Status.OK, finding, ""));
    }

    private void warn(String name, String finding, String action) {
        checks.add(new Check(name, Status.WARN, finding, action));
    }

    private void failed(String name, String finding, String action) {
        checks.add(new Check(name, Status.FAILED, finding, action));
    }
}
