/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Native;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names of volumes, as the mount manager of Windows knows them. Thread-safe. */
public final class VolumeNames {
    /** A volume GUID path has 49 characters and a zero. */
    private static final int GUID_PATH_CHARS = 64;

    /** Of a list of which nothing but its presence is asked. */
    private static final int FEW_CHARS = 1_024;

    /** A host has dozens. */
    private static final int MOST_VOLUMES = 4_096;

    private VolumeNames() {}

    /**
     * Returns the GUID path of the volume at a drive root or mounted folder, with a backslash at the end; none if no volume is there.
     *
     * @param mountPoint with a backslash at the end
     */
    public static Optional<String> guidPath(String mountPoint) throws IOException {
        char[] name = new char[GUID_PATH_CHARS];
        if (Kernel32.INSTANCE.GetVolumeNameForVolumeMountPoint(mountPoint, name, name.length)) {
            return Optional.of(Native.toString(name));
        }
        return noneOrFailure(mountPoint, Native.getLastError());
    }

    private static Optional<String> noneOrFailure(String mountPoint, int error) throws IOException {
        return switch (error) {
            case Win32.ERROR_FILE_NOT_FOUND,
                    Win32.ERROR_PATH_NOT_FOUND,
                    Win32.ERROR_INVALID_DRIVE,
                    Win32.ERROR_INVALID_NAME,
                    // A folder on which nothing is mounted.
                    Win32.ERROR_NOT_A_REPARSE_POINT -> Optional.empty();
            default -> throw Win32.failure(mountPoint, error);
        };
    }

    /** Returns whether there is a volume of a GUID path, with a backslash at its end. */
    public static boolean exists(String guidPath) throws IOException {
        char[] paths = new char[FEW_CHARS];
        if (Kernel32.INSTANCE.GetVolumePathNamesForVolumeName(guidPath, paths, paths.length, new IntByReference())) {
            return true;
        }
        int error = Native.getLastError();
        return error == Win32.ERROR_MORE_DATA || noneOrFailure(guidPath, error).isPresent();
    }

    /** Returns the GUID path of each volume, with a backslash at the end. */
    public static List<String> all() throws IOException {
        List<String> found = new ArrayList<>();
        char[] name = new char[GUID_PATH_CHARS];
        HANDLE search = Kernel32.INSTANCE.FindFirstVolume(name, name.length);
        if (WinBase.INVALID_HANDLE_VALUE.equals(search)) {
            throw Win32.failure("volumes");
        }
        try {
            do {
                if (found.size() == MOST_VOLUMES) {
                    throw new IOException("more than " + MOST_VOLUMES + " volumes");
                }
                found.add(Native.toString(name));
            } while (Kernel32.INSTANCE.FindNextVolume(search, name, name.length));
            int error = Native.getLastError();
            if (error != Win32.ERROR_NO_MORE_FILES) {
                throw Win32.failure("volumes", error);
            }
            return found;
        } finally {
            Kernel32.INSTANCE.FindVolumeClose(search);
        }
    }
}
