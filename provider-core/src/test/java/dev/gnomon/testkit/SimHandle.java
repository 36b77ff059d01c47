/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An open file of the simulated storage. */
final class SimHandle implements StorageFile {
    private static final int PAGE_BYTES = 4096;

    private final SimStorage storage;
    private final SimFile file;
    private final Path path;
    private final boolean writable;
    private boolean closed;

    SimHandle(SimStorage storage, SimFile file, Path path, boolean writable) {
        this.storage = storage;
        this.file = file;
        this.path = path;
        this.writable = writable;
    }

    boolean writable() {
        return writable;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() throws IOException {
        checkOpen();
        return file.visibleSize;
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) throws IOException {
        checkOffset(offsetBytes);
        Fault fault = begin(IoKind.READ, offsetBytes, target.remaining());
        SectorMap content = fault instanceof Fault.StaleRead ? file.durable : file.visible;
        return copyOut(content, target, offsetBytes, fault);
    }

    @Override
    public int readAroundCache(ByteBuffer target, long offsetBytes) throws IOException {
        checkOffset(offsetBytes);
        if (offsetBytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(path + ": offset " + offsetBytes + " is not a multiple of 4096");
        }
        Fault fault = begin(IoKind.READ_AROUND, offsetBytes, target.remaining());
        SectorMap content = fault instanceof Fault.StaleRead ? file.durable : file.device();
        return copyOut(content, target, offsetBytes, fault);
    }

    private int copyOut(SectorMap content, ByteBuffer target, long offsetBytes, @Nullable Fault fault) {
        int length = Math.clamp(file.visibleSize - offsetBytes, 0, target.remaining());
        int start = target.position();
        int done = 0;
        while (done < length) {
            long at = offsetBytes + done;
            int within = (int) (at % Sector.BYTES);
            int count = Math.min(Sector.BYTES - within, length - done);
            target.put(content.get(at / Sector.BYTES).bytes(), within, count);
            done += count;
        }
        if (fault instanceof Fault.FlipBit flip && length > 0) {
            int at = start + (int) (flip.bit() / Byte.SIZE % length);
            target.put(at, (byte) (target.get(at) ^ (1 << (flip.bit() % Byte.SIZE))));
        }
        storage.end();
        return length;
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) throws IOException {
        checkOffset(offsetBytes);
        checkWritable();
        int length = source.remaining();
        Fault fault = begin(IoKind.WRITE, offsetBytes, length);
        if (length == 0) {
            return;
        }
        long first = offsetBytes / Sector.BYTES;
        long end = offsetBytes + length;
        Sector[] sectors = new Sector[(int) (Sector.count(end) - first)];
        int position = source.position();
        for (int i = 0; i < sectors.length; i++) {
            sectors[i] = merge(source, position, offsetBytes, end, first + i);
        }
        int stop = fault instanceof Fault.ShortWrite shortWrite
                ? Math.min(shortWrite.sectors(), sectors.length)
                : sectors.length;
        Sector[] issued = stop == sectors.length ? sectors : Arrays.copyOf(sectors, stop);
        long issuedEnd = Math.min(end, (first + stop) * Sector.BYTES);
        boolean listening = storage.listening();
        int middle = listening ? storage.choose(stop + 1) : stop;
        if (stop > 0) {
            issue(fault, first, issued, middle, issuedEnd);
            if (listening) {
                storage.middle(path, offsetBytes, length);
                cacheRest(first, issued, middle, issuedEnd);
            }
        }
        if (stop < sectors.length) {
            long written = Math.max(0, issuedEnd - offsetBytes);
            source.position(position + (int) written);
            if (fault instanceof Fault.ShortWrite shortWrite && shortWrite.noSpace()) {
                throw new NoSpaceException(path, offsetBytes + written, length - written);
            }
            throw SimStorage.ioError(path);
        }
        source.position(source.limit());
        storage.end();
    }

    /** Returns a sector of the file with the part that the write covers put over what the cache shows. */
    private Sector merge(ByteBuffer source, int position, long start, long end, long number) {
        long sectorStart = number * Sector.BYTES;
        int from = (int) Math.max(0, start - sectorStart);
        int to = (int) Math.min(Sector.BYTES, end - sectorStart);
        byte[] bytes = to - from == Sector.BYTES
                ? new byte[Sector.BYTES]
                : file.visible.get(number).bytes().clone();
        source.get(position + (int) (sectorStart + from - start), bytes, from, to - from);
        return Sector.of(bytes);
    }

    /** Sends the sectors off to the device and puts a leading part of them into the cache. */
    private void issue(@Nullable Fault fault, long first, Sector[] sectors, int cached, long endBytes) {
        if (endBytes > file.visibleSize) {
            file.pending.add(new PendingOp.Size(storage.nextOrder(), endBytes, true));
        }
        file.visible = file.visible.with(first, sectors, 0, cached);
        file.visibleSize = Math.max(file.visibleSize, Math.min(endBytes, (first + cached) * Sector.BYTES));
        file.changed();
        long order = storage.nextOrder();
        switch (fault) {
            case Fault.LoseWrite _ -> file.diverged = true;
            case Fault.Misdirect misdirect -> {
                long to = Math.max(0, first + misdirect.deltaBytes() / Sector.BYTES);
                file.pending.add(new PendingOp.Write(order, to, sectors, cached));
                file.diverged = true;
            }
            case Fault.FlipBit flip -> {
                Sector[] flipped = sectors.clone();
                int bit = (int) (flip.bit() % ((long) sectors.length * Sector.BYTES * Byte.SIZE));
                int at = bit / (Sector.BYTES * Byte.SIZE);
                flipped[at] = SimStorage.flip(sectors[at], bit % (Sector.BYTES * Byte.SIZE));
                file.pending.add(new PendingOp.Write(order, first, flipped, cached));
                file.diverged = true;
            }
            case null, default -> file.pending.add(new PendingOp.Write(order, first, sectors, cached));
        }
    }

    private void cacheRest(long first, Sector[] sectors, int cached, long endBytes) {
        file.visible = file.visible.with(first + cached, sectors, cached, sectors.length - cached);
        file.visibleSize = Math.max(file.visibleSize, endBytes);
        if (!file.pending.isEmpty() && file.pending.getLast() instanceof PendingOp.Write write) {
            file.pending.removeLast();
            file.pending.add(
                    new PendingOp.Write(write.order(), write.first(), write.sectors(), write.sectors().length));
        }
        file.changed();
    }

    @Override
    public void force() throws IOException {
        long before = storage.order(); // Writes that others begin from now on are not covered.
        Fault fault = begin(IoKind.FORCE, 0, 0);
        if (file.lateError) {
            file.lateError = false;
            file.changed();
            throw SimStorage.ioError(path);
        }
        switch (fault) {
            case Fault.LyingForce _ -> {}
            case Fault.ForceFails fails -> failForce(fails, before);
            case null, default -> file.settle(before);
        }
        storage.end();
    }

    private void failForce(Fault.ForceFails fails, long before) throws IOException {
        file.loseWrites(before, fails.keptPercent(), storage.faultRandom());
        switch (fails.pages()) {
            case SHOWN_NEW -> throw SimStorage.ioError(path);
            case OLD_BACK -> {
                file.dropClean();
                throw SimStorage.ioError(path);
            }
            case REPORTED_LATE -> file.lateError = true;
        }
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        checkOffset(sizeBytes);
        checkWritable();
        begin(IoKind.SET_SIZE, 0, sizeBytes);
        if (sizeBytes != file.visibleSize) {
            file.resize(storage.nextOrder(), sizeBytes, false);
        }
        storage.end();
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes) throws IOException {
        long end = Math.addExact(offsetBytes, lengthBytes);
        if (offsetBytes < 0 || lengthBytes <= 0) {
            throw new IllegalArgumentException(path + ": bad range " + offsetBytes + " + " + lengthBytes);
        }
        checkWritable();
        begin(IoKind.ALLOCATE, offsetBytes, lengthBytes);
        if (end > file.visibleSize) {
            file.resize(storage.nextOrder(), end, true);
        }
        storage.end();
    }

    @Override
    public boolean tryPunch(long offsetBytes, long lengthBytes) throws IOException {
        checkOffset(offsetBytes);
        checkWritable();
        if (offsetBytes % Sector.BYTES != 0 || lengthBytes % Sector.BYTES != 0 || lengthBytes <= 0) {
            throw new IllegalArgumentException(path + ": bad range " + offsetBytes + " + " + lengthBytes);
        }
        if (offsetBytes + lengthBytes > file.visibleSize) {
            return false;
        }
        Fault fault = begin(IoKind.PUNCH, offsetBytes, lengthBytes);
        Sector[] zeros = new Sector[(int) (lengthBytes / Sector.BYTES)];
        Arrays.fill(zeros, Sector.ZERO);
        issue(fault, offsetBytes / Sector.BYTES, zeros, zeros.length, offsetBytes + lengthBytes);
        storage.end();
        return true;
    }

    @Override
    public void dropCache() throws IOException {
        begin(IoKind.DROP_CACHE, 0, 0);
        file.dropClean();
        storage.end();
    }

    @Override
    public long nextData(long offsetBytes) throws IOException {
        begin(IoKind.SEEK, offsetBytes, 0);
        long found = file.visible.nextStored(offsetBytes / Sector.BYTES);
        long start = found > Long.MAX_VALUE / Sector.BYTES ? Long.MAX_VALUE : found * Sector.BYTES;
        return Math.min(Math.max(start, offsetBytes), file.visibleSize);
    }

    @Override
    public long nextHole(long offsetBytes) throws IOException {
        begin(IoKind.SEEK, offsetBytes, 0);
        long start = file.visible.nextAbsent(offsetBytes / Sector.BYTES) * Sector.BYTES;
        return Math.min(Math.max(start, offsetBytes), file.visibleSize);
    }

    @Override
    public boolean tryLock() throws IOException {
        begin(IoKind.LOCK, 0, 0);
        for (SimHandle other : file.lockers) {
            if (other != this && (writable || other.writable)) {
                return false;
            }
        }
        if (!file.lockers.contains(this)) {
            file.lockers.add(this);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        file.lockers.remove(this);
    }

    private @Nullable Fault begin(IoKind kind, long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        Fault fault = storage.begin(kind, path, offsetBytes, lengthBytes);
        checkOpen(); // Another task may have closed it meanwhile.
        return fault;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void checkWritable() throws IOException {
        checkOpen();
        if (!writable) {
            throw new AccessDeniedException(path.toString(), null, "opened read-only");
        }
    }

    private void checkOffset(long offsetBytes) {
        if (offsetBytes < 0) {
            throw new IllegalArgumentException(path + ": negative offset " + offsetBytes);
        }
    }
}
