/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Native;
import com.sun.jna.platform.win32.Kernel32Util;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Errors of Windows as exceptions. */
final class Win32 {
    static final int ERROR_FILE_NOT_FOUND = 2;
    static final int ERROR_PATH_NOT_FOUND = 3;
    static final int ERROR_ACCESS_DENIED = 5;
    static final int ERROR_INVALID_DRIVE = 15;
    static final int ERROR_NO_MORE_FILES = 18;
    static final int ERROR_BROKEN_PIPE = 109;
    static final int ERROR_INVALID_NAME = 123;
    static final int ERROR_PIPE_BUSY = 231;
    static final int ERROR_NO_DATA = 232;
    static final int ERROR_PIPE_NOT_CONNECTED = 233;
    static final int ERROR_MORE_DATA = 234;
    static final int ERROR_PIPE_CONNECTED = 535;
    static final int ERROR_OPERATION_ABORTED = 995;
    static final int ERROR_IO_PENDING = 997;
    static final int ERROR_NOT_A_REPARSE_POINT = 4390;

    private Win32() {}

    /** Returns the exception for the last error of this thread. */
    static IOException failure(String what) {
        return failure(what, Native.getLastError());
    }

    static IOException failure(String what, int error) {
        return switch (error) {
            case ERROR_FILE_NOT_FOUND -> new NoSuchFileException(what);
            case ERROR_ACCESS_DENIED -> new AccessDeniedException(what);
            default -> new IOException(what + ": " + reason(error));
        };
    }

    /** Returns an error in words. */
    static String reason(int error) {
        return "error " + error + ", " + Kernel32Util.formatMessage(error).strip();
    }
}
