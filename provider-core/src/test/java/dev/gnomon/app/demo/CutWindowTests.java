/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutWindowTests {
    private final List<Chain.Passage> passages = new ArrayList<>();

    /** Adds a chain; the times are sent, acknowledged, sent, acknowledged and so on, from record 1. */
    private CutWindowTests chain(long... times) {
        Chain chain = new Chain(passages.size());
        for (int i = 0; i < times.length; i++) {
            if (i % 2 == 0) {
                chain.send(times[i]);
            } else {
                chain.acknowledge(times[i]);
            }
        }
        passages.add(chain.since(0));
        return this;
    }

    private CutWindow window(long... last) {
        return CutWindow.of(last, passages, 0, 1000);
    }

    @Test
    void cutLiesBetweenTheLastSendingOfWhatIsInAndTheFirstAcknowledgementOfWhatIsNot() {
        chain(10, 20, 30, 90).chain(15, 50, 60, 80);

        CutWindow window = window(1, 1);

        assertThat(window.exists()).isTrue();
        assertThat(window.earliest()).isEqualTo(15);
        assertThat(window.latest()).isEqualTo(80);
    }

    @Test
    void prefixesThatNoMomentExplainsAreNoInstant() {
        // The first chain's record 2 is missing although it was acknowledged before the second chain's was sent.
        chain(10, 20, 30, 40, 41, 90).chain(50, 60, 70, 80);

        assertThat(window(1, 1).exists()).isFalse();
        assertThat(window(2, 1).exists()).isTrue();
    }

    @Test
    void chainsThatAreNeverIdleTogetherLeaveOneBusy() {
        chain(10, 20, 30, 90).chain(11, 40, 50, 95);

        assertThat(window(1, 1).busyMin()).isEqualTo(1);
    }

    @Test
    void chainsThatMayHaveBeenIdleTogetherCountAsIdle() {
        chain(10, 20, 45, 90).chain(11, 40, 50, 95);

        assertThat(window(1, 1).busyMin()).isZero();
    }

    @Test
    void recordsInFlightWhenTheAnswerCameCountAsBusyUntilThen() {
        chain(10).chain(11);

        assertThat(window(1, 1).busyMin()).isEqualTo(2);
        assertThat(window(1, 1).latest()).isEqualTo(1000);
    }

    @Test
    void chainsThatHaveNotBegunAreIdle() {
        chain(10).chain(11);

        assertThat(window(0, 0).busyMin()).isZero();
        assertThat(window(0, 1).busyMin()).isEqualTo(2);
    }
}
