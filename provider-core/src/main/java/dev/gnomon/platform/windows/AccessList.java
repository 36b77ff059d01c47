/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.AccCtrl;
import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The access list of a directory, as the text of a security descriptor.
 *
 * @param text in the security descriptor definition language
 */
public record AccessList(String text) {
    /** SYSTEM and administrators, nobody else; nothing is inherited from above. */
    public static final String PRIVATE = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

    /** SYSTEM and administrators; other users may read and run. */
    public static final String PROTECTED = PRIVATE + "(A;OICI;0x1200a9;;;BU)";

    /** SYSTEM, administrators, the installer of Windows itself, and two that stand for whoever owns the file. */
    private static final Set<String> TRUSTED =
            Set.of("SY", "BA", "CO", "OW", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");

    /** An entry that allows something: flags, rights and trustee. */
    private static final Pattern ALLOWING = Pattern.compile("\\(A;[^;)]*;([^;)]*);[^;)]*;[^;)]*;([^;)]*)\\)");

    /** Rights, as letters, by which nothing can be changed. */
    private static final Set<String> HARMLESS = Set.of("FR", "FX", "GR", "GX", "RC", "CC", "SW", "LO", "LC", "RP");

    /** Rights by which something can: write, append, attributes, delete, the list itself, the owner, and the generic ones. */
    private static final long HARMFUL_BITS =
            0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000 | 0x50000000L;

    /** Returns the access list of a file or directory. */
    public static AccessList of(Path path) throws IOException {
        return new AccessList(Descriptors.ofFile(path.toString()));
    }

    /** Gives it to a directory, and to what inherits from it. */
    public void apply(Path directory) throws IOException {
        boolean guarded = text.startsWith("D:P");
        try (Descriptors.Held descriptor = Descriptors.parse(text)) {
            IntByReference present = new IntByReference();
            PointerByReference list = new PointerByReference();
            IntByReference defaulted = new IntByReference();
            if (!Calls.INSTANCE.GetSecurityDescriptorDacl(descriptor.pointer(), present, list, defaulted)) {
                throw Win32.failure("an access list");
            }
            int information = WinNT.DACL_SECURITY_INFORMATION
                    | (guarded
                            ? WinNT.PROTECTED_DACL_SECURITY_INFORMATION
                            : WinNT.UNPROTECTED_DACL_SECURITY_INFORMATION);
            int error = Advapi32.INSTANCE.SetNamedSecurityInfo(
                    directory.toString(),
                    AccCtrl.SE_OBJECT_TYPE.SE_FILE_OBJECT,
                    information,
                    null,
                    null,
                    list.getValue(),
                    null);
            if (error != 0) {
                throw Win32.failure(directory.toString(), error);
            }
        }
        if (guarded) {
            // Wine adds what is inherited from above even so; this call it takes at its word. On Windows it changes
            // nothing.
            Descriptors.set(directory.toString(), text);
        }
    }

    /** Returns whom it lets in besides SYSTEM, administrators and the user of this process. */
    public List<String> others() throws IOException {
        return trustees(rights -> true);
    }

    /** Returns who may change something besides SYSTEM, administrators and the user of this process. */
    public List<String> otherWriters() throws IOException {
        return trustees(AccessList::isHarmful);
    }

    private List<String> trustees(java.util.function.Predicate<String> rights) throws IOException {
        String own = Descriptors.nameOf(Identity.own().sid());
        List<String> found = new ArrayList<>();
        Matcher matcher = ALLOWING.matcher(text);
        while (matcher.find()) {
            String trustee = matcher.group(2);
            if (rights.test(matcher.group(1))
                    && !TRUSTED.contains(trustee)
                    && !trustee.equals(own)
                    && !found.contains(trustee)) {
                found.add(trustee);
            }
        }
        return found;
    }

    private static boolean isHarmful(String rights) {
        if (rights.startsWith("0x")) {
            return (Long.parseLong(rights.substring(2), 16) & HARMFUL_BITS) != 0;
        }
        for (int i = 0; i + 2 <= rights.length(); i += 2) {
            if (!HARMLESS.contains(rights.substring(i, i + 2))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether this process may change the machine: it runs as SYSTEM or as an elevated administrator. */
    public static boolean isElevated() throws IOException {
        Identity own = Identity.own();
        return own.system() || own.administrator();
    }

    /** A call that JNA's own mapping has with other types. */
    interface Calls extends com.sun.jna.win32.StdCallLibrary {
        /** Loaded once. */
        Calls INSTANCE =
                com.sun.jna.Native.load("advapi32", Calls.class, com.sun.jna.win32.W32APIOptions.UNICODE_OPTIONS);

        boolean GetSecurityDescriptorDacl(
                Pointer descriptor, IntByReference present, PointerByReference list, IntByReference defaulted);
    }
}
