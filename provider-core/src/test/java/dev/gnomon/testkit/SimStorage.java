/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory on a device that keeps only what was forced.
 *
 * <p>Each file is a sparse map of 512-byte sectors, once as it is durable and once as reads see it, with the ordered list
 * of what is between; each name has a durable and a visible state likewise, until its directory is synced. Gigabytes that
 * nobody wrote cost nothing. {@link #image} freezes all of it in a time that grows with the count of files only; what a
 * power cut may leave is up to {@link CrashPoint}. Every call is a switch point before and after, counts as one I/O, and
 * moves the virtual time on; {@link #listen} shows each, {@link #inject} spoils some.
 *
 * <p>A process kill keeps the cache: {@code image().killed()}. In either case the process itself is ended by
 * {@link SimScheduler#halt}.
 */
public final class SimStorage implements Storage {
    /** Virtual time of an ordinary I/O, and of one that waits for the device. */
    private static final long IO_NANOS = 20_000;

    private static final long FORCE_NANOS = 500_000;

    private final SimScheduler scheduler;
    private final Xoshiro256 random;
    private final int boot;
    private final TreeMap<String, Integer> visibleNames;
    private final TreeMap<String, Integer> durableNames;
    private final List<NameOp> pendingNames;
    private final SortedMap<Integer, FileImage> cold;
    private final TreeMap<Integer, SimFile> files = new TreeMap<>();
    private final List<FaultRule> rules = new ArrayList<>();
    private @Nullable IoListener listener;
    private volatile long usableBytes = Long.MAX_VALUE;
    private final Map<Path, String> devices = new TreeMap<>();
    private int nextId;
    private long order;
    private long ioCount;

    /** Continues from an image. */
    public SimStorage(SimScheduler scheduler, SimImage image, long seed) {
        this.scheduler = scheduler;
        random = new Xoshiro256(seed);
        boot = image.boot;
        visibleNames = new TreeMap<>(image.visibleNames);
        durableNames = new TreeMap<>(image.durableNames);
        pendingNames = new ArrayList<>(image.pendingNames);
        cold = image.files;
        nextId = cold.isEmpty() ? 0 : cold.lastKey() + 1;
        for (NameOp op : pendingNames) {
            order = Math.max(order, op.order() + 1);
        }
        for (FileImage file : cold.values()) {
            if (!file.pending().isEmpty()) {
                order = Math.max(order, file.pending().getLast().order() + 1);
            }
        }
    }

    /** Shows every I/O to a listener from now on; null shows none. */
    public void listen(@Nullable IoListener to) {
        listener = to;
    }

    /** Says that so many bytes are left, from now on; nothing refuses to write more than that but a rule. */
    public void usable(long bytes) {
        usableBytes = bytes;
    }

    /** Adds a rule behind those that are there, and returns it. */
    public FaultRule inject(FaultRule rule) {
        rules.add(rule);
        return rule;
    }

    /** Takes a rule back. */
    public void clear(FaultRule rule) {
        rules.remove(rule);
    }

    /** Returns how many I/Os were begun. */
    public long ioCount() {
        return ioCount;
    }

    /** Freezes the present state. */
    public SimImage image() {
        SortedMap<Integer, FileImage> all = new TreeMap<>(cold);
        files.forEach((id, file) -> all.put(id, file.image()));
        return new SimImage(
                new TreeMap<>(visibleNames), new TreeMap<>(durableNames), List.copyOf(pendingNames), all, boot);
    }

    /** Flips one bit of a file at rest: on the device and in the cache. Not an I/O. */
    public void flipBit(Path path, long bit) {
        long number = bit / Byte.SIZE / Sector.BYTES;
        damage(path, number, flip(present(path).visible.get(number), (int) (bit % (Sector.BYTES * Byte.SIZE))));
    }

    /** Puts other bytes over a file at rest, whole sectors: on the device and in the cache. Not an I/O. */
    public void damage(Path path, long offsetBytes, byte[] bytes) {
        if (offsetBytes % Sector.BYTES != 0 || bytes.length % Sector.BYTES != 0) {
            throw new IllegalArgumentException("not whole sectors: " + offsetBytes + " + " + bytes.length);
        }
        for (int at = 0; at < bytes.length; at += Sector.BYTES) {
            byte[] one = java.util.Arrays.copyOfRange(bytes, at, at + Sector.BYTES);
            damage(path, (offsetBytes + at) / Sector.BYTES, Sector.of(one));
        }
    }

    private void damage(Path path, long number, Sector sector) {
        SimFile file = present(path);
        file.durable = file.durable.with(number, sector);
        file.visible = file.visible.with(number, sector);
        file.changed();
    }

    private SimFile present(Path path) {
        Integer id = visibleNames.get(SimImage.name(path));
        if (id == null || id == SimImage.DIRECTORY) {
            throw new IllegalArgumentException("no file " + path);
        }
        return file(id);
    }

    static Sector flip(Sector sector, int bit) {
        byte[] bytes = sector.bytes().clone();
        bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        return Sector.of(bytes);
    }

    private SimFile file(int id) {
        SimFile file = files.get(id);
        if (file == null) {
            file = new SimFile(id, Objects.requireNonNull(cold.get(id)));
            files.put(id, file);
        }
        return file;
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        begin(mode == Mode.CREATE_NEW ? IoKind.CREATE : IoKind.OPEN, path, 0, 0);
        String name = SimImage.name(path);
        Integer id = name.equals("/") ? Integer.valueOf(SimImage.DIRECTORY) : visibleNames.get(name);
        if (mode == Mode.CREATE_NEW) {
            if (id != null) {
                throw new FileAlreadyExistsException(path.toString());
            }
            checkParent(path, name);
            id = nextId++;
            files.put(id, new SimFile(id, FileImage.EMPTY));
            change(NameOp.add(nextOrder(), name, id));
        } else if (id == null) {
            throw new NoSuchFileException(path.toString());
        } else if (id == SimImage.DIRECTORY) {
            throw new FileSystemException(path.toString(), null, "expected a file, found a directory");
        }
        end();
        return new SimHandle(this, file(id), path, mode != Mode.READ_ONLY);
    }

    private void checkParent(Path path, String name) throws IOException {
        if (!isDirectory(SimImage.parent(name))) {
            throw new NoSuchFileException(path.toString());
        }
    }

    private boolean isDirectory(String name) {
        Integer id = name.equals("/") ? Integer.valueOf(SimImage.DIRECTORY) : visibleNames.get(name);
        return id != null && id == SimImage.DIRECTORY;
    }

    private void change(NameOp op) {
        op.applyTo(visibleNames);
        pendingNames.add(op);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        begin(IoKind.LOOK_UP, path, 0, 0);
        String name = SimImage.name(path);
        return name.equals("/") || visibleNames.containsKey(name);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        begin(IoKind.LOOK_UP, directory, 0, 0);
        String name = SimImage.name(directory);
        if (!isDirectory(name)) {
            throw visibleNames.containsKey(name)
                    ? new java.nio.file.NotDirectoryException(directory.toString())
                    : new NoSuchFileException(directory.toString());
        }
        List<String> names = new ArrayList<>();
        for (String entry : visibleNames.keySet()) {
            if (SimImage.parent(entry).equals(name)) {
                names.add(entry.substring(entry.lastIndexOf('/') + 1));
            }
        }
        return names;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        begin(IoKind.CREATE_DIRECTORIES, directory, 0, 0);
        String name = SimImage.name(directory);
        for (int slash = name.indexOf('/', 1); !name.equals("/"); slash = name.indexOf('/', slash + 1)) {
            String part = slash < 0 ? name : name.substring(0, slash);
            Integer id = visibleNames.get(part);
            if (id == null) {
                change(NameOp.add(nextOrder(), part, SimImage.DIRECTORY));
            } else if (id != SimImage.DIRECTORY) {
                throw new FileAlreadyExistsException(part);
            }
            if (slash < 0) {
                break;
            }
        }
        end();
    }

    /** Says what device a directory and all below it is on, from now on. */
    public void device(Path directory, String name) {
        devices.put(directory, name);
    }

    @Override
    public String deviceOf(Path directory) throws IOException {
        begin(IoKind.LOOK_UP, directory, 0, 0);
        for (Path above = directory; above != null; above = above.getParent()) {
            String name = devices.get(above);
            if (name != null) {
                return name;
            }
        }
        return "";
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        begin(IoKind.LOOK_UP, directory, 0, 0);
        return usableBytes;
    }

    @Override
    public void delete(Path path) throws IOException {
        begin(IoKind.DELETE, path, 0, 0);
        String name = SimImage.name(path);
        change(NameOp.remove(nextOrder(), name, fileId(path, name)));
        end();
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        begin(IoKind.RENAME, source, 0, 0);
        String from = SimImage.name(source);
        String to = SimImage.name(target);
        int id = fileId(source, from);
        checkParent(target, to);
        if (isDirectory(to)) {
            throw new FileSystemException(target.toString(), null, "expected a file, found a directory");
        }
        if (!from.equals(to)) {
            change(NameOp.rename(nextOrder(), from, to, id));
        }
        end();
    }

    private int fileId(Path path, String name) throws IOException {
        Integer id = visibleNames.get(name);
        if (id == null && !name.equals("/")) {
            throw new NoSuchFileException(path.toString());
        }
        if (id == null || id == SimImage.DIRECTORY) {
            throw new FileSystemException(path.toString(), null, "expected a file, found a directory");
        }
        return id;
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        Fault fault = begin(IoKind.SYNC_DIRECTORY, directory, 0, 0);
        String name = SimImage.name(directory);
        if (!isDirectory(name)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!(fault instanceof Fault.LyingForce)) {
            pendingNames.replaceAll(op -> op.synced(name));
            pendingNames.removeIf(op -> {
                if (op.durable()) {
                    op.applyTo(durableNames);
                }
                return op.durable();
            });
        }
        end();
    }

    @Override
    public String bootId() {
        return "boot-" + boot;
    }

    /** Begins an I/O: others may run first; then the listener sees it, and a fault may strike. */
    @Nullable
    Fault begin(IoKind kind, Path path, long offsetBytes, long lengthBytes) throws IOException {
        scheduler.switchPoint();
        scheduler.advance(kind == IoKind.FORCE || kind == IoKind.SYNC_DIRECTORY ? FORCE_NANOS : IO_NANOS);
        long index = ioCount++;
        if (listener == null && rules.isEmpty()) {
            return null;
        }
        IoEvent event =
                new IoEvent(index, IoEvent.Phase.BEFORE, kind, path, offsetBytes, lengthBytes, scheduler.taskName());
        if (listener != null) {
            listener.onIo(event);
        }
        for (FaultRule rule : rules) {
            if (rule.fires(event)) {
                return strike(rule.fault(event), event);
            }
        }
        return null;
    }

    private @Nullable Fault strike(Fault fault, IoEvent event) throws IOException {
        switch (fault) {
            case Fault.IoError _ -> throw ioError(event.path());
            case Fault.NoSpace _ -> throw new NoSpaceException(event.path(), event.offsetBytes(), event.lengthBytes());
            case Fault.Throw thrown -> throw sneaky(thrown.thrown().get());
            case Fault.Stall stall -> {
                scheduler.sleep(stall.nanos());
                return null;
            }
            case Fault.ShortWrite _, Fault.Misdirect _, Fault.LoseWrite _ ->
                expect(event, event.kind() == IoKind.WRITE);
            case Fault.ForceFails _ -> expect(event, event.kind() == IoKind.FORCE);
            case Fault.LyingForce _ ->
                expect(event, event.kind() == IoKind.FORCE || event.kind() == IoKind.SYNC_DIRECTORY);
            case Fault.StaleRead _ -> expect(event, isRead(event));
            case Fault.FlipBit _ -> expect(event, event.kind() == IoKind.WRITE || isRead(event));
        }
        return fault;
    }

    private static boolean isRead(IoEvent event) {
        return event.kind() == IoKind.READ || event.kind() == IoKind.READ_AROUND;
    }

    private static void expect(IoEvent event, boolean meaningful) {
        if (!meaningful) {
            throw new IllegalArgumentException("the fault has no meaning for " + event);
        }
    }

    private static RuntimeException sneaky(Throwable thrown) throws IOException {
        if (thrown instanceof IOException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        if (thrown instanceof RuntimeException e) {
            return e;
        }
        return new IllegalArgumentException("ports do not throw " + thrown, thrown);
    }

    /** Ends an I/O: others may run before the caller sees that it returned. */
    void end() {
        scheduler.switchPoint();
    }

    boolean listening() {
        return listener != null;
    }

    int choose(int bound) {
        return random.nextInt(bound);
    }

    Xoshiro256 faultRandom() {
        return random;
    }

    /** Shows the listener a write that has happened in part. */
    void middle(Path path, long offsetBytes, long lengthBytes) {
        if (listener != null) {
            listener.onIo(new IoEvent(
                    ioCount - 1,
                    IoEvent.Phase.MIDDLE,
                    IoKind.WRITE,
                    path,
                    offsetBytes,
                    lengthBytes,
                    scheduler.taskName()));
        }
    }

    long order() {
        return order;
    }

    long nextOrder() {
        return order++;
    }

    static IOException ioError(Path path) {
        return new IOException(path + ": Input/output error");
    }
}
