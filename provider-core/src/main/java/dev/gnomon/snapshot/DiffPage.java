/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.List;

/**
 * A part of what changed between two sides of a volume. What lies between its begin and its end and in no extent did not
 * change.
 *
 * @param older export name of the older side, a shadow copy
 * @param newer export name of the newer side, a shadow copy or the live volume
 * @param sizeBytes of the newer side
 * @param extents in order of place
 * @param nextOffsetBytes where this part ends; if that is before {@code sizeBytes} there is another
 */
public record DiffPage(String older, String newer, long sizeBytes, List<Extent> extents, long nextOffsetBytes) {
    /** Most extents of a part. */
    public static final int MAX_EXTENTS = 4096;

    /** Copies the list. */
    public DiffPage {
        extents = List.copyOf(extents);
    }

    /** Bytes in a row that changed; whole pieces of 4 KiB, but at the end of the volume. */
    public record Extent(long offsetBytes, long lengthBytes) {}
}
