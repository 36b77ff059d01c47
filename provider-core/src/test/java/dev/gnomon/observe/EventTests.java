/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventTests {
    @Test
    void lineHasIdSubjectAndMessage() {
        assertThat(Event.ofVolume(EventId.VOLUME_FAILED, "data", "a flush failed")
                        .line())
                .isEqualTo("GNM-2001 volume=data a flush failed");
        assertThat(Event.of(EventId.SERVICE_STARTED, "serving").line()).isEqualTo("GNM-1101 serving");
        assertThat(new Event(EventId.COPY_DELETED, "v", "v@c", "s", "deleted").line())
                .isEqualTo("GNM-2106 volume=v copy=v@c set=s deleted");
    }

    @Test
    void messageBecomesOneBoundedLineThatNoTerminalObeys() {
        String hostile = "a\nb\u001b[2Jc\u202ed\ud800e";
        assertThat(Event.of(EventId.STORE_FAILED, hostile).message()).isEqualTo("a b [2Jc d e");
        assertThat(Event.of(EventId.STORE_FAILED, "x".repeat(5_000)).message())
                .hasSize(Event.MAX_MESSAGE_LENGTH)
                .endsWith("x (cut)");
    }
}
