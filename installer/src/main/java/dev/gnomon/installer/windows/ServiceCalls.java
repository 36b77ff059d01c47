/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.platform.win32.Winsvc.SC_HANDLE;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.ShortByReference;
import com.sun.jna.win32.StdCallLibrary;
import com.sun.jna.win32.W32APIOptions;
import org.jspecify.annotations.Nullable;

/** Calls of Windows that JNA's own mappings lack. */
final class ServiceCalls {
    private ServiceCalls() {}

    /** Of advapi32. */
    interface Advapi extends StdCallLibrary {
        /** Loaded once. */
        Advapi INSTANCE = Native.load("advapi32", Advapi.class, W32APIOptions.UNICODE_OPTIONS);

        boolean QueryServiceConfig(SC_HANDLE service, @Nullable Pointer config, int bytes, IntByReference needed);
    }

    /** Of kernel32. */
    interface Kernel extends StdCallLibrary {
        /** Loaded once. */
        Kernel INSTANCE = Native.load("kernel32", Kernel.class, W32APIOptions.UNICODE_OPTIONS);

        boolean IsWow64Process2(HANDLE process, ShortByReference processMachine, ShortByReference nativeMachine);

        boolean MoveFileEx(String source, @Nullable String target, int flags);
    }
}
