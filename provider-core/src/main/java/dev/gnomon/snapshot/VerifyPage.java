/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.List;

/**
 * What came of the checking of a part of a shadow copy.
 *
 * @param copy its export name
 * @param sizeBytes of the copy
 * @param checkedBytes preserved bytes whose checksums were recomputed; what the copy reads from the origin has none
 * @param damaged extents that cannot be read, in order of place
 * @param nextOffsetBytes where this part ends; if that is before {@code sizeBytes} there is another
 */
public record VerifyPage(
        String copy, long sizeBytes, long checkedBytes, List<DiffPage.Extent> damaged, long nextOffsetBytes) {
    /** Copies the list. */
    public VerifyPage {
        damaged = List.copyOf(damaged);
    }
}
