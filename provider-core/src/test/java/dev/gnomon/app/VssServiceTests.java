/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.cli.LocalCommands.ServiceOptions;
import dev.gnomon.control.CallView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.control.server.ShortTempDirectories;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.channel.ShimClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A whole service with the real provider, asked through the channel. */
@Timeout(120)
class VssServiceTests {
    private static final String VOLUME = "\\\\?\\Volume{3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef}\\";
    private static final UUID SET = UUID.fromString("11111111-ee09-4e0e-9a5c-6d8ba2872aef");
    private static final UUID SNAPSHOT = UUID.fromString("22222222-ee09-4e0e-9a5c-6d8ba2872aef");

    /** VSS_CTX_NAS_ROLLBACK: persistent, without writers. */
    private static final int CONTEXT = 0x19;

    private static final String OK = "0x00000000";
    private static final String VETO = "0x80042306";

    @TempDir(factory = ShortTempDirectories.class)
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path directory;

    @Test
    void setIsMadeThroughTheChannelAndTraced() throws Exception {
        run(true, (state, client) -> {
            try (ShimClient shim = ShimClient.welcome(state)) {
                assertThat(hresult(shim, new ProviderCall.OnLoad())).isEqualTo(OK);
                assertThat(hresult(shim, new ProviderCall.SetContext(CONTEXT))).isEqualTo(OK);
                assertThat(shim.ask(new ProviderCall.IsVolumeSupported(VOLUME))
                                .path("result")
                                .path("supported")
                                .booleanValue())
                        .isTrue();
                untilCommit(shim);
                assertThat(hresult(shim, new ProviderCall.CommitSnapshots(SET))).isEqualTo(OK);
                assertThat(hresult(shim, new ProviderCall.PostCommitSnapshots(SET, 1, 5)))
                        .isEqualTo(OK);
                assertThat(hresult(shim, new ProviderCall.PreFinalCommitSnapshots(SET)))
                        .isEqualTo(OK);
                assertThat(hresult(shim, new ProviderCall.PostFinalCommitSnapshots(SET)))
                        .isEqualTo(OK);
                ObjectNode properties = shim.ask(new ProviderCall.GetSnapshotProperties(SNAPSHOT));
                assertThat(properties
                                .path("result")
                                .path("snapshot")
                                .path("deviceName")
                                .stringValue())
                        .isEqualTo("Device1");
                assertThat(properties
                                .path("result")
                                .path("snapshot")
                                .path("serviceMachine")
                                .stringValue())
                        .isEqualTo("HOST");
            }
            assertThat(client.copies("data")).hasSize(1);
            assertThat(client.calls(0).stream()
                            .filter(call -> !call.phase().equals("THAWED"))
                            .map(CallView::call))
                    .containsExactly("PreCommitSnapshots", "CommitSnapshots", "PostCommitSnapshots");
        });
    }

    @Test
    void processThatGoesBeforePostCommitLeavesNothing() throws Exception {
        run(true, (state, client) -> {
            try (ShimClient shim = ShimClient.welcome(state)) {
                assertThat(hresult(shim, new ProviderCall.SetContext(CONTEXT))).isEqualTo(OK);
                untilCommit(shim);
                assertThat(hresult(shim, new ProviderCall.CommitSnapshots(SET))).isEqualTo(OK);
            }
            try (ShimClient other = ShimClient.welcome(state)) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (!hresult(other, new ProviderCall.PostCommitSnapshots(SET, 1, 5))
                        .equals("0x80042308")) {
                    assertThat(System.nanoTime()).as("the set is discarded").isLessThan(deadline);
                }
            }
            assertThat(client.copies("data")).isEmpty();
        });
    }

    @Test
    void slowCommitOfTheShimDiscardsTheSet() throws Exception {
        run(true, (state, client) -> {
            client.addFault("CommitSnapshots", "delay=12s", 1, "data");
            assertThat(client.faults()).hasSize(1);
            try (ShimClient shim = ShimClient.welcome(state)) {
                assertThat(hresult(shim, new ProviderCall.SetContext(CONTEXT))).isEqualTo(OK);
                untilCommit(shim);
                ObjectNode commit = shim.ask(new ProviderCall.CommitSnapshots(SET));
                assertThat(commit.path("fault").path("millis").intValue()).isEqualTo(12_000);
                assertThat(hresult(shim, new ProviderCall.PostCommitSnapshots(SET, 1, 12_000)))
                        .isEqualTo(VETO);
            }
            assertThat(client.faults()).isEmpty();
            assertThat(client.copies("data")).isEmpty();
        });
    }

    @Test
    void faultsAreRefusedUnlessTheConfigurationAllowsThem() throws Exception {
        run(
                false,
                (state, client) -> assertThatThrownBy(() -> client.addFault("OnLoad", "hang", 1, ""))
                        .isInstanceOfSatisfying(
                                ControlException.class,
                                e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED)));
    }

    @Test
    void unknownFaultIsInvalid() throws Exception {
        run(
                true,
                (state, client) -> assertThatThrownBy(() -> client.addFault("OnLoad", "explode", 1, ""))
                        .isInstanceOfSatisfying(
                                ControlException.class,
                                e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID)));
    }

    @Test
    void disksAreRefusedWhereTheyCannotBeAsked() throws Exception {
        Path state = directory.resolve("state");
        Path file = config(false);
        Files.writeString(file, Files.readString(file).replaceFirst("\"volumes\": [^\\n]*", "\"locator\": \"disks\","));
        OsParts parts = new OsParts(state, LocalCommands.NewStore.USUAL, Optional.empty());

        assertThatThrownBy(() -> RunningService.start(parts, options(state, file)))
                .isInstanceOfSatisfying(
                        ControlException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage("--vss: locator: disks; allowed is table: only Windows can be asked for its disks");
    }

    private static void untilCommit(ShimClient shim) throws Exception {
        assertThat(hresult(shim, new ProviderCall.BeginPrepareSnapshot(SET, SNAPSHOT, VOLUME, CONTEXT)))
                .isEqualTo(OK);
        assertThat(hresult(shim, new ProviderCall.EndPrepareSnapshots(SET))).isEqualTo(OK);
        assertThat(hresult(shim, new ProviderCall.PreCommitSnapshots(SET))).isEqualTo(OK);
    }

    private static String hresult(ShimClient shim, ProviderCall call) throws Exception {
        return shim.ask(call).path("hresult").stringValue();
    }

    /** What a test does with a service. */
    private interface Use {
        void with(Path state, ControlClient client) throws Exception;
    }

    private void run(boolean allowFaults, Use use) throws Exception {
        Path state = directory.resolve("state");
        ServiceOptions options = options(state, config(allowFaults));
        OsParts parts = new OsParts(state, LocalCommands.NewStore.USUAL, Optional.empty());
        RunningService service = RunningService.start(parts, options);
        try (ControlClient client = ControlClient.connect(state)) {
            client.createVolume("data", "", 4 << 20, true);
            use.with(state, client);
        } finally {
            service.shutDown();
        }
        assertThat(Files.exists(state.resolve("vss-channel.json"))).isFalse();
    }

    private static ServiceOptions options(Path state, Path vss) {
        return new ServiceOptions(
                state,
                List.of("127.0.0.1:0"),
                LocalCommands.NewStore.USUAL,
                0,
                Optional.empty(),
                false,
                false,
                LocalCommands.LogFormat.TEXT,
                Optional.empty(),
                List.of(),
                Optional.of(vss));
    }

    private Path config(boolean allowFaults) throws IOException {
        Path file = directory.resolve("vss.json");
        Files.writeString(file, """
                {"schemaVersion": 1, "channel": "tcp", "machineName": "HOST",
                 "volumes": [{"guidPath": "VOLUME", "names": ["V:\\\\"], "volume": "data"}],
                 "surface": {"kind": "table", "deviceNames": "Device{n}"}, "allowFaults": FAULTS}
                """.replace("VOLUME", VOLUME.replace("\\", "\\\\"))
                .replace("FAULTS", String.valueOf(allowFaults)));
        return file;
    }
}
