/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.cli.DoctorReport;
import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import dev.gnomon.cli.ExtraChecks;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.Request;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.control.server.ShortTempDirectories;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real service in this process, healthy and then broken in one way after the other. */
@Timeout(120)
class DoctorTests {
    @TempDir(factory = ShortTempDirectories.class)
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path parent;

    @Test
    void whatIsMissingIsAWarningSinceAServiceCreatesIt() {
        DoctorReport report = examine(parent.resolve("nothing"));

        assertThat(report.healthy()).isTrue();
        assertThat(check(report, "java").status()).isEqualTo(Status.OK);
        assertThat(check(report, "state directory").status()).isEqualTo(Status.WARN);
        assertThat(check(report, "service").action()).contains("gnomon service run");
        assertThat(parent.resolve("nothing")).doesNotExist();
    }

    @Test
    void theSystemVolumeFailsUnlessItWasAllowed() {
        Path state = parent.resolve("state");
        Doctor doctor = new Doctor(state, new OsStorage(), new OsClock());

        doctor.hold("refused", state, new HeldPlaces("/", false));
        doctor.hold("allowed", state, new HeldPlaces("/", true));
        doctor.hold("local", state, new HeldPlaces("Q:\\", false));
        doctor.hold("elsewhere", state, new HeldPlaces("", false));

        DoctorReport report = doctor.examine();
        assertThat(check(report, "refused").status()).isEqualTo(Status.FAILED);
        assertThat(check(report, "allowed").status()).isEqualTo(Status.WARN);
        assertThat(check(report, "local").status()).isEqualTo(Status.WARN);
        assertThat(report.checks()).extracting(Check::name).doesNotContain("elsewhere");
    }

    @Test
    void otherModulesAddChecksAndOneThatFailsIsAWarning() {
        Path state = parent.resolve("nothing");
        Doctor doctor = new Doctor(state, new OsStorage(), new OsClock());
        ExtraChecks.Patient patient = new ExtraChecks.Patient(state, ExtraChecks.Engine.ABSENT);

        doctor.extras(
                List.of(told -> List.of(new Check("other", Status.FAILED, told.toString(), "do this")), told -> {
                    throw new IllegalStateException("no such thing");
                }),
                patient);

        DoctorReport report = doctor.examine();
        assertThat(check(report, "other").finding()).isEqualTo(patient.toString());
        assertThat(check(report, "other checks").finding()).contains("no such thing");
        assertThat(report.healthy()).isFalse();
    }

    @Test
    void aServiceThatRunsIsHealthyAndWhatBreaksIsNamed() throws Exception {
        Path state = parent.resolve("state");
        RunningService service = RunningService.start(
                new OsParts(state, LocalCommands.NewStore.USUAL, Optional.empty()),
                new LocalCommands.ServiceOptions(
                        state,
                        List.of("unix:" + state.resolve("n"), "127.0.0.1:0"),
                        LocalCommands.NewStore.USUAL,
                        0,
                        Optional.empty(),
                        false,
                        false,
                        LocalCommands.LogFormat.TEXT,
                        Optional.empty(),
                        List.of(),
                        Optional.empty()));
        try {
            try (ControlClient client = ControlClient.connect(state)) {
                client.createVolume("data", "", 1 << 20, false);
                client.createSet(new Request.SetCreate(List.of("data"), "n", Map.of()));
            }
            DoctorReport healthy = examine(state);
            // How full this machine is is no matter of this test.
            assertThat(healthy.checks())
                    .filteredOn(check -> !check.name().startsWith("space"))
                    .filteredOn(check -> !check.name().equals("force"))
                    .allSatisfy(check ->
                            assertThat(check.status()).as(check.toString()).isEqualTo(Status.OK));
            assertThat(healthy.checks())
                    .extracting(Check::name)
                    .contains("force", "store", "space for the store", "service", "NBD unix:" + state.resolve("n"))
                    .contains("volume data", "space for origins", "events");
            assertThat(names(state)).noneMatch(name -> name.startsWith("doctor"));

            try (FileChannel origin = FileChannel.open(state.resolve("volumes/data.raw"), StandardOpenOption.WRITE)) {
                origin.truncate(1000);
            }
            Files.delete(state.resolve("n"));
            DoctorReport broken = examine(state);
            assertThat(broken.healthy()).isFalse();
            assertThat(check(broken, "volume data").finding()).contains("1000", "1048576");
            assertThat(check(broken, "NBD unix:" + state.resolve("n")).status()).isEqualTo(Status.FAILED);

            Files.delete(state.resolve("control.sock"));
            DoctorReport mute = examine(state);
            assertThat(check(mute, "service").status()).isEqualTo(Status.FAILED);
            assertThat(check(mute, "service").finding())
                    .contains("in use by process " + ProcessHandle.current().pid());
        } finally {
            service.shutDown();
        }
        assertThat(check(examine(state), "service").status()).isEqualTo(Status.WARN);
    }

    @Test
    void permissionsAndUnreadableStoresFail() throws IOException {
        Path state = Files.createDirectory(parent.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-x---"));
        // A directory where a file of the store should be, which even root cannot read as one.
        Files.createDirectories(state.resolve("store/segment"));

        DoctorReport report = examine(state);

        assertThat(check(report, "state directory").status()).isEqualTo(Status.FAILED);
        assertThat(check(report, "state directory").action()).contains("chmod 700");
        assertThat(check(report, "store").status()).isEqualTo(Status.FAILED);
    }

    private static DoctorReport examine(Path state) {
        return new Doctor(state, new OsStorage(), new OsClock()).examine();
    }

    private static Check check(DoctorReport report, String name) {
        return report.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + report));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
