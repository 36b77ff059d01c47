/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import java.time.Instant;

/**
 * An event with its place in the history.
 *
 * @param sequence from 1, one more than that of the event before
 * @param suppressed how often the same was told, and left out, since it was recorded last; see {@link EventId#mayRepeat}
 */
public record RecordedEvent(long sequence, Instant time, long suppressed, Event event) {}
