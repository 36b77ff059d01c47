/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An open volume or disk, and what its driver answers to control codes. For one thread. */
public final class DeviceHandle implements AutoCloseable {
    /** JNA has no memory of nothing. */
    private static final int LEAST_BYTES = 8;

    private final HANDLE handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DeviceHandle(HANDLE handle) {
        this.handle = handle;
    }

    /**
     * What a driver answered.
     *
     * @param error of Windows; 0 if there is none
     * @param reason that error in words
     * @param bytes what it wrote, little-endian
     */
    public record Answer(int error, String reason, ByteBuffer bytes) {}

    /**
     * Opens a device that others may go on using.
     *
     * @param device without a backslash at the end, which would be the root directory
     * @param write whether for reads and writes, as locks want it; else for questions only, which needs no rights on what is in it
     * @return none if there is no such device
     */
    public static Optional<DeviceHandle> open(String device, boolean write) throws IOException {
        HANDLE handle = Kernel32.INSTANCE.CreateFile(
                device,
                write ? WinNT.GENERIC_READ | WinNT.GENERIC_WRITE : 0,
                WinNT.FILE_SHARE_READ | WinNT.FILE_SHARE_WRITE,
                null,
                WinNT.OPEN_EXISTING,
                0,
                null);
        if (!WinBase.INVALID_HANDLE_VALUE.equals(handle)) {
            return Optional.of(new DeviceHandle(handle));
        }
        int error = Native.getLastError();
        if (error == Win32.ERROR_FILE_NOT_FOUND || error == Win32.ERROR_PATH_NOT_FOUND) {
            return Optional.empty();
        }
        throw Win32.failure(device, error);
    }

    /** Sends a control code, and waits for as long as the driver takes. */
    public Answer control(int code, byte[] input, int mostBytes) {
        if (closed.get()) {
            throw new IllegalStateException("the device is closed");
        }
        IntByReference written = new IntByReference();
        try (Memory in = memory(input.length);
                Memory out = memory(mostBytes)) {
            in.write(0, input, 0, input.length);
            boolean done = Kernel32.INSTANCE.DeviceIoControl(
                    handle,
                    code,
                    orNone(in, input.length),
                    input.length,
                    orNone(out, mostBytes),
                    mostBytes,
                    written,
                    null);
            int error = done ? 0 : Native.getLastError();
            // No driver is believed to have written more than there was room for.
            byte[] bytes = out.getByteArray(0, Math.clamp(written.getValue(), 0, mostBytes));
            return new Answer(
                    error,
                    error == 0 ? "" : Win32.reason(error),
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static Memory memory(int bytes) {
        Memory memory = new Memory(Math.max(bytes, LEAST_BYTES));
        memory.clear();
        return memory;
    }

    private static @Nullable Memory orNone(Memory memory, int bytes) {
        return bytes == 0 ? null : memory;
    }

    /** Gives the handle back, and with it a lock. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Kernel32.INSTANCE.CloseHandle(handle);
        }
    }
}
