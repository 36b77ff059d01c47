/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.observe.EventId;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.ProviderResult;
import dev.gnomon.vss.SnapshotProperties;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class ChannelServerTests {
    private static final UUID SET = UUID.fromString("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef");
    private static final int WAIT_SECONDS = 20;

    @TempDir
    private Path state;

    @Test
    void abortOvertakesEndPrepare() throws Exception {
        CountDownLatch aborted = new CountDownLatch(1);
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.provider.answers = call -> {
                if (call instanceof ProviderCall.EndPrepareSnapshots) {
                    await(aborted);
                    return ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "aborted");
                }
                return ProviderAnswer.ok();
            };
            long slow = shim.request(new ProviderCall.EndPrepareSnapshots(SET));
            ObjectNode first = shim.ask(new ProviderCall.AbortSnapshots(SET));
            aborted.countDown();
            ObjectNode second = shim.receive();

            assertThat(first.path("hresult").stringValue()).isEqualTo("0x00000000");
            assertThat(second.path("id").longValue()).isEqualTo(slow);
            assertThat(second.path("reason").stringValue()).isEqualTo("aborted");
        }
    }

    @Test
    void asManyRequestsAsAllowedAreInProgressAndTheNextWaits() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.provider.answers = call -> {
                await(go);
                return ProviderAnswer.ok();
            };
            for (int i = 0; i < ChannelProtocol.MAX_IN_PROGRESS + 1; i++) {
                shim.request(new ProviderCall.EndPrepareSnapshots(SET));
            }
            until(() -> channel.provider.calls.size() >= ChannelProtocol.MAX_IN_PROGRESS);
            assertThat(channel.provider.calls).hasSize(ChannelProtocol.MAX_IN_PROGRESS);
            go.countDown();
            Set<Long> answered = new HashSet<>();
            for (int i = 0; i < ChannelProtocol.MAX_IN_PROGRESS + 1; i++) {
                answered.add(shim.receive().path("id").longValue());
            }

            assertThat(answered).hasSize(ChannelProtocol.MAX_IN_PROGRESS + 1);
        }
    }

    @Test
    void brokenConnectionDiscardsAtOnceAlthoughACallGoesOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ChannelFixture channel = new ChannelFixture(state)) {
            channel.provider.answers = call -> {
                await(go);
                return ProviderAnswer.ok();
            };
            ShimClient shim = channel.welcome();
            shim.request(new ProviderCall.EndPrepareSnapshots(SET));
            until(() -> channel.provider.calls.size() == 1);
            shim.close();

            assertThat(channel.provider.oneClosed.await(WAIT_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(go.getCount()).isOne();
            go.countDown();
        }
    }

    @Test
    void stoppedServiceDiscardsAndEndsTheConnection() throws Exception {
        ChannelFixture channel = new ChannelFixture(state);
        try (ShimClient shim = channel.welcome()) {
            channel.close();

            assertThat(channel.provider.oneClosed.getCount()).isZero();
            assertThat(shim.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ChannelProtocol.MAX_FRAME_BYTES - 1, ChannelProtocol.MAX_FRAME_BYTES})
    void frameUpToTheLimitIsRead(int length) throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            byte[] probe =
                    ChannelJson.toBytes(CallCodec.encode(new ChannelRequest(1, 1, 0, 1_000, new ProviderCall.Probe())));
            byte[] padded = new byte[length];
            Arrays.fill(padded, (byte) ' ');
            System.arraycopy(probe, 0, padded, 0, probe.length);
            shim.sendBody(padded);

            assertThat(shim.receive().path("hresult").stringValue()).isEqualTo("0x00000000");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ChannelProtocol.MAX_FRAME_BYTES + 1, 0, -1, Integer.MIN_VALUE})
    void otherLengthsEndTheConnection(int length) throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            shim.sendRaw(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());

            assertThat(shim.isEnded()).isTrue();
            assertThat(channel.events.counts()).containsKey(EventId.VSS_CHANNEL_VIOLATED);
        }
    }

    @Test
    void asManyConnectionsAsAllowedAreServedAndOneMoreIsClosed() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state)) {
            List<ShimClient> shims = new ArrayList<>();
            for (int i = 0; i < ChannelProtocol.MAX_CONNECTIONS; i++) {
                shims.add(channel.welcome());
            }
            try (ShimClient more = new ShimClient(state)) {
                assertThat(more.isEndedAt(ShimClient.hello())).isTrue();
            }
            assertThat(channel.file.server().connections()).isEqualTo(ChannelProtocol.MAX_CONNECTIONS);
            for (ShimClient each : shims) {
                assertThat(each.ask(new ProviderCall.Probe()).path("id").longValue())
                        .isOne();
                each.close();
            }
            until(() -> channel.file.server().connections() == 0);
            channel.welcome().close();
        }
    }

    @Test
    void numberOfARequestInProgressIsNotTakenTwice() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.provider.answers = call -> {
                await(go);
                return ProviderAnswer.ok();
            };
            ObjectNode request = CallCodec.encode(new ChannelRequest(5, 1, 0, 1, new ProviderCall.OnLoad()));
            shim.send(request);
            shim.send(request);

            assertThat(shim.isEnded()).isTrue();
            go.countDown();
        }
    }

    @Test
    void deadlineIsCountedFromTheReading() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            shim.ask(new ProviderCall.CommitSnapshots(SET));

            assertThat(channel.provider.withinNanos.getFirst())
                    .isBetween(TimeUnit.SECONDS.toNanos(50), TimeUnit.SECONDS.toNanos(60));
        }
    }

    @Test
    void defectOfTheProviderIsAVetoAndTold() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.provider.answers = call -> {
                throw new IllegalStateException("planned");
            };
            ObjectNode reply = shim.ask(new ProviderCall.EndPrepareSnapshots(SET));

            assertThat(reply.path("hresult").stringValue()).isEqualTo("0x80042306");
            assertThat(reply.path("reason").stringValue()).contains("planned");
            assertThat(channel.events.counts()).containsKey(EventId.VSS_CHANNEL_DEFECT);
        }
    }

    @Test
    void tooLongVolumeNameIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            String name = "v".repeat(ChannelProtocol.MAX_TEXT_UNITS + 1);

            assertThat(shim.ask(new ProviderCall.IsVolumeSupported(name))
                            .path("hresult")
                            .stringValue())
                    .isEqualTo("0x80070057");
            assertThat(shim.ask(new ProviderCall.Probe()).path("hresult").stringValue())
                    .isEqualTo("0x00000000");
            assertThat(channel.provider.calls).containsExactly(new ProviderCall.Probe());
        }
    }

    @Test
    void longQueryComesInParts() throws Exception {
        List<SnapshotProperties> all = IntStream.range(0, 2_000)
                .mapToObj(ChannelServerTests::properties)
                .toList();
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            channel.provider.answers = call -> ProviderAnswer.ok(new ProviderResult.Snapshots(all));
            shim.request(new ProviderCall.Query(new UUID(0, 0), 1, 3));
            List<String> ids = new ArrayList<>();
            int parts = 0;
            boolean more = true;
            while (more) {
                byte[] body = shim.receiveBody();
                assertThat(body.length).isLessThan(ChannelProtocol.MAX_FRAME_BYTES);
                ObjectNode reply = ChannelJson.parse(body);
                reply.path("result")
                        .path("snapshots")
                        .forEach(each -> ids.add(each.path("snapshotId").stringValue()));
                more = reply.path("more").asBoolean(false);
                parts++;
            }

            assertThat(parts).isGreaterThan(1);
            assertThat(ids)
                    .isEqualTo(all.stream()
                            .map(each -> each.snapshotId().toString())
                            .toList());
        }
    }

    private static SnapshotProperties properties(int number) {
        return new SnapshotProperties(
                new UUID(1, number),
                SET,
                1,
                "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy" + number,
                "\\\\?\\Volume{3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef}\\",
                "HOST",
                "HOST",
                null,
                null,
                SET,
                0x20040,
                133_771_234_567_890_000L,
                12);
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
    }
}
