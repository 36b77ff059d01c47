/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit of a service at its value, one below and one above, where a test on sockets could not be exact. */
class NbdLimitTests {
    private static final long MS = 1_000_000;

    private final NbdLimits limits = NbdLimits.defaults();
    private final Admission admission = new Admission(limits);

    @ParameterizedTest
    @CsvSource({"9999, false", "10000, false", "10001, true"})
    void negotiationHasTenSeconds(int elapsedMs, boolean cut) {
        Progress progress = new Progress(5);
        assertThat(progress.verdict(5 + elapsedMs * MS, limits).isEmpty()).isNotEqualTo(cut);
        progress.handshakeDone();
        assertThat(progress.verdict(5 + elapsedMs * MS, limits)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"29999, false", "30000, false", "30001, true"})
    void halfARequestAndRepliesNotTakenHaveThirtySeconds(int stallMs, boolean cut) {
        Progress receiving = new Progress(0);
        receiving.handshakeDone();
        receiving.expectMore(true);
        receiving.received();
        assertThat(receiving.verdict(MS, limits)).isEmpty();
        assertThat(receiving.verdict((1 + stallMs) * MS, limits).isEmpty()).isNotEqualTo(cut);

        Progress sending = new Progress(0);
        sending.handshakeDone();
        sending.sending(true);
        sending.sent();
        assertThat(sending.verdict(MS, limits)).isEmpty();
        assertThat(sending.verdict((1 + stallMs) * MS, limits).isEmpty()).isNotEqualTo(cut);
    }

    /** A byte now and then counts as progress; negotiation has its own bound. */
    @Test
    void progressStartsTheThirtySecondsAnew() {
        Progress progress = new Progress(0);
        progress.handshakeDone();
        progress.expectMore(true);
        for (int i = 1; i < 10; i++) {
            progress.received();
            assertThat(progress.verdict(i * 29_999L * MS, limits)).isEmpty();
        }
    }

    @Test
    void connectionsInAllAre256() {
        List<Admission.Slot> slots = new ArrayList<>();
        for (int i = 1; i <= 256; i++) {
            slots.add(Objects.requireNonNull(admission.admit("address " + i), "connection " + i));
            assertThat(admission.connections()).isEqualTo(i);
        }
        assertThat(admission.admit("one more")).isNull();
        slots.getFirst().release();
        assertThat(admission.admit("one more")).isNotNull();
        assertThat(admission.admit("and another")).isNull();
    }

    @Test
    void connectionsInNegotiationFromOneAddressAre16() {
        List<Admission.Slot> slots = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            slots.add(Objects.requireNonNull(admission.admit("a"), "connection " + i));
        }
        assertThat(admission.admit("a")).isNull();
        assertThat(admission.admit("b")).isNotNull();
        slots.getFirst().handshakeDone();
        assertThat(admission.admit("a")).isNotNull();
        assertThat(admission.admit("a")).isNull();
    }

    @Test
    void connectionsToOneExportAre64() {
        List<Admission.Slot> slots = new ArrayList<>();
        for (int i = 1; i <= 64; i++) {
            Admission.Slot slot = Objects.requireNonNull(admission.admit("address " + i));
            assertThat(slot.enterExport("data")).as("connection %s", i).isTrue();
            slots.add(slot);
        }
        Admission.Slot next = Objects.requireNonNull(admission.admit("one more"));
        assertThat(next.enterExport("data")).isFalse();
        assertThat(next.enterExport("other")).isTrue();
        next.leaveExport();
        slots.getLast().release();
        assertThat(next.enterExport("data")).isTrue();
    }

    @Test
    void valuesAreThoseOfTheDocument() {
        assertThat(limits)
                .isEqualTo(new NbdLimits(
                        10_000, 30_000, 32, 65_536, 4096, 32, 33_554_432, 67_108_864, 128, 256, 64, 16, 536_870_912));
    }
}
