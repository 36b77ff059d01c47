/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

/**
 * What a peer promises, so that nobody compares the safe with the unsafe unknowingly.
 *
 * @param killed what becomes of live volume and copy after SIGKILL of the server
 * @param powerCut the same after a power cut
 * @param durability what FLUSH and FUA do
 */
record Semantics(String killed, String powerCut, String durability) {
    /** Of what writes to a file in place. */
    static final Semantics FILE = new Semantics(
            "what was acknowledged is in the page cache and stays",
            "what was not flushed may be lost; no copy",
            "fdatasync on FLUSH; on FUA after each write");
}
