/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixCheckTests {
    private static final Layout LAYOUT = new Layout(4711, 1 << 20, 3, 8);

    /** The content of both volumes after writes of whole chains; damage is done by hand. */
    private static final class Disks {
        private final ByteBuffer[] volumes = {ByteBuffer.allocate(1 << 20), ByteBuffer.allocate(1 << 20)};
        private final ByteBuffer record = Stamp.newBuffer();

        Disks write(int chain, long first, long last) {
            for (long k = first; k <= last; k++) {
                Stamp.write(LAYOUT, chain, k, record);
                volumes[LAYOUT.volume(chain, k)].put((int) LAYOUT.offset(chain, k), record, 0, Layout.RECORD_BYTES);
            }
            return this;
        }

        Disks flip(int chain, long k, int at) {
            ByteBuffer volume = volumes[LAYOUT.volume(chain, k)];
            int offset = (int) LAYOUT.offset(chain, k) + at;
            volume.put(offset, (byte) (volume.get(offset) ^ 1));
            return this;
        }

        /** Moves the bytes of one record over those of another. */
        Disks misplace(int chain, long from, long to) {
            volumes[LAYOUT.volume(chain, to)].put(
                    (int) LAYOUT.offset(chain, to),
                    volumes[LAYOUT.volume(chain, from)],
                    (int) LAYOUT.offset(chain, from),
                    Layout.RECORD_BYTES);
            return this;
        }

        Image image() {
            Image image = new Image(LAYOUT);
            for (int volume = 0; volume < Layout.VOLUMES; volume++) {
                VolumeRead.look(image, volume, 0, volumes[volume].duplicate().clear());
            }
            return image;
        }
    }

    private static List<Violation> check(Disks disks, long least, long most) {
        return PrefixCheck.check(disks.image(), new long[] {least, 0, 0}, new long[] {most, 0, 0});
    }

    private static List<Violation.Kind> kinds(Disks disks, long least, long most) {
        return check(disks, least, most).stream().map(Violation::kind).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 15, 16, 17, 18, 31, 32, 33, 100, 101})
    void everyPrefixPasses(long last) {
        assertThat(check(new Disks().write(0, 1, last), last, last)).isEmpty();
        assertThat(new Disks().write(0, 1, last).image().last(0)).isEqualTo(last);
    }

    @Test
    void chainsDoNotDisturbEachOther() {
        Disks disks = new Disks().write(0, 1, 20).write(1, 1, 7).write(2, 1, 33);

        assertThat(PrefixCheck.check(disks.image(), new long[] {20, 7, 33}, new long[] {20, 7, 33}))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 9, 16, 17, 39, 49})
    void gapIsFoundWhereverItIsInTheLastLap(long missing) {
        long last = Math.min(missing + 15, 50);
        Disks disks = new Disks().write(0, 1, missing - 1).write(0, missing + 1, last);

        assertThat(check(disks, 0, last)).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.GAP);
            assertThat(violation.text()).contains("has record " + last + " but not record " + missing);
        });
    }

    @Test
    void oneVolumeBehindTheOtherIsAGapForEachRecordThatItLacks() {
        Disks disks = new Disks().write(0, 1, 20);
        for (long k = 22; k <= 28; k += 2) {
            disks.write(0, k, k);
        }

        assertThat(kinds(disks, 20, 28)).hasSize(4).containsOnly(Violation.Kind.GAP);
    }

    @Test
    void missingAcknowledgedRecordIsFound() {
        assertThat(check(new Disks().write(0, 1, 19), 20, 25)).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.LOST);
            assertThat(violation.text()).isEqualTo("chain 0 ends with record 19, acknowledged in time was record 20");
        });
    }

    @Test
    void gapThatWasAcknowledgedSaysSo() {
        Disks disks = new Disks().write(0, 1, 17).write(0, 19, 20);

        assertThat(check(disks, 19, 25))
                .singleElement()
                .satisfies(violation -> assertThat(violation.text())
                        .contains("not record 18, which was acknowledged in time: record 2 is at"));
    }

    @Test
    void recordSentAfterTheAnswerIsFound() {
        assertThat(check(new Disks().write(0, 1, 26), 20, 25)).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.TOO_LATE);
            assertThat(violation.text()).isEqualTo("chain 0 has record 26, sent in time was record 25 at most");
        });
    }

    @Nested
    class ARecordThatIsNotWhole {
        @ParameterizedTest
        @ValueSource(ints = {0, 8, 16, 20, 24, 32, 40, 2000, 4091, 4095})
        void isFoundWhicheverByteIsWrong(int at) {
            Disks disks = new Disks().write(0, 1, 20).flip(0, 11, at);

            assertThat(kinds(disks, 20, 20)).containsExactly(Violation.Kind.TORN);
        }

        @Test
        void isFoundWhereTheChainHasNotBeenYet() {
            Disks disks = new Disks().write(0, 1, 3).flip(0, 9, 100);

            assertThat(kinds(disks, 3, 3)).containsExactly(Violation.Kind.TORN);
        }

        @Test
        void isFoundIfItIsWholeButElsewhere() {
            Disks disks = new Disks().write(0, 1, 20).misplace(0, 11, 13);

            assertThat(kinds(disks, 20, 20)).containsExactly(Violation.Kind.TORN);
        }

        @Test
        void isFoundIfItIsOfAnotherRun() {
            ByteBuffer record = Stamp.newBuffer();
            Layout other = new Layout(LAYOUT.runId() + 1, LAYOUT.volumeBytes(), LAYOUT.chains(), LAYOUT.slots());
            Stamp.write(other, 0, 5, record);

            assertThat(Stamp.read(LAYOUT, 1, 0, LAYOUT.slot(5), record)).isEqualTo(Stamp.BROKEN);
        }
    }

    @Test
    void bytesWhereNothingWasWrittenAreFound() {
        Disks disks = new Disks().write(0, 1, 20);
        disks.volumes[1].put(3 * Layout.RECORD_BYTES + 17, (byte) 1);

        assertThat(check(disks, 20, 20)).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.STRAY);
            assertThat(violation.text()).contains("right is not zero at 12288");
        });
    }
}
