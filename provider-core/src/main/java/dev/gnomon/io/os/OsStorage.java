/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.FileIdentity;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The file systems and block devices of the machine. Thread-safe.
 *
 * <p>On Linux each file is opened once by a system call, and every further descriptor for it comes from that one, so
 * that a rename or delete between two opens cannot make them different files.
 */
public final class OsStorage implements Storage {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** Where a descriptor of this process can be opened again; absent in some containers. */
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** The file type in a Unix mode, and its value for a block device. */
    private static final int TYPE_MASK = 0xF000;

    private static final int BLOCK_DEVICE = 0x6000;

    /** The process that a Unix, or Windows, starts first. */
    private static final long[] FIRST_PROCESSES = {1, 4};

    private static final String FALLBACK_BOOT_ID = "process-" + UUID.randomUUID();

    private final boolean windows =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    private final @Nullable LinuxCalls calls;
    private final Supplier<String> systemBootId;
    private final Function<Path, LongConsumer> forceTimes;

    /** Uses the system's calls where there are any. */
    public OsStorage() {
        this(path -> nanos -> {});
    }

    /**
     * As {@link #OsStorage()}, and tells how long forces take.
     *
     * @param forceTimes called when a file is opened; what it returns then gets the nanoseconds of each force of the file,
     *     failed ones too, on the thread that forces
     */
    public OsStorage(Function<Path, LongConsumer> forceTimes) {
        this(forceTimes, () -> "");
    }

    /**
     * As the others, with another source of {@link #bootId}.
     *
     * @param systemBootId asked first; empty where the system has none
     */
    public OsStorage(Function<Path, LongConsumer> forceTimes, Supplier<String> systemBootId) {
        this(onLinux() ? LinuxCalls.instance() : null, forceTimes, systemBootId);
    }

    private OsStorage(
            @Nullable LinuxCalls calls, Function<Path, LongConsumer> forceTimes, Supplier<String> systemBootId) {
        this.calls = calls;
        this.forceTimes = forceTimes;
        this.systemBootId = systemBootId;
    }

    /** The name counts, too: a drive of Windows may hold such a directory. */
    private static boolean onLinux() {
        return System.getProperty("os.name", "").equals("Linux") && Files.isDirectory(DESCRIPTORS);
    }

    /** Returns storage that keeps to the class library, as on a system whose calls are unknown. For tests. */
    static OsStorage portable() {
        return new OsStorage(null, path -> nanos -> {}, () -> "");
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        boolean blockDevice = mode != Mode.CREATE_NEW && isBlockDevice(path);
        boolean writable = mode != Mode.READ_ONLY;
        if (calls == null) {
            return new OsStorageFile(
                    path, openChannel(path, mode), writable, blockDevice, null, forceTimes.apply(path));
        }
        int descriptor = calls.open(path.toString(), writable, mode == Mode.CREATE_NEW, false);
        if (descriptor < 0) {
            throw LinuxCalls.failure(path, -descriptor);
        }
        try {
            Path again = DESCRIPTORS.resolve(Integer.toString(descriptor));
            FileChannel channel = FileChannel.open(again, existing(writable));
            return new OsStorageFile(
                    path,
                    channel,
                    writable,
                    blockDevice,
                    new Descriptor(calls, descriptor, again),
                    forceTimes.apply(path));
        } catch (IOException e) {
            calls.close(descriptor);
            throw e;
        }
    }

    private static FileChannel openChannel(Path path, Mode mode) throws IOException {
        if (mode != Mode.CREATE_NEW) {
            return FileChannel.open(path, existing(mode == Mode.READ_WRITE));
        }
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return FileChannel.open(path, options, ownerOnly(path, "rw-------"));
    }

    /** Returns the options for a file that exists. Writers read too, so that a force is always permitted. */
    private static Set<OpenOption> existing(boolean writable) {
        return writable ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ);
    }

    private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Tells a block device from a regular file and refuses the rest: opening a pipe or terminal may wait for ever. */
    private static boolean isBlockDevice(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isRegularFile()) {
            return false;
        }
        if (attributes.isOther()
                && path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            int mode = (Integer) Files.getAttribute(path, "unix:mode");
            if ((mode & TYPE_MASK) == BLOCK_DEVICE) {
                return true;
            }
        }
        String found = attributes.isDirectory() ? "a directory" : "a special file";
        throw new FileSystemException(path.toString(), null, "expected a regular file or block device, found " + found);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    @Override
    public FileIdentity identity(Path path) throws IOException {
        return Identities.of(path);
    }

    @Override
    public List<String> foundations(Path path) throws IOException {
        return Foundations.of(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Path name = entry.getFileName();
                if (name != null) {
                    names.add(name.toString());
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public String deviceOf(Path directory) throws IOException {
        return Files.getFileStore(directory).name();
    }

    @Override
    public void delete(Path path) throws IOException {
        refuseDirectory(path);
        Files.delete(path);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        refuseDirectory(source);
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void refuseDirectory(Path path) throws IOException {
        if (Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isDirectory()) {
            throw new FileSystemException(path.toString(), null, "expected a file, found a directory");
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (windows) {
            return; // A directory cannot be opened there; NTFS orders its own changes.
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Linux tells it. Elsewhere it is the moment when the first process started; where that is not visible either,
     * each process counts as a boot of its own, so that a crash is taken for the worse kind.
     */
    @Override
    public String bootId() throws IOException {
        String told = systemBootId.get();
        if (!told.isEmpty()) {
            return told;
        }
        if (!windows && Files.isReadable(BOOT_ID)) {
            return Files.readString(BOOT_ID).strip();
        }
        for (long process : FIRST_PROCESSES) {
            Optional<Instant> start =
                    ProcessHandle.of(process).flatMap(handle -> handle.info().startInstant());
            if (start.isPresent()) {
                return "boot-" + start.get();
            }
        }
        return FALLBACK_BOOT_ID;
    }
}
