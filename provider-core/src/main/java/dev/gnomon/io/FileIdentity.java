/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/**
 * Which file something is, and when it was changed last.
 *
 * @param id the same for every name of the file, and for no other file that is there at the time; empty where the system has
 *     none
 * @param lastingId what of it is the same after the system was started again, where devices may have got other numbers; empty
 *     where there is nothing
 * @param changedNanos when its content or attributes changed last, in nanoseconds since 1970 UTC; 0 where that is not told, as
 *     for devices
 */
public record FileIdentity(String id, String lastingId, long changedNanos) {
    /** Nothing is known. */
    public static final FileIdentity UNKNOWN = new FileIdentity("", "", 0);
}
