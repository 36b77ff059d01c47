/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Security descriptors, as text and in memory. */
final class Descriptors {
    /** Access that a client of a pipe needs; generic write would let it make an instance of the pipe and so be the server. */
    static final String CLIENT_ACCESS = "0x12018b";

    private static final SecurityCalls CALLS = SecurityCalls.load();

    /** An entry that allows something: type, flags, rights, two GUIDs, trustee. */
    private static final Pattern ALLOWING = Pattern.compile("\\(A;[^;)]*;[^;)]*;[^;)]*;[^;)]*;([^;)]*)\\)");

    private Descriptors() {}

    /** A descriptor in memory of Windows; closing frees it. */
    record Held(Pointer pointer) implements AutoCloseable {
        @Override
        public void close() {
            Kernel32.INSTANCE.LocalFree(pointer);
        }
    }

    /**
     * Returns the descriptor of a pipe: the service and nobody over the network; administrators as clients if they are admitted.
     *
     * @param own who the service runs as
     */
    static String pipe(Identity own, boolean administrators) {
        return (own.system() ? "O:SYG:SY" : "") + "D:P(D;;GA;;;NU)(A;;GA;;;SY)"
                + (own.system() ? "" : "(A;;GA;;;" + own.sid() + ")")
                + (administrators ? "(A;;" + CLIENT_ACCESS + ";;;BA)" : "");
    }

    static Held parse(String text) throws IOException {
        PointerByReference descriptor = new PointerByReference();
        if (!CALLS.ConvertStringSecurityDescriptorToSecurityDescriptor(
                text, SecurityCalls.SDDL_REVISION_1, descriptor, null)) {
            throw Win32.failure("descriptor " + text);
        }
        return new Held(descriptor.getValue());
    }

    /** Returns the access list of a file or directory as text. */
    static String ofFile(String path) throws IOException {
        IntByReference needed = new IntByReference();
        CALLS.GetFileSecurity(path, WinNT.DACL_SECURITY_INFORMATION, null, 0, needed);
        Memory descriptor = new Memory(Math.max(needed.getValue(), 1));
        if (!CALLS.GetFileSecurity(path, WinNT.DACL_SECURITY_INFORMATION, descriptor, needed.getValue(), needed)) {
            throw Win32.failure(path);
        }
        return text(descriptor);
    }

    /** Gives a file or directory an access list. */
    static void set(String path, String text) throws IOException {
        try (Held descriptor = parse(text)) {
            if (!CALLS.SetFileSecurity(path, WinNT.DACL_SECURITY_INFORMATION, descriptor.pointer())) {
                throw Win32.failure(path);
            }
        }
    }

    private static String text(Pointer descriptor) throws IOException {
        PointerByReference text = new PointerByReference();
        if (!CALLS.ConvertSecurityDescriptorToStringSecurityDescriptor(
                descriptor, SecurityCalls.SDDL_REVISION_1, WinNT.DACL_SECURITY_INFORMATION, text, null)) {
            throw Win32.failure("a descriptor");
        }
        try {
            return text.getValue().getWideString(0);
        } finally {
            Kernel32.INSTANCE.LocalFree(text.getValue());
        }
    }

    /** Returns whom a descriptor allows something, as its text names them. */
    static List<String> allowed(String text) {
        List<String> trustees = new ArrayList<>();
        Matcher matcher = ALLOWING.matcher(text);
        while (matcher.find()) {
            trustees.add(matcher.group(1));
        }
        return trustees;
    }

    /** Returns how the text of descriptors names a user: some have an abbreviation. */
    static String nameOf(String sid) throws IOException {
        try (Held descriptor = parse("D:(A;;GA;;;" + sid + ")")) {
            return allowed(text(descriptor.pointer())).getFirst();
        }
    }
}
