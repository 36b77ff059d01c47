/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/**
 * A snapshot set just taken.
 *
 * @param heldNanos how long writes were held at the gates
 * @param totalNanos from the request to the durable record
 */
public record SetCreated(SetInfo set, long heldNanos, long totalNanos) {}
