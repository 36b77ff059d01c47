/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;
import static dev.gnomon.vss.VssLife.OF_A;
import static dev.gnomon.vss.VssLife.OF_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider over the real engine, on a simulated machine that stalls and loses power. */
class VssOnEngineTests {
    private static final long SEED = 21;
    private static final long SECOND = 1_000_000_000L;

    private static VssLife prepared(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.write("a", 0, 4, 1);
        life.write("b", 0, 4, 3);
        return new VssLife(life);
    }

    private static long stamp(Life life) {
        return life.world().clock().nanoTime();
    }

    // ---- crashes

    /** How far the requester was told that its set is. */
    private static final class Told {
        boolean committed;
        boolean postCommitted;
    }

    /** Makes a set of two volumes under writes, to its end. */
    private static void make(VssLife vss, Told told) throws Exception {
        assertThat(vss.begin(OF_A, VssBench.V, 0x9)).isEqualTo(S_OK);
        assertThat(vss.begin(OF_B, VssBench.W, 0x9)).isEqualTo(S_OK);
        assertThat(vss.endPrepare()).isEqualTo(S_OK);
        vss.life.write("a", 0, 1, 2);
        vss.life.write("b", 0, 1, 4);
        assertThat(vss.preCommit()).isEqualTo(S_OK);
        assertThat(vss.commit()).isEqualTo(S_OK);
        told.committed = true;
        vss.life.write("a", 0, 2, 7);
        vss.life.write("b", 0, 2, 8);
        assertThat(vss.postCommit()).isEqualTo(S_OK);
        told.postCommitted = true;
        assertThat(vss.preFinal()).isEqualTo(S_OK);
        assertThat(vss.postFinal()).isEqualTo(S_OK);
    }

    @Test
    void aCrashAtAnyPointLeavesTheWholeSetOrNone() {
        int[] ios = new int[1];
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            life.world().storage().listen(io -> ios[0]++);
            make(vss, new Told());
            life.world().storage().listen(null);
        });
        assertThat(ios[0]).isGreaterThan(20);
        int whole = 0;
        for (int point = 1; point <= ios[0]; point++) {
            Told told = new Told();
            int at = point;
            SimImage left = Life.first(SEED, life -> {
                VssLife vss = prepared(life);
                int[] count = new int[1];
                life.dieAt(io -> ++count[0] == at);
                make(vss, told);
            });
            for (SimImage image : List.of(left.killed(), left.cutKeepingAll(), left.cutKeepingNone())) {
                whole += judge(image, told, point) ? 1 : 0;
            }
        }
        System.out.println("FIGURE crashes of a VSS sequence: " + ios[0] + " points, " + 3 * ios[0] + " states, "
                + whole + " with the set");
        assertThat(whole).isBetween(1, 3 * ios[0] - 1);
    }

    /** Opens what a crash left; returns whether the set is there, which it must be if VSS was told so. */
    private static boolean judge(SimImage image, Told told, int point) {
        boolean[] there = new boolean[1];
        Life.on(new SimWorld(SEED + point, image), Life.SMALL, life -> {
            VssLife vss = new VssLife(life);
            List<SnapshotProperties> found = vss.query();
            there[0] = !found.isEmpty();
            assertThat(found).as("point %d", point).hasSizeBetween(0, 2);
            if (told.postCommitted) {
                assertThat(found).as("point %d", point).hasSize(2);
            }
            if (!told.committed) {
                assertThat(found).as("point %d", point).isEmpty();
            }
            if (there[0]) {
                assertThat(found).extracting(SnapshotProperties::snapshotId).containsExactlyInAnyOrder(OF_A, OF_B);
                assertThat(found).extracting(SnapshotProperties::snapshotsCount).containsOnly(2);
                assertThat(life.readCopy(OF_A.toString(), 0)).isEqualTo(2);
                assertThat(life.readCopy(OF_A.toString(), 1)).isEqualTo(1);
                assertThat(life.readCopy(OF_B.toString(), 0)).isEqualTo(4);
                assertThat(life.engine().copies())
                        .extracting(copy -> copy.overlay().state().name())
                        .doesNotContain("OPEN");
            } else {
                assertThat(life.engine().copies()).isEmpty();
                assertThat(vss.endPrepare()).isEqualTo(Hresult.VSS_E_OBJECT_NOT_FOUND);
            }
            Told again = new Told();
            if (!there[0]) {
                life.write("a", 0, 4, 1);
                life.write("b", 0, 4, 3);
                make(vss, again);
            }
            assertThat(vss.call(new ProviderCall.DeleteSnapshots(VssLife.S, 2, false)))
                    .isEqualTo(S_OK);
            assertThat(life.engine().copies()).isEmpty();
        });
        return there[0];
    }

    // ---- devices that stall

    private static void stall(Life life, long nanos) {
        life.world()
                .storage()
                .inject(FaultRule.when(io -> io.phase() == IoEvent.Phase.BEFORE && io.kind() == IoKind.FORCE)
                        .always()
                        .then(new Fault.Stall(nanos)));
    }

    @Test
    void abortEndsAnEndPrepareThatWaitsForADevice() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            life.write("a", 0, 1, 5);
            stall(life, 20 * SECOND);
            int[] answer = {-1};
            long[] ended = new long[1];
            var preparing = life.start(() -> {
                answer[0] = vss.endPrepare();
                ended[0] = stamp(life);
            });
            life.sleep(SECOND);
            assertThat(vss.sets().stateOf(VssLife.S)).isEqualTo(SetState.PROCESSING_PREPARE);
            long begun = stamp(life);
            assertThat(vss.abort()).isEqualTo(S_OK);
            preparing.join();
            assertThat(stamp(life) - begun).isLessThan(SECOND);
            assertThat(answer[0]).isEqualTo(VSS_E_PROVIDER_VETO);
            life.world().storage().inject(FaultRule.on(IoKind.FORCE).then(new Fault.Stall(1)));
            life.sleep(60 * SECOND);
            assertThat(life.engine().copies()).isEmpty();
        });
    }

    @Test
    void preCommitIsAVetoInTimeWhenADeviceHangs() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            assertThat(vss.endPrepare()).isEqualTo(S_OK);
            life.write("a", 0, 1, 5);
            stall(life, 30 * SECOND);
            long begun = stamp(life);
            assertThat(vss.preCommit()).isEqualTo(VSS_E_PROVIDER_VETO);
            assertThat(stamp(life) - begun).isBetween(SECOND, 3 * SECOND);
            life.sleep(200 * SECOND);
            assertThat(life.engine().copies()).isEmpty();
        });
    }

    @Test
    void commitNeedsNoDeviceAndAPostCommitThatIsLateLeavesNothing() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            vss.endPrepare();
            assertThat(vss.preCommit()).isEqualTo(S_OK);
            stall(life, 10 * SECOND);
            List<IoEvent> ios = new ArrayList<>();
            long begun = stamp(life);
            life.world().storage().listen(ios::add);
            assertThat(vss.commit()).isEqualTo(S_OK);
            life.world().storage().listen(null);
            assertThat(ios).isEmpty();
            assertThat(stamp(life) - begun).isLessThan(SECOND / 10);
            begun = stamp(life);
            assertThat(vss.postCommit()).isEqualTo(VSS_E_PROVIDER_VETO);
            assertThat(stamp(life) - begun).isBetween(SECOND, 3 * SECOND);
            assertThat(vss.query()).as("at once").isEmpty();
            life.sleep(300 * SECOND);
            assertThat(life.engine().copies()).as("when the device answers").isEmpty();
            assertThat(vss.begin(new UUID(6, 7), VssBench.V, 0)).as("its id").isEqualTo(VSS_E_PROVIDER_VETO);
        });
    }

    @Test
    void nothingIsForcedBetweenPreCommitAndPostCommitThoughClientsWrite() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            life.set("earlier", "a", "b"); // so that writes preserve
            life.write("a", 2, 1, 9); // and the chain has a file
            vss.begin(OF_A, VssBench.V, 0);
            vss.begin(OF_B, VssBench.W, 0);
            vss.endPrepare();
            assertThat(vss.preCommit()).isEqualTo(S_OK);
            List<IoEvent> ios = new ArrayList<>();
            life.world().storage().listen(ios::add);
            life.write("a", 0, 1, 5);
            life.sleep(8 * SECOND); // settling would have begun at once, and forced the origin by now
            assertThat(vss.commit()).isEqualTo(S_OK);
            life.write("a", 0, 1, 6);
            life.sleep(SECOND);
            life.world().storage().listen(null);
            assertThat(ios).isNotEmpty().allSatisfy(io -> {
                assertThat(io.kind()).isEqualTo(IoKind.WRITE);
                assertThat(String.valueOf(io.path().getFileName())).startsWith("staging-");
            });
            assertThat(vss.postCommit()).isEqualTo(S_OK);
            assertThat(life.readCopy(OF_A.toString(), 0)).isEqualTo(5);
        });
    }

    @Test
    void whoDoesNotGoOnHoldsNothingUpForLong() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            vss.endPrepare();
            vss.preCommit();
            life.sleep(80 * SECOND);
            life.set("by-hand", "a"); // the turn is free
            assertThat(vss.commit()).isEqualTo(VSS_E_PROVIDER_VETO);
        });
    }

    @Test
    void aStaleSetExpiresByItself() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            vss.endPrepare();
            life.sleep(CurrentSet.EXPIRY_NANOS + 10 * SECOND);
            assertThat(vss.sets().stateOf(VssLife.S)).isEqualTo(SetState.ABORTED);
        });
    }

    // ---- auto-recovery

    @Test
    void writesOfAutoRecoveryReachTheCopyAndNeverTheVolume() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            vss.begin(OF_A, VssBench.V, 0);
            vss.endPrepare();
            vss.preCommit();
            vss.commit();
            vss.postCommit();
            assertThat(life.engine().overlay(OF_A)).as("before PreFinal").isNull();
            assertThat(vss.preFinal()).isEqualTo(S_OK);
            Overlay overlay = Objects.requireNonNull(life.engine().overlay(OF_A));
            ByteBuffer repaired = ByteBuffer.allocate(Life.PIECE);
            while (repaired.hasRemaining()) {
                repaired.putLong(99);
            }
            assertThat(life.await(done -> overlay.write(0, repaired.flip(), false, done)))
                    .isEqualTo(IoStatus.OK);
            assertThat(vss.postFinal()).isEqualTo(S_OK);
            assertThat(life.engine().overlay(OF_A)).as("after PostFinal").isNull();
            assertThat(life.read("a", 0)).isEqualTo(1);
            var copy = Objects.requireNonNull(life.engine().copyReader(OF_A));
            assertThat(Life.number(copy::read, 0, "the copy")).isEqualTo(99);
            assertThat(Life.number(copy::read, 1, "the copy")).isEqualTo(1);
        });
    }

    // ---- a sample of the sequences of SetSequencesTests on the real engine

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomSequencesDoWhatTheModelDoes(long seed) {
        Random random = new Random(seed);
        Life.first(seed, life -> {
            VssLife vss = prepared(life);
            SetModel model = new SetModel(false);
            List<String> done = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                // On its legal way more often than not, else no sequence gets far.
                boolean legal = model.current >= 0 && random.nextInt(4) > 0;
                int what = legal ? model.steps : random.nextInt(12);
                take(vss, model, what, done, i);
                assertThat(life.engine().copies()).as(done::toString).hasSize(model.exists(0) ? model.copies[0] : 0);
            }
            vss.disconnect();
            life.set("by-hand", "a", "b");
        });
    }

    private static void take(VssLife vss, SetModel model, int what, List<String> done, int number) {
        int expected;
        int actual;
        done.add(Integer.toString(what));
        switch (what) {
            case 0 -> {
                String volume = model.current == 0 && model.steps == 1 ? VssBench.W : VssBench.V;
                expected = model.begin(0);
                actual = vss.begin(new UUID(66, number + 1), volume, 0);
            }
            case 1 -> {
                expected = model.step(0, what);
                actual = vss.endPrepare();
            }
            case 2 -> {
                expected = model.step(0, what);
                actual = vss.preCommit();
            }
            case 3 -> {
                expected = model.step(0, what);
                actual = vss.commit();
            }
            case 4 -> {
                expected = model.step(0, what);
                actual = vss.postCommit();
            }
            case 5 -> {
                expected = model.step(0, what);
                actual = vss.preFinal();
            }
            case 6 -> {
                expected = model.step(0, what);
                actual = vss.postFinal();
            }
            case 7 -> {
                expected = model.abort(0);
                actual = vss.abort();
            }
            case 8 -> {
                expected = model.delete(0);
                actual = vss.call(new ProviderCall.DeleteSnapshots(VssLife.S, 2, false));
            }
            case 9 -> {
                model.unload();
                expected = S_OK;
                actual = vss.call(new ProviderCall.OnUnload(true));
            }
            case 10 -> {
                model.disconnect();
                vss.disconnect();
                expected = S_OK;
                actual = S_OK;
            }
            default -> {
                model.restart();
                vss.restart();
                expected = S_OK;
                actual = S_OK;
            }
        }
        assertThat(Hresult.text(actual)).as(done::toString).isEqualTo(Hresult.text(expected));
    }

    @Test
    void copiesMadeOtherwiseAreNotVssCopies() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            life.set("s", "a");
            CopyInfo copy = life.engine().copy("a@s");
            assertThat(vss.query()).isEmpty();
            assertThat(vss.call(new ProviderCall.DeleteSnapshots(copy.id(), 3, true)))
                    .isEqualTo(Hresult.VSS_E_OBJECT_NOT_FOUND);
            assertThat(vss.call(new ProviderCall.AbortSnapshots(copy.setId()))).isEqualTo(S_OK);
            assertThat(life.engine().copies()).hasSize(1);
        });
    }
}
