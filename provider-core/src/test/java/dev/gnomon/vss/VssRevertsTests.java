/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;
import static dev.gnomon.vss.VssLife.OF_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.mutants.Life;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How long RevertToSnapshot waits, for locks and for devices: provider contract 2.3, 2.8 and 4.8. */
class VssRevertsTests {
    private static final long SECOND = 1_000_000_000L;
    private static final UUID A = new UUID(6, 1);
    private static final int PERSISTENT = 0x9;

    private final VssBench bench = new VssBench();

    private ProviderAnswer revertWithin(long nanos) {
        return bench.connection.call(1, 0, new ProviderCall.RevertToSnapshot(A), bench.clock.nanoTime() + nanos);
    }

    /** A host whose locks take a time. */
    private Dismounts locksTake(long nanos, int[] closed) {
        return (path, volume) -> {
            bench.clock.advance(Duration.ofNanos(nanos));
            return new Dismounts.Dismounted() {
                @Override
                public boolean mayCutOffClients() {
                    return true;
                }

                @Override
                public void close() {
                    closed[0]++;
                }
            };
        };
    }

    @Test
    void noBlockChangesWhenTheLocksTookLongerThanVssWaits() {
        bench.bring(VssBench.S, A, PERSISTENT, SetState.CREATED);
        int[] closed = new int[1];
        bench.dismounts = locksTake(4 * SECOND, closed);

        ProviderAnswer late = revertWithin(4 * SECOND);

        assertThat(late.hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(late.reason()).contains("volume v").contains("not reverted");
        assertThat(bench.engine.reverts).isEmpty();
        assertThat(closed[0]).as("locks given back").isOne();
        assertThat(revertWithin(4 * SECOND + 1).hresult()).isEqualTo(S_OK);
        assertThat(bench.engine.reverts).containsOnlyKeys("v");
    }

    @Test
    void aFailedBeginningGivesTheVolumeFree() {
        bench.bring(VssBench.S, A, PERSISTENT, SetState.CREATED);
        bench.engine.hook = step -> {
            throw new EngineException(EngineException.Kind.REFUSED, "volume v has 1 client");
        };

        assertThat(revertWithin(SECOND).hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        bench.engine.hook = step -> {};
        assertThat(revertWithin(SECOND).hresult()).isEqualTo(S_OK);
    }

    @Test
    void aSecondRevertWhileTheFirstBeginsIsInProgress() {
        bench.bring(VssBench.S, A, PERSISTENT, SetState.CREATED);
        int[] second = new int[1];
        bench.engine.hook = step -> second[0] = revertWithin(SECOND).hresult();

        assertThat(revertWithin(SECOND).hresult()).isEqualTo(S_OK);
        assertThat(second[0]).isEqualTo(Hresult.VSS_E_REVERT_IN_PROGRESS);
    }

    // ---- on the real engine, whose device hangs

    private static VssLife withCopy(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.write("a", 0, 4, 1);
        VssLife vss = new VssLife(life);
        assertThat(vss.begin(OF_A, VssBench.V, PERSISTENT | 0x2)).isEqualTo(S_OK);
        assertThat(vss.endPrepare()).isEqualTo(S_OK);
        assertThat(vss.preCommit()).isEqualTo(S_OK);
        assertThat(vss.commit()).isEqualTo(S_OK);
        assertThat(vss.postCommit()).isEqualTo(S_OK);
        life.write("a", 0, 4, 2);
        return vss;
    }

    private static void stallForces(Life life, long nanos) {
        life.world()
                .storage()
                .inject(FaultRule.when(io -> io.phase() == IoEvent.Phase.BEFORE && io.kind() == IoKind.FORCE)
                        .always()
                        .then(new Fault.Stall(nanos)));
    }

    /** Asks for a revert while a device holds forces for so long; it must be vetoed after that time, and a second at most. */
    private static VssLife vetoed(Life life, long stallNanos, long limitNanos, long expectedNanos) throws Exception {
        VssLife vss = withCopy(life);
        stallForces(life, stallNanos);
        long begun = now(life);
        assertThat(vss.call(new ProviderCall.RevertToSnapshot(OF_A), limitNanos))
                .isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(now(life) - begun).isBetween(expectedNanos, expectedNanos + SECOND);
        return vss;
    }

    private static void untilTheDeviceIsBack(Life life) {
        stallForces(life, 1);
        life.sleep(600 * SECOND);
    }

    private static long now(Life life) {
        return life.world().clock().nanoTime();
    }

    @Test
    void aRevertThatADeviceKeepsIsAVetoInTimeAndToldWhenItBeginsAfterAll() {
        Life.first(21, life -> {
            VssLife vss = vetoed(life, 90 * SECOND, 20 * SECOND, 20 * SECOND);

            assertThat(vss.call(new ProviderCall.RevertToSnapshot(OF_A)))
                    .as("while the device has it")
                    .isEqualTo(Hresult.VSS_E_REVERT_IN_PROGRESS);
            assertThat(vss.told).extracting(Event::id).doesNotContain(EventId.VSS_REVERT_LATE);
            untilTheDeviceIsBack(life);
            assertThat(vss.told).extracting(Event::id).containsOnlyOnce(EventId.VSS_REVERT_LATE);
            assertThat(life.read("a", 0)).isEqualTo(1);
        });
    }

    @Test
    void nobodyIsWaitedForLongerThanTheShimWaits() {
        Life.first(21, life -> {
            vetoed(life, 300 * SECOND, 3_600 * SECOND, VssReverts.MOST_NANOS);
            untilTheDeviceIsBack(life);
        });
    }
}
