/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.platform.win32.User32;

/** What Windows as a whole is about to do. Thread-safe. */
public final class SystemState {
    /** Index of the metric that is not 0 while the session, for a service that is the system, ends. */
    private static final int SM_SHUTTINGDOWN = 0x2000;

    private SystemState() {}

    /** Returns whether Windows is shutting down. */
    public static boolean endsNow() {
        return User32.INSTANCE.GetSystemMetrics(SM_SHUTTINGDOWN) != 0;
    }
}
