/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Memory;
import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.Advapi32Util;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.platform.win32.WinNT.HANDLEByReference;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;

/**
 * Who a process or thread acts as.
 *
 * @param sid of the user, {@code S-1-5-18} for SYSTEM
 * @param administrator whether the group of administrators is enabled: an administrator whose process is not elevated is none
 */
record Identity(String sid, boolean administrator) {
    static final String SYSTEM = "S-1-5-18";

    private static final String ADMINISTRATORS = "S-1-5-32-544";

    private static final int QUERY_LIMITED_INFORMATION = 0x1000;

    /** A group that counts when access is granted, and one that only counts when it is denied. */
    private static final int GROUP_ENABLED = 0x4;

    private static final int GROUP_DENY_ONLY = 0x10;

    boolean system() {
        return sid.equals(SYSTEM);
    }

    /** Returns who this process runs as. */
    static Identity own() throws IOException {
        return ofProcess(Kernel32.INSTANCE.GetCurrentProcess(), "this process");
    }

    /** Returns who another process runs as. */
    static Identity ofProcess(int processId) throws IOException {
        String what = "process " + Integer.toUnsignedString(processId);
        HANDLE process = Kernel32.INSTANCE.OpenProcess(QUERY_LIMITED_INFORMATION, false, processId);
        if (process == null) {
            throw Win32.failure(what);
        }
        try {
            return ofProcess(process, what);
        } finally {
            Kernel32.INSTANCE.CloseHandle(process);
        }
    }

    private static Identity ofProcess(HANDLE process, String what) throws IOException {
        HANDLEByReference token = new HANDLEByReference();
        if (!Advapi32.INSTANCE.OpenProcessToken(process, WinNT.TOKEN_QUERY, token)) {
            throw Win32.failure("the token of " + what);
        }
        return ofToken(token.getValue());
    }

    /** Returns whom this thread impersonates; fails if it impersonates nobody. */
    static Identity ofImpersonation() throws IOException {
        HANDLEByReference token = new HANDLEByReference();
        // As ourselves: whoever may only be identified could not open even his own token.
        HANDLE thread = Kernel32.INSTANCE.GetCurrentThread();
        if (!Advapi32.INSTANCE.OpenThreadToken(thread, WinNT.TOKEN_QUERY, true, token)) {
            throw Win32.failure("the token of the client");
        }
        return ofToken(token.getValue());
    }

    private static Identity ofToken(HANDLE token) throws IOException {
        try {
            WinNT.TOKEN_USER user = new WinNT.TOKEN_USER(query(token, WinNT.TOKEN_INFORMATION_CLASS.TokenUser));
            WinNT.TOKEN_GROUPS groups = new WinNT.TOKEN_GROUPS(query(token, WinNT.TOKEN_INFORMATION_CLASS.TokenGroups));
            boolean administrator = false;
            for (WinNT.SID_AND_ATTRIBUTES group : groups.getGroups()) {
                administrator |= (group.Attributes & (GROUP_ENABLED | GROUP_DENY_ONLY)) == GROUP_ENABLED
                        && Advapi32Util.convertSidToStringSid(group.Sid).equals(ADMINISTRATORS);
            }
            return new Identity(Advapi32Util.convertSidToStringSid(user.User.Sid), administrator);
        } finally {
            Kernel32.INSTANCE.CloseHandle(token);
        }
    }

    private static Memory query(HANDLE token, int what) throws IOException {
        IntByReference needed = new IntByReference();
        Advapi32.INSTANCE.GetTokenInformation(token, what, null, 0, needed);
        Memory memory = new Memory(Math.max(needed.getValue(), 1));
        if (!Advapi32.INSTANCE.GetTokenInformation(token, what, new Raw(memory), needed.getValue(), needed)) {
            throw Win32.failure("token information " + what);
        }
        return memory;
    }

    /** Memory where the mapping wants a structure. */
    @com.sun.jna.Structure.FieldOrder("first")
    public static final class Raw extends com.sun.jna.Structure {
        /** Something, because a structure without fields has no place. */
        public byte first;

        Raw(Memory memory) {
            super(memory);
            setAutoSynch(false);
        }
    }
}
