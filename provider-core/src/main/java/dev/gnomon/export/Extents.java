/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.export.Export.ExtentKind;
import dev.gnomon.export.Export.ExtentSink;
import dev.gnomon.snapshot.AllocationSink;

/** Translates extents of the engine. */
final class Extents {
    private Extents() {}

    /** Passes on at most that many extents. */
    static AllocationSink limited(int maxExtents, ExtentSink sink) {
        return new AllocationSink() {
            private int count;

            @Override
            public boolean extent(long lengthBytes, boolean hole) {
                sink.extent(lengthBytes, hole ? ExtentKind.HOLE_ZERO : ExtentKind.DATA);
                return ++count < maxExtents;
            }
        };
    }
}
