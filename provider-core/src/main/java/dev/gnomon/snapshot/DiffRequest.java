/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/**
 * Asks for a part of what changed between two shadow copies of a volume, or since one.
 *
 * @param copy {@code VOLUME@COPY} or an id
 * @param other another copy of the volume, older or newer; empty for the live volume
 * @param offsetBytes where the part begins; 0 or the {@link DiffPage#nextOffsetBytes} of the part before
 */
public record DiffRequest(String copy, String other, long offsetBytes) {}
