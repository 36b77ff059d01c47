/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.testkit.ManualClock;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.ProviderCall;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FaultTests {
    private static final UUID SET = UUID.fromString("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef");

    @TempDir
    private Path state;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delay=12s                | {"action":"delay","millis":12000}
            delay=1500ms             | {"action":"delay","millis":1500}
            delay=60m                | {"action":"delay","millis":3600000}
            fail=VSS_E_PROVIDER_VETO | {"action":"fail","hresult":"0x80042306"}
            fail=0x8000ffff          | {"action":"fail","hresult":"0x8000FFFF"}
            hang                     | {"action":"hang"}
            kill=shim                | {"action":"kill"}
            """)
    void shimIsToldInTheReply(String action, String fault) throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.faults.add("CommitSnapshots", action, 1, "");
            shim.request(new ProviderCall.CommitSnapshots(SET));
            String first = shim.receiveText();
            shim.request(new ProviderCall.CommitSnapshots(SET));
            String second = shim.receiveText();

            assertThat(first).endsWith(",\"fault\":" + fault + "}");
            assertThat(second).doesNotContain("fault");
            assertThat(recorded(channel, 2)).extracting(Trace.Call::fault).containsExactlyInAnyOrder(action, "");
        }
    }

    /** Returns so many calls once they are there: a commit is recorded behind its reply. */
    private static List<Trace.Call> recorded(ChannelFixture channel, int count) {
        long begun = System.nanoTime();
        while (channel.trace.list(0).size() < count && System.nanoTime() - begun < 20_000_000_000L) {
            Thread.onSpinWait();
        }
        return channel.trace.list(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "delay",
                "delay=",
                "delay=12",
                "delay=61m",
                "fail=",
                "fail=NO",
                "fail=0x1",
                "hang=1",
                "kill",
                "kill=me",
                "mute=1",
                "explode"
            })
    void otherActionsAreRefusedWithWhatIsAllowed(String action) {
        assertThatThrownBy(() -> FaultAction.parse(action))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("delay=TIME");
    }

    @Test
    void stalledAnswerComesLate() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.faults.add("Probe", "stall=700ms", 1, "");
            Instant began = Instant.now();
            shim.ask(new ProviderCall.Probe());

            assertThat(Duration.between(began, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(690));
        }
    }

    @Test
    void muteServiceCarriesOutAndSaysNothing() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.faults.add("CommitSnapshots", "mute", 1, "");
            shim.request(new ProviderCall.CommitSnapshots(SET));
            long probe = shim.request(new ProviderCall.Probe());

            assertThat(shim.receive().path("id").longValue()).isEqualTo(probe);
            assertThat(channel.provider.calls).hasSize(2);
        }
    }

    @Test
    void garbledAnswerIsNoReply() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.faults.add("CommitSnapshots", "garble", 1, "");
            shim.request(new ProviderCall.CommitSnapshots(SET));
            byte[] body = shim.receiveBody();

            assertThatThrownBy(() -> ChannelJson.parse(body)).isInstanceOf(ChannelException.class);
        }
    }

    @Test
    void killedEngineDoesNotCarryOut() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.faults.add("CommitSnapshots", "kill=engine", 1, "");
            shim.ask(new ProviderCall.CommitSnapshots(SET));

            assertThat(channel.deaths).hasValue(1);
        }
    }

    @Test
    void anyCallIsEveryOneButProbeAndRelease() {
        FaultTable faults = table(new ManualClock());
        faults.add(FaultTable.ANY_CALL, "hang", 10, "");

        assertThat(faults.take(new ProviderCall.Probe())).isEmpty();
        assertThat(faults.take(new ProviderCall.Release())).isEmpty();
        assertThat(faults.take(new ProviderCall.OnLoad())).isPresent();
    }

    @Test
    void faultEndsAfterItsTimes() {
        FaultTable faults = table(new ManualClock());
        faults.add("OnLoad", "hang", 2, "");
        faults.take(new ProviderCall.OnLoad());

        assertThat(faults.list())
                .singleElement()
                .satisfies(left -> assertThat(left.timesLeft()).isOne());
        assertThat(faults.take(new ProviderCall.OnLoad())).isPresent();
        assertThat(faults.take(new ProviderCall.OnLoad())).isEmpty();
        assertThat(faults.list()).isEmpty();
    }

    @Test
    void faultEndsAfterAnHour() {
        ManualClock clock = new ManualClock();
        FaultTable faults = table(clock);
        faults.add("OnLoad", "hang", 2, "");
        clock.advance(FaultTable.LIFE.minusNanos(1));
        assertThat(faults.list()).hasSize(1);
        clock.advance(Duration.ofNanos(1));

        assertThat(faults.list()).isEmpty();
        assertThat(faults.take(new ProviderCall.OnLoad())).isEmpty();
    }

    @Test
    void boundsOfTheTableHold() {
        FaultTable faults = table(new ManualClock());
        for (int i = 0; i < FaultTable.MAX_FAULTS; i++) {
            faults.add("OnLoad", "hang", FaultTable.MAX_TIMES, "");
        }
        assertThatThrownBy(() -> faults.add("OnLoad", "hang", 1, "")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> faults.add("OnLoad", "hang", 0, "")).hasMessageContaining("1 to");
        assertThatThrownBy(() -> faults.add("Commit", "hang", 1, "")).hasMessageContaining("CommitSnapshots");
        assertThat(faults.clear()).isEqualTo(FaultTable.MAX_FAULTS);
        assertThat(faults.list()).isEmpty();
    }

    private static FaultTable table(ManualClock clock) {
        return new FaultTable(clock, FaultVolumes.none());
    }
}
