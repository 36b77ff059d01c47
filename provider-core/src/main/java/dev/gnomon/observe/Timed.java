/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

/** What the service measures the duration of. */
public enum Timed {
    /** From the arrival of the request to its reply being ready. */
    NBD_READ("nbd", "read"),
    /** From the arrival of the header, so the transfer of the payload is in it. */
    NBD_WRITE("nbd", "write"),
    /** A FLUSH. */
    NBD_FLUSH("nbd", "flush"),
    /** A TRIM. */
    NBD_TRIM("nbd", "trim"),
    /** A WRITE_ZEROES. */
    NBD_WRITE_ZEROES("nbd", "write_zeroes"),
    /** A BLOCK_STATUS. */
    NBD_BLOCK_STATUS("nbd", "block_status"),
    /** For how long the cut of a snapshot set held writes. */
    CUT_HOLD("engine", "cut_hold"),
    /** One force of a file of the store. */
    STORE_FORCE("engine", "store_force"),
    /** One force of an origin. */
    ORIGIN_FORCE("engine", "origin_force");

    private final String group;
    private final String word;

    Timed(String group, String word) {
        this.group = group;
        this.word = word;
    }

    /** Returns which part of the service it belongs to: {@code nbd} or {@code engine}. */
    public String group() {
        return group;
    }

    /** Returns its name within the group. */
    public String word() {
        return word;
    }
}
