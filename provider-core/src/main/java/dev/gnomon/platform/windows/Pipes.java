/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Native;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinDef.ULONGByReference;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import dev.gnomon.ipc.Link;
import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Named pipes from a client's side. */
public final class Pipes {
    /** Read, and write without the right to make an instance: {@link Descriptors#CLIENT_ACCESS}. */
    private static final int ACCESS = 0x0012_018B;

    private static final int OVERLAPPED = 0x4000_0000;

    /** The server learns who we are and cannot act as us. */
    private static final int IDENTIFICATION_ONLY = 0x0010_0000 | 0x0001_0000;

    private static final int BUSY_WAIT_MILLIS = 5_000;
    private static final int BUSY_TRIES = 3;

    private Pipes() {}

    static String path(String name) {
        return "\\\\.\\pipe\\" + name;
    }

    /**
     * Connects to a pipe that a service of SYSTEM, of an administrator or of this user serves.
     *
     * @param name what follows {@code \\.\pipe\}
     * @throws java.nio.file.NoSuchFileException if nobody serves it
     * @throws AccessDeniedException if this user may not, or the server is somebody else's
     */
    public static Link connect(String name) throws IOException {
        String path = path(name);
        for (int i = 1; ; i++) {
            HANDLE pipe = Kernel32.INSTANCE.CreateFile(
                    path, ACCESS, 0, null, WinNT.OPEN_EXISTING, OVERLAPPED | IDENTIFICATION_ONLY, null);
            if (!WinBase.INVALID_HANDLE_VALUE.equals(pipe)) {
                return checked(path, new PipeHandle(path, pipe));
            }
            int error = Native.getLastError();
            if (error != Win32.ERROR_PIPE_BUSY || i == BUSY_TRIES) {
                throw Win32.failure(path, error);
            }
            Kernel32.INSTANCE.WaitNamedPipe(path, BUSY_WAIT_MILLIS);
        }
    }

    /**
     * Returns whether somebody serves a pipe, which this user may be forbidden to open.
     *
     * @param name what follows {@code \\.\pipe\}
     */
    public static boolean isServed(String name) {
        return Kernel32.INSTANCE.WaitNamedPipe(path(name), 1) || Native.getLastError() != Win32.ERROR_FILE_NOT_FOUND;
    }

    /** Makes sure that nobody has taken the name to be told what is meant for the service. */
    private static Link checked(String path, PipeHandle pipe) throws IOException {
        try {
            int process = pipe.call(handle -> {
                ULONGByReference id = new ULONGByReference();
                if (!Kernel32.INSTANCE.GetNamedPipeServerProcessId(handle, id)) {
                    throw Win32.failure(path);
                }
                return id.getValue().intValue();
            });
            Identity server = Identity.ofProcess(process);
            if (!server.system()
                    && !server.administrator()
                    && !server.sid().equals(Identity.own().sid())) {
                throw new AccessDeniedException(path + ": served by user " + server.sid()
                        + "; allowed are SYSTEM, administrators and this user");
            }
            return new PipeLink(pipe, PipeLink.Check.NONE);
        } catch (IOException e) {
            pipe.close();
            throw e;
        }
    }
}
