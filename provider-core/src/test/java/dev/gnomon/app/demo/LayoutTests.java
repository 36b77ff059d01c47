/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayoutTests {
    private static final Layout LAYOUT = new Layout(1, 64 << 20, 16, 128);

    @Test
    void slotsAreApartInsideTheVolumeAndFoundAgain() {
        Set<Long> offsets = new HashSet<>();
        for (int chain = 0; chain < LAYOUT.chains(); chain++) {
            for (int slot = 0; slot < LAYOUT.slots(); slot++) {
                long offset = LAYOUT.slotOffset(chain, slot);
                assertThat(offset).isBetween(0L, LAYOUT.volumeBytes() - Layout.RECORD_BYTES);
                assertThat(offset % Layout.RECORD_BYTES).isZero();
                assertThat(offsets.add(offset)).isTrue();
                assertThat(LAYOUT.slotIndexAt(offset)).isEqualTo(chain * LAYOUT.slots() + slot);
            }
        }
        long pieces = 0;
        for (long offset = 0; offset < LAYOUT.volumeBytes(); offset += Layout.RECORD_BYTES) {
            pieces += LAYOUT.slotIndexAt(offset) >= 0 ? 1 : 0;
        }
        assertThat(pieces).isEqualTo(offsets.size());
    }

    @Test
    void successiveRecordsGoToDifferentVolumesAndALapFillsEverySlotOnce() {
        Set<Long> places = new HashSet<>();
        for (long k = 1; k <= LAYOUT.lap(); k++) {
            assertThat(LAYOUT.volume(3, k)).isNotEqualTo(LAYOUT.volume(3, k + 1));
            assertThat(places.add(LAYOUT.volume(3, k) * LAYOUT.volumeBytes() + LAYOUT.offset(3, k)))
                    .isTrue();
            assertThat(LAYOUT.offset(3, k + LAYOUT.lap())).isEqualTo(LAYOUT.offset(3, k));
            assertThat(LAYOUT.volume(3, k + LAYOUT.lap())).isEqualTo(LAYOUT.volume(3, k));
        }
    }

    @Test
    void moreSlotsThanFitAreRefused() {
        assertThatThrownBy(() -> new Layout(1, 1 << 20, 16, 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048576 bytes do not hold 16 chains of 32 slots");
    }
}
