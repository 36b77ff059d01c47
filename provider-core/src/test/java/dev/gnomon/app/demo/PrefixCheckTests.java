/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge of the demonstration finds every kind of violation, made by hand. */
class PrefixCheckTests {
    private final Layout layout = new Layout(77, 1 << 20, 2, 4);

    @Test
    void aPrefixOnBothVolumesIsFine() {
        assertThat(PrefixCheck.check(image(11, 6), new long[] {11, 6}, new long[] {12, 7}))
                .isEmpty();
    }

    @Test
    void aChainThatIsNotOnceRoundIsFine() {
        assertThat(PrefixCheck.check(image(3, 0), new long[] {3, 0}, new long[] {3, 1}))
                .isEmpty();
    }

    @Test
    void aRecordWithoutTheOneBeforeItIsAGap() {
        Image image = image(11, 6);
        image.put(layout.volume(0, 10), layout.slotIndexAt(layout.offset(0, 10)), 2);
        assertThat(kinds(image, new long[] {9, 6}, new long[] {12, 7})).containsExactly(Violation.Kind.GAP);
    }

    @Test
    void anAcknowledgedRecordThatIsMissingIsLost() {
        assertThat(kinds(image(11, 5), new long[] {11, 6}, new long[] {12, 7})).containsExactly(Violation.Kind.LOST);
    }

    @Test
    void aRecordSentAfterTheAnswerIsTooLate() {
        assertThat(kinds(image(13, 6), new long[] {11, 6}, new long[] {12, 7}))
                .containsExactly(Violation.Kind.TOO_LATE);
    }

    @Test
    void aTornRecordIsReported() {
        Image image = image(11, 6);
        ByteBuffer record = Stamp.newBuffer();
        Stamp.write(layout, 0, 10, record);
        record.put(2000, (byte) (record.get(2000) + 1));
        int index = layout.slotIndexAt(layout.offset(0, 10));
        image.put(layout.volume(0, 10), index, Stamp.read(layout, layout.volume(0, 10), 0, layout.slot(10), record));
        assertThat(kinds(image, new long[] {9, 6}, new long[] {12, 7})).containsExactly(Violation.Kind.TORN);
    }

    @Test
    void bytesWhereNothingWasWrittenAreReported() {
        Image image = image(11, 6);
        image.stray(1, 8192);
        assertThat(kinds(image, new long[] {11, 6}, new long[] {12, 7})).containsExactly(Violation.Kind.STRAY);
    }

    @Test
    void aRecordReadsBackOnlyWhereItBelongs() {
        ByteBuffer record = Stamp.newBuffer();
        Stamp.write(layout, 1, 6, record);
        int volume = layout.volume(1, 6);
        assertThat(Stamp.read(layout, volume, 1, layout.slot(6), record)).isEqualTo(6);
        assertThat(Stamp.read(layout, 1 - volume, 1, layout.slot(6), record)).isEqualTo(Stamp.BROKEN);
        assertThat(Stamp.read(layout, volume, 0, layout.slot(6), record)).isEqualTo(Stamp.BROKEN);
    }

    @Test
    void chainsThatCannotHaveBeenSoAtOneMomentAreFound() {
        Chain early = new Chain(0);
        Chain late = new Chain(1);
        early.send(10);
        early.acknowledge(20);
        early.send(21);
        early.acknowledge(30);
        late.send(40);
        late.acknowledge(50);
        List<Chain.Passage> passages = List.of(early.since(1), late.since(0));
        assertThat(CutWindow.of(new long[] {1, 0}, passages, 5, 60).exists()).isTrue();
        assertThat(CutWindow.of(new long[] {1, 1}, passages, 5, 60).exists()).isFalse();
    }

    private List<Violation.Kind> kinds(Image image, long[] least, long[] most) {
        return PrefixCheck.check(image, least, most).stream()
                .map(Violation::kind)
                .distinct()
                .toList();
    }

    /** Returns what the volumes hold after so many records of each chain. */
    private Image image(long... records) {
        Image image = new Image(layout);
        for (int chain = 0; chain < records.length; chain++) {
            for (long k = 1; k <= records[chain]; k++) {
                image.put(layout.volume(chain, k), layout.slotIndexAt(layout.offset(chain, k)), k);
            }
        }
        return image;
    }
}
