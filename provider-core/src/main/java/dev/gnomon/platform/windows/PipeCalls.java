/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.win32.StdCallLibrary;
import com.sun.jna.win32.W32APIOptions;
import org.jspecify.annotations.Nullable;

/** Calls of kernel32 for overlapped I/O: JNA's own take arrays, which move away before the call is done. */
interface PipeCalls extends StdCallLibrary {
    /** Bytes of an OVERLAPPED on 64 bits, and where its event is. */
    int OVERLAPPED_BYTES = 32;

    int OVERLAPPED_EVENT = 24;

    static PipeCalls load() {
        return Native.load("kernel32", PipeCalls.class, W32APIOptions.UNICODE_OPTIONS);
    }

    boolean ConnectNamedPipe(HANDLE pipe, Pointer overlapped);

    boolean ReadFile(HANDLE file, Pointer buffer, int bytes, @Nullable Pointer read, Pointer overlapped);

    boolean WriteFile(HANDLE file, Pointer buffer, int bytes, @Nullable Pointer written, Pointer overlapped);

    boolean GetOverlappedResult(HANDLE file, Pointer overlapped, IntByReference bytes, boolean wait);

    boolean CancelIoEx(HANDLE file, @Nullable Pointer overlapped);
}
