/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.Advapi32Util;
import com.sun.jna.platform.win32.Win32Exception;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinReg;
import com.sun.jna.ptr.IntByReference;
import java.util.UUID;

/** Tells one boot of Windows from the next by a key of the registry that the system forgets when it stops. */
public final class BootKey {
    private static final String PARENT = "SOFTWARE\\Gnomon";
    private static final String KEY = PARENT + "\\Boot";
    private static final String VALUE = "Id";

    private BootKey() {}

    /**
     * Returns the id of this boot, drawn by the first that asks.
     *
     * @throws Win32Exception if the registry cannot be written
     */
    public static String id() {
        createVolatile();
        if (!Advapi32Util.registryValueExists(WinReg.HKEY_LOCAL_MACHINE, KEY, VALUE)) {
            Advapi32Util.registrySetStringValue(WinReg.HKEY_LOCAL_MACHINE, KEY, VALUE, "boot-" + UUID.randomUUID());
        }
        return Advapi32Util.registryGetStringValue(WinReg.HKEY_LOCAL_MACHINE, KEY, VALUE);
    }

    private static void createVolatile() {
        // Parents that a volatile key brings along would be volatile too.
        Advapi32Util.registryCreateKey(WinReg.HKEY_LOCAL_MACHINE, PARENT);
        WinReg.HKEYByReference key = new WinReg.HKEYByReference();
        int error = Advapi32.INSTANCE.RegCreateKeyEx(
                WinReg.HKEY_LOCAL_MACHINE,
                KEY,
                0,
                null,
                WinNT.REG_OPTION_VOLATILE,
                WinNT.KEY_READ,
                null,
                key,
                new IntByReference());
        if (error != 0) {
            throw new Win32Exception(error);
        }
        Advapi32.INSTANCE.RegCloseKey(key.getValue());
    }
}
