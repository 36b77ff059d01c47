/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import com.sun.jna.win32.StdCallLibrary;
import com.sun.jna.win32.W32APIOptions;
import org.jspecify.annotations.Nullable;

/** Calls of advapi32 that JNA's own mapping lacks. */
interface SecurityCalls extends StdCallLibrary {
    /** Version of the text form of descriptors. */
    int SDDL_REVISION_1 = 1;

    static SecurityCalls load() {
        return Native.load("advapi32", SecurityCalls.class, W32APIOptions.UNICODE_OPTIONS);
    }

    boolean ImpersonateNamedPipeClient(HANDLE pipe);

    boolean ConvertStringSecurityDescriptorToSecurityDescriptor(
            String text, int revision, PointerByReference descriptor, @Nullable IntByReference bytes);

    boolean ConvertSecurityDescriptorToStringSecurityDescriptor(
            Pointer descriptor,
            int revision,
            int information,
            PointerByReference text,
            @Nullable IntByReference length);

    boolean GetFileSecurity(
            String file, int information, @Nullable Pointer descriptor, int bytes, IntByReference needed);

    boolean SetFileSecurity(String file, int information, Pointer descriptor);
}
