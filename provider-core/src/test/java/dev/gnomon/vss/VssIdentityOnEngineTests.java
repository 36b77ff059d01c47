/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.VssLife.OF_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The disk identity of copies over the real engine (provider contract 5.3, assertions 41, 42 and 83). */
class VssIdentityOnEngineTests {
    private static final long SEED = 83;
    private static final int SIZE = (int) Life.MIN_BYTES;
    private static final int WITH_AUTORECOVERY = 0x9;
    private static final int WITHOUT_AUTORECOVERY = 0xB;
    private static final TestDisk DISK = TestDisk.gpt(SIZE);

    private static VssLife prepared(Life life) throws Exception {
        life.volume("a", SIZE);
        assertThat(life.write("a", 0, ByteBuffer.wrap(DISK.bytes))).isEqualTo(IoStatus.OK);
        assertThat(life.flush("a")).isEqualTo(IoStatus.OK);
        return new VssLife(life);
    }

    private static void recorded(VssLife vss, int context) {
        assertThat(vss.begin(OF_A, VssBench.V, context)).isEqualTo(S_OK);
        assertThat(vss.endPrepare()).isEqualTo(S_OK);
        assertThat(vss.preCommit()).isEqualTo(S_OK);
        assertThat(vss.commit()).isEqualTo(S_OK);
        assertThat(vss.postCommit()).isEqualTo(S_OK);
    }

    private static byte[] all(Life.Source source) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        assertThat(source.read(0, bytes)).isEqualTo(IoStatus.OK);
        return bytes.array();
    }

    private static CopyReader copy(Life life) {
        return Objects.requireNonNull(life.engine().copyReader(OF_A), "the copy cannot be read");
    }

    private static OverlayInfo.State overlay(Life life) throws Exception {
        return life.engine().copy(OF_A.toString()).overlay().state();
    }

    /** Checks that a copy is another disk with the same files. */
    private static void expectOwnIdentity(byte[] bytes) {
        TestDisk copy = TestDisk.gpt(SIZE);
        copy.disk.put(0, bytes);
        for (int header : new int[] {1, copy.backupHeader()}) {
            assertThat(copy.disk.getInt(header * 512 + 16)).isEqualTo(copy.headerCrc(header));
            assertThat(copy.get(header * 512 + 56, 16)).isNotEqualTo(DISK.get(512 + 56, 16));
        }
        int firstUsable = 2 + copy.entriesSectors();
        for (int entries : new int[] {copy.primaryEntries(), copy.backupEntries()}) {
            assertThat(copy.disk.getInt(512 + 88)).isEqualTo(copy.entriesCrc(entries));
            assertThat(copy.get(entries * 512 + 16, 16)).isNotEqualTo(DISK.get(entries * 512 + 16, 16));
        }
        int usable = (copy.backupEntries() - firstUsable) * 512;
        assertThat(copy.get(firstUsable * 512, usable)).isEqualTo(DISK.get(firstUsable * 512, usable));
        assertThat(copy.get(0, 512)).isEqualTo(DISK.get(0, 512));
    }

    @Test
    void theCopyIsAnotherDiskAndTheVolumeStaysTheSame() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            recorded(vss, WITH_AUTORECOVERY);
            assertThat(vss.preFinal()).isEqualTo(S_OK);
            expectOwnIdentity(all(Objects.requireNonNull(life.engine().overlay(OF_A))::read));
            assertThat(vss.postFinal()).isEqualTo(S_OK);
            expectOwnIdentity(all(copy(life)::read));
            assertThat(all(life.live("a")::read)).isEqualTo(DISK.bytes);
            assertThat(all(Objects.requireNonNull(life.engine().shadowCopy(OF_A))::read))
                    .as("what a revert goes back to")
                    .isEqualTo(DISK.bytes);
        });
    }

    @Test
    void aCopyThatNobodyMayWriteToGetsItWhenItIsShown() {
        SimImage[] left = new SimImage[1];
        byte[][] before = new byte[1][];
        left[0] = Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            recorded(vss, WITHOUT_AUTORECOVERY);
            assertThat(vss.preFinal()).isEqualTo(S_OK);
            assertThat(vss.postFinal()).isEqualTo(S_OK);
            assertThat(overlay(life)).isEqualTo(OverlayInfo.State.NONE);
            assertThat(vss.call(new ProviderCall.GetSnapshotProperties(OF_A))).isEqualTo(S_OK);
            assertThat(overlay(life)).isEqualTo(OverlayInfo.State.SEALED);
            before[0] = all(copy(life)::read);
            expectOwnIdentity(before[0]);
            assertThat(all(life.live("a")::read)).isEqualTo(DISK.bytes);
        });
        Life.next(SEED, left[0].cutKeepingNone(), life -> {
            VssLife vss = new VssLife(life);
            assertThat(vss.call(new ProviderCall.GetSnapshotProperties(OF_A))).isEqualTo(S_OK);
            assertThat(all(copy(life)::read)).as("after a power cut").isEqualTo(before[0]);
        });
    }

    @Test
    void twoThatAskAtOnceSeeOneIdentity() {
        Life.first(SEED, life -> {
            VssLife vss = prepared(life);
            recorded(vss, WITHOUT_AUTORECOVERY);
            int[] answers = {-1, -1};
            var first = life.start(() -> answers[0] = vss.call(new ProviderCall.GetSnapshotProperties(OF_A)));
            var second = life.start(() -> answers[1] = vss.call(new ProviderCall.GetSnapshotProperties(OF_A)));
            first.join();
            second.join();
            assertThat(answers).containsExactly(S_OK, S_OK);
            assertThat(overlay(life)).isEqualTo(OverlayInfo.State.SEALED);
            expectOwnIdentity(all(copy(life)::read));
        });
    }

    @Test
    void aCrashAtAnyPointLeavesNoOverlayOrAWholeIdentity() {
        for (int context : new int[] {WITH_AUTORECOVERY, WITHOUT_AUTORECOVERY}) {
            int[] ios = new int[1];
            Life.first(SEED, life -> {
                VssLife vss = prepared(life);
                recorded(vss, context);
                life.world().storage().listen(io -> ios[0]++);
                show(vss, context);
                life.world().storage().listen(null);
            });
            assertThat(ios[0]).isGreaterThan(10);
            for (int point = 1; point <= ios[0]; point++) {
                int at = point;
                SimImage left = Life.first(SEED, life -> {
                    VssLife vss = prepared(life);
                    recorded(vss, context);
                    int[] count = new int[1];
                    life.dieAt(io -> ++count[0] == at);
                    show(vss, context);
                });
                for (SimImage image : List.of(left.killed(), left.cutKeepingAll(), left.cutKeepingNone())) {
                    judge(image, point);
                }
            }
        }
    }

    private static void show(VssLife vss, int context) {
        int answer =
                context == WITH_AUTORECOVERY ? vss.preFinal() : vss.call(new ProviderCall.GetSnapshotProperties(OF_A));
        assertThat(answer).isEqualTo(S_OK);
    }

    private static void judge(SimImage image, int point) {
        Life.on(new SimWorld(SEED + point, image), Life.SMALL, life -> {
            VssLife vss = new VssLife(life);
            OverlayInfo.State found = overlay(life);
            assertThat(found).as("point %d", point).isIn(OverlayInfo.State.NONE, OverlayInfo.State.SEALED);
            byte[] seen = all(copy(life)::read);
            if (found == OverlayInfo.State.SEALED) {
                expectOwnIdentity(seen);
            } else {
                assertThat(Arrays.equals(seen, DISK.bytes))
                        .as("point %d", point)
                        .isTrue();
            }
            assertThat(vss.call(new ProviderCall.GetSnapshotProperties(OF_A))).isEqualTo(S_OK);
            expectOwnIdentity(all(copy(life)::read));
            assertThat(all(life.live("a")::read)).isEqualTo(DISK.bytes);
        });
    }
}
