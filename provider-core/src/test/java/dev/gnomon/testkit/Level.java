/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** What a power cut may do to sectors that were written and not forced; each level includes those before it. */
public enum Level {
    /** Each atom is there as a whole or not at all. */
    L1,
    /** Atoms of 4 KiB tear at 512 bytes. */
    L2,
    /** A sector that was being written may hold garbage, also only in one half. */
    L3,
    /** Its neighbours inside the same 4 KiB may be garbage too. */
    L4
}
