/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdProtocol;

/**
 * What a server told of an export.
 *
 * @param sizeBytes size of the device
 * @param flags transmission flags, see {@link NbdProtocol}
 * @param preferredBlockBytes size and alignment that is served best, 4096 if the server did not say
 * @param maxRequestBytes most bytes of one read or write, 32 MiB if the server did not say
 * @param structured whether reads are answered in chunks
 * @param allocation whether block status may be asked for
 */
public record NbdExportInfo(
        long sizeBytes,
        int flags,
        int preferredBlockBytes,
        int maxRequestBytes,
        boolean structured,
        boolean allocation) {
    /** Returns whether writes are refused. */
    public boolean readOnly() {
        return (flags & NbdProtocol.READ_ONLY) != 0;
    }
}
