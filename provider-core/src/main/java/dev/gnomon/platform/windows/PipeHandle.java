/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One handle of a pipe, opened for overlapped I/O. Thread-safe.
 *
 * <p>Closing sets an event that every wait also waits for, then waits until no call uses the handle, and only then gives it back: its number may
 * be another file's at once.
 */
final class PipeHandle implements AutoCloseable {
    private static final PipeCalls CALLS = PipeCalls.load();
    private static final int BUFFER_BYTES = 64 << 10;

    private final String name;
    private final HANDLE pipe;
    private final HANDLE closing;
    private final Operation reads;
    private final Operation writes;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over a handle. */
    PipeHandle(String name, HANDLE pipe) {
        this.name = name;
        this.pipe = pipe;
        this.closing = event();
        this.reads = new Operation();
        this.writes = new Operation();
    }

    /** Memory and event of the one call of its kind that is under way. */
    private static final class Operation {
        final Memory buffer = new Memory(BUFFER_BYTES);
        final Memory overlapped = new Memory(PipeCalls.OVERLAPPED_BYTES);
        final HANDLE done = event();

        Memory begin() {
            overlapped.clear();
            overlapped.setPointer(PipeCalls.OVERLAPPED_EVENT, done.getPointer());
            Kernel32.INSTANCE.ResetEvent(done);
            return overlapped;
        }
    }

    /** Begins a call; returns what Windows does. */
    private interface Start {
        boolean with(Pointer overlapped);
    }

    private static HANDLE event() {
        return Kernel32.INSTANCE.CreateEvent(null, true, false, null);
    }

    /** A call on the handle that does not wait. */
    interface Call<T> {
        T on(HANDLE pipe) throws IOException;
    }

    /** Makes a call while the handle is this pipe's for sure. */
    <T> T call(Call<T> call) throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            return call.on(pipe);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Waits for a client. */
    void connect() throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            int error = run(reads, overlapped -> CALLS.ConnectNamedPipe(pipe, overlapped), Long.MAX_VALUE)
                    .error();
            if (error != 0 && error != Win32.ERROR_PIPE_CONNECTED) {
                throw Win32.failure(name, error);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /** Reads what there is; returns -1 if the peer has closed its end. */
    int read(ByteBuffer target, long timeoutNanos) throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            int wanted = Math.min(target.remaining(), BUFFER_BYTES);
            Ended ended = run(
                    reads, overlapped -> CALLS.ReadFile(pipe, reads.buffer, wanted, null, overlapped), timeoutNanos);
            return switch (ended.error()) {
                case 0 -> {
                    target.put(reads.buffer.getByteBuffer(0, ended.bytes()));
                    yield ended.bytes();
                }
                case Win32.ERROR_BROKEN_PIPE, Win32.ERROR_PIPE_NOT_CONNECTED, Win32.ERROR_NO_DATA -> -1;
                default -> throw Win32.failure(name, ended.error());
            };
        } finally {
            use.readLock().unlock();
        }
    }

    /** Writes all of it. */
    void write(ByteBuffer source, long timeoutNanos) throws IOException {
        use.readLock().lock();
        try {
            long deadline = System.nanoTime() + timeoutNanos;
            while (source.hasRemaining()) {
                requireOpen();
                int length = Math.min(source.remaining(), BUFFER_BYTES);
                writes.buffer.getByteBuffer(0, length).put(source.slice(source.position(), length));
                Ended ended = run(
                        writes,
                        overlapped -> CALLS.WriteFile(pipe, writes.buffer, length, null, overlapped),
                        deadline - System.nanoTime());
                if (ended.error() != 0) {
                    throw Win32.failure(name, ended.error());
                }
                source.position(source.position() + ended.bytes());
            }
        } finally {
            use.readLock().unlock();
        }
    }

    private record Ended(int error, int bytes) {}

    /** Runs one call to its end, or cancels it when the time is up or the handle is being closed. */
    private Ended run(Operation operation, Start start, long timeoutNanos) throws IOException {
        Memory overlapped = operation.begin();
        int error = start.with(overlapped) ? 0 : Native.getLastError();
        if (error != 0 && error != Win32.ERROR_IO_PENDING) {
            return new Ended(error, 0);
        }
        int wait = error == 0 ? WinBase.WAIT_OBJECT_0 : await(operation, timeoutNanos);
        if (wait != WinBase.WAIT_OBJECT_0) {
            CALLS.CancelIoEx(pipe, overlapped);
        }
        // Waits for the end of a cancelled call too: until then Windows uses the memory.
        IntByReference bytes = new IntByReference();
        boolean done = CALLS.GetOverlappedResult(pipe, overlapped, bytes, true);
        int result = done ? 0 : Native.getLastError();
        if (done || result != Win32.ERROR_OPERATION_ABORTED) {
            return new Ended(result, bytes.getValue());
        }
        requireOpen();
        throw new SocketTimeoutException("The peer took too long");
    }

    private int await(Operation operation, long timeoutNanos) {
        long millis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(timeoutNanos), 0, Integer.MAX_VALUE);
        // The largest number of 32 bits means without end.
        int timeout = timeoutNanos == Long.MAX_VALUE ? WinBase.INFINITE : (int) millis;
        HANDLE[] events = {operation.done, closing};
        return Kernel32.INSTANCE.WaitForMultipleObjects(events.length, events, false, timeout);
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Kernel32.INSTANCE.SetEvent(closing);
        use.writeLock().lock();
        try {
            Kernel32.INSTANCE.CloseHandle(pipe);
            Kernel32.INSTANCE.CloseHandle(closing);
            Kernel32.INSTANCE.CloseHandle(reads.done);
            Kernel32.INSTANCE.CloseHandle(writes.done);
        } finally {
            use.writeLock().unlock();
        }
    }
}
