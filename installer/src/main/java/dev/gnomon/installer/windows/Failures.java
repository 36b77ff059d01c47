/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.platform.win32.Kernel32Util;
import com.sun.jna.platform.win32.WinNT;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;

/** Errors of Windows as exceptions. */
final class Failures {
    static final int SUCCESS = 0;
    static final int FILE_NOT_FOUND = 2;
    static final int ACCESS_DENIED = 5;
    static final int MORE_DATA = 234;
    static final int NO_MORE_ITEMS = 259;
    static final int SERVICE_REQUEST_TIMEOUT = 1053;
    static final int SERVICE_ALREADY_RUNNING = 1056;
    static final int SERVICE_DOES_NOT_EXIST = 1060;
    static final int SERVICE_CANNOT_ACCEPT = 1061;
    static final int SERVICE_NOT_ACTIVE = 1062;
    static final int SERVICE_MARKED_FOR_DELETE = 1072;

    private Failures() {}

    /** Returns the exception for an error code of Win32. */
    static SetupException win32(String what, int error) {
        String text = what + ": error " + error + ", "
                + Kernel32Util.formatMessage(error).strip();
        return error == ACCESS_DENIED
                ? new SetupException(Reason.PERMISSION, text, "run setup as an elevated administrator")
                : SetupException.failed(text);
    }

    /** Returns the exception for a failed HRESULT. */
    static SetupException com(String what, int result) {
        String text = what + ": " + hex(result) + " " + meaning(result);
        return SetupException.failed(text.strip());
    }

    static String hex(int result) {
        return "0x" + Integer.toHexString(result).toUpperCase(java.util.Locale.ROOT);
    }

    private static String meaning(int result) {
        try {
            return Kernel32Util.formatMessage(new WinNT.HRESULT(result)).strip();
        } catch (RuntimeException e) {
            return ""; // Windows has no words for codes of VSS and COM+
        }
    }
}
