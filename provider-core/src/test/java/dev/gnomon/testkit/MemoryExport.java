/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An export in memory whose completions a test controls. Thread-safe. Requests take effect when they are submitted; what
 * is held back is their completion.
 */
public final class MemoryExport implements Export {
    /** When requests complete. */
    public enum Mode {
        /** Before the submission returns. */
        INLINE,
        /** On another thread, soon. */
        ASYNC,
        /** When the test calls {@link #releaseAll}. */
        STALLED
    }

    /** One request, as it arrived. */
    public record Seen(String what, long offsetBytes, long lengthBytes, String detail) {}

    private record Held(Completion completion, IoStatus status) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final List<Seen> seen = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final String name;
    private final ByteBuffer bytes;
    private final boolean readOnly;
    private volatile Mode mode = Mode.INLINE;
    private volatile IoStatus status = IoStatus.OK;
    private volatile boolean recording;

    /** Makes an export full of zeros. */
    public MemoryExport(String name, int sizeBytes, boolean readOnly) {
        this.name = name;
        this.bytes = ByteBuffer.allocateDirect(sizeBytes);
        this.readOnly = readOnly;
    }

    /** Returns exports that open the given ones by their names. */
    public static Exports exports(MemoryExport... offered) {
        Map<String, MemoryExport> byName = new TreeMap<>();
        for (MemoryExport export : offered) {
            byName.put(export.name, export);
        }
        return new Exports() {
            @Override
            public List<String> names() {
                return List.copyOf(byName.keySet());
            }

            @Override
            public @Nullable Export open(String name) {
                MemoryExport export = byName.get(name);
                if (export != null) {
                    export.opened.incrementAndGet();
                }
                return export;
            }
        };
    }

    /** Sets when requests complete from now on. */
    public void complete(Mode when) {
        mode = when;
    }

    /** Sets the outcome of all requests from now on; anything but OK changes no bytes. */
    public void answer(IoStatus outcome) {
        status = outcome;
    }

    /** Starts to note requests. */
    public void record() {
        recording = true;
    }

    /** Returns the requests noted so far. */
    public List<Seen> seen() {
        lock.lock();
        try {
            return List.copyOf(seen);
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many completions are held back. */
    public int held() {
        lock.lock();
        try {
            return held.size();
        } finally {
            lock.unlock();
        }
    }

    /** Completes at most so many of the held requests, oldest first, on the calling thread. */
    public void release(int count) {
        for (int i = 0; i < count; i++) {
            Held next;
            lock.lock();
            try {
                next = held.poll();
            } finally {
                lock.unlock();
            }
            if (next == null) {
                return;
            }
            next.completion().complete(next.status());
        }
    }

    /** Completes everything that is held, and goes on inline. */
    public void releaseAll() {
        mode = Mode.INLINE;
        release(Integer.MAX_VALUE);
    }

    /** Returns how many clients opened it. */
    public int opened() {
        return opened.get();
    }

    /** Returns how many clients closed it. */
    public int closed() {
        return closed.get();
    }

    /** Returns a copy of a range. */
    public byte[] copy(int offset, int length) {
        byte[] copy = new byte[length];
        bytes.get(offset, copy);
        return copy;
    }

    /** Sets a range. */
    public void put(int offset, byte[] content) {
        bytes.put(offset, content);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return bytes.capacity();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public int preferredBlockBytes() {
        return 4096;
    }

    @Override
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        int length = target.remaining();
        note("read", offsetBytes, length, "");
        IoStatus refusal = check(offsetBytes, length, false);
        if (refusal == IoStatus.OK) {
            target.put(target.position(), bytes, (int) offsetBytes, length);
            target.position(target.limit());
        }
        return refusal;
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
        int length = source.remaining();
        note("write", offsetBytes, length, durability.name());
        IoStatus refusal = check(offsetBytes, length, true);
        if (refusal == IoStatus.OK) {
            bytes.put((int) offsetBytes, source, source.position(), length);
        }
        end(completion, refusal);
    }

    @Override
    public void flush(Completion completion) {
        note("flush", 0, 0, "");
        end(completion, status);
    }

    @Override
    public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
        note("trim", offsetBytes, lengthBytes, durability.name());
        end(completion, check(offsetBytes, lengthBytes, true));
    }

    @Override
    public void writeZeroes(
            long offsetBytes, long lengthBytes, ZeroMode zeroMode, Durability durability, Completion completion) {
        note("zero", offsetBytes, lengthBytes, zeroMode + " " + durability);
        IoStatus refusal = check(offsetBytes, lengthBytes, true);
        if (refusal == IoStatus.OK) {
            bytes.put((int) offsetBytes, new byte[(int) lengthBytes]);
        }
        end(completion, refusal);
    }

    /** Reports 4 KiB blocks of zeros as holes and the rest as data, as many extents as it is asked for. */
    @Override
    public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
        note("status", offsetBytes, lengthBytes, String.valueOf(maxExtents));
        IoStatus refusal = check(offsetBytes, lengthBytes, false);
        if (refusal != IoStatus.OK) {
            return refusal;
        }
        long at = offsetBytes;
        long end = offsetBytes + lengthBytes;
        for (int count = 0; at < end && count < maxExtents; count++) {
            ExtentKind kind = kindAt(at);
            long next = at;
            while (next < end && kindAt(next) == kind) {
                next = Math.min(end, (next / 4096 + 1) * 4096);
            }
            sink.extent(next - at, kind);
            at = next;
        }
        return IoStatus.OK;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    private ExtentKind kindAt(long offset) {
        int start = (int) (offset / 4096 * 4096);
        for (int i = start; i < Math.min(start + 4096, bytes.capacity()); i++) {
            if (bytes.get(i) != 0) {
                return ExtentKind.DATA;
            }
        }
        return ExtentKind.HOLE_ZERO;
    }

    private IoStatus check(long offset, long length, boolean change) {
        if (change && readOnly) {
            return IoStatus.READ_ONLY;
        }
        if (offset < 0 || length <= 0 || offset > bytes.capacity() - length) {
            return IoStatus.INVALID;
        }
        return status;
    }

    private void end(Completion completion, IoStatus outcome) {
        switch (mode) {
            case INLINE -> completion.complete(outcome);
            case ASYNC -> Thread.ofVirtual().start(() -> completion.complete(outcome));
            case STALLED -> {
                lock.lock();
                try {
                    held.add(new Held(completion, outcome));
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private void note(String what, long offset, long length, String detail) {
        if (recording) {
            lock.lock();
            try {
                seen.add(new Seen(what, offset, length, detail));
            } finally {
                lock.unlock();
            }
        }
    }
}
