/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.NativeLibrary;

/** Tells Wine from Windows, for who must not take the one for the other. */
public final class Wine {
    private Wine() {}

    /** Returns whether this is Wine: its ntdll says what it is. */
    public static boolean isHere() {
        try {
            return NativeLibrary.getInstance("ntdll").getFunction("wine_get_version") != null;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }
}
