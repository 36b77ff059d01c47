/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.platform.win32.Advapi32Util;
import com.sun.jna.platform.win32.Win32Exception;
import com.sun.jna.platform.win32.WinReg;

/** What setup noted of an installation. Thread-safe. */
public final class InstalledFolders {
    private static final String KEY = "SOFTWARE\\Gnomon\\Setup";
    private static final String STATE = "StateDir";

    private InstalledFolders() {}

    /** Returns the folder with everything that an installation keeps, empty if nothing is installed. */
    public static String state() {
        try {
            return Advapi32Util.registryValueExists(WinReg.HKEY_LOCAL_MACHINE, KEY, STATE)
                    ? Advapi32Util.registryGetStringValue(WinReg.HKEY_LOCAL_MACHINE, KEY, STATE)
                    : "";
        } catch (Win32Exception e) {
            return ""; // who may not read it has to name the folder
        }
    }
}
