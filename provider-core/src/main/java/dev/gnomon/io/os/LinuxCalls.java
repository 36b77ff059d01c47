/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of 64-bit Linux that the class library does not offer. Thread-safe.
 *
 * <p>Each call returns what the C function returns, or the negated error number instead of -1. Calls that a signal broke
 * off are repeated.
 */
final class LinuxCalls {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    private static final int FALLOC_FL_ZERO_RANGE = 0x10;

    /** {@code FALLOC_FL_PUNCH_HOLE} with {@code FALLOC_FL_KEEP_SIZE}, without which it is refused. */
    private static final int PUNCH_HOLE = 0x02 | 0x01;

    static final int EDQUOT = 122;

    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int OWNER_ONLY = 0x180; // rw-------
    private static final int POSIX_FADV_RANDOM = 1;
    private static final int POSIX_FADV_WILLNEED = 3;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;

    /** {@code struct flock} of 64-bit Linux: type, whence, start, length (0: to the end), process (must be 0). */
    private static final MemoryLayout FLOCK = MemoryLayout.structLayout(
            JAVA_SHORT.withName("type"),
            JAVA_SHORT.withName("whence"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("start"),
            JAVA_LONG.withName("length"),
            JAVA_INT.withName("process"),
            MemoryLayout.paddingLayout(4));

    /** The machines whose constants and layouts these are. */
    private static final Set<String> KNOWN_MACHINES = Set.of("amd64", "aarch64");

    private static final VarHandle FLOCK_TYPE = FLOCK.varHandle(MemoryLayout.PathElement.groupElement("type"));
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final @Nullable LinuxCalls INSTANCE = load();

    private final MethodHandle open;
    private final MethodHandle close;
    private final MethodHandle fcntl;
    private final MethodHandle fallocate;
    private final MethodHandle fadvise;
    private final MethodHandle ftruncate;
    private final MethodHandle lseek;
    private final MethodHandle strerror;
    private final MethodHandle pread;
    private final Charset names;
    private final int directFlag = System.getProperty("os.arch", "").equals("aarch64") ? 0x10000 : 0x4000;
    private final String noSpaceText;
    private final String quotaText;

    private LinuxCalls(Linker linker) {
        AddressLayout address = ValueLayout.ADDRESS;
        open = function(linker, "open", 2, FunctionDescriptor.of(JAVA_INT, address, JAVA_INT, JAVA_INT));
        close = function(linker, "close", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        fcntl = function(linker, "fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, address));
        fallocate = function(
                linker, "fallocate", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        fadvise = function(
                linker, "posix_fadvise", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        ftruncate = function(linker, "ftruncate", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
        lseek = function(linker, "lseek", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
        names = Charset.forName(System.getProperty("native.encoding", StandardCharsets.UTF_8.name()));
        pread = function(
                linker, "pread", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, address, JAVA_LONG, JAVA_LONG));
        strerror = strerror(linker);
        noSpaceText = text(ENOSPC);
        quotaText = text(EDQUOT);
    }

    /** Returns the calls, or null where they do not exist: another system, 32 bits, or native access denied. */
    static @Nullable LinuxCalls instance() {
        return INSTANCE;
    }

    /** Opens or, if asked, creates a file with owner-only permissions; {@code exclusive} also claims a block device. */
    int open(String path, boolean writable, boolean create, boolean exclusive) {
        // O_NONBLOCK: the name of a pipe must not make us wait for its other end. It has no effect on files and disks.
        int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (writable ? O_RDWR : O_RDONLY);
        flags |= create ? O_CREAT | O_EXCL : 0;
        flags |= exclusive ? O_EXCL : 0;
        return open(path, flags);
    }

    /** Opens a file for reads around the cache; refused where the file system has no such thing. */
    int openDirect(String path) {
        return open(path, O_CLOEXEC | O_NOCTTY | O_RDONLY | directFlag);
    }

    private int open(String path, int flags) {
        byte[] name = path.getBytes(names);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(name.length + 1L);
            MemorySegment.copy(name, 0, text, JAVA_BYTE, 0, name.length);
            MemorySegment errno = errno(arena);
            int result;
            do {
                result = result((int) open.invokeExact(errno, text, flags, OWNER_ONLY), errno);
            } while (result == -EINTR);
            return result;
        } catch (Throwable impossible) {
            throw new AssertionError("open", impossible);
        }
    }

    /** Closes a descriptor. What it reports is of no use: durability comes from force alone. */
    void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) close.invokeExact(errno(arena), descriptor);
        } catch (Throwable impossible) {
            throw new AssertionError("close", impossible);
        }
    }

    /** Takes a write or read lock on the whole file that belongs to the open file description, not to the process. */
    int lock(int descriptor, boolean exclusive) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(FLOCK);
            FLOCK_TYPE.set(flock, 0L, exclusive ? F_WRLCK : F_RDLCK);
            MemorySegment errno = errno(arena);
            int result;
            do {
                result = result((int) fcntl.invokeExact(errno, descriptor, F_OFD_SETLK, flock), errno);
            } while (result == -EINTR);
            return result;
        } catch (Throwable impossible) {
            throw new AssertionError("fcntl", impossible);
        }
    }

    /** Reserves space, growing the file. The kernel's call, not the C library's that emulates it by racy writes. */
    int allocate(int descriptor, long offsetBytes, long lengthBytes) {
        return allocate(descriptor, 0, offsetBytes, lengthBytes);
    }

    /** Makes a range read as zeros, with its space reserved. */
    int zero(int descriptor, long offsetBytes, long lengthBytes) {
        return allocate(descriptor, FALLOC_FL_ZERO_RANGE, offsetBytes, lengthBytes);
    }

    /** Makes a range a hole. */
    int punch(int descriptor, long offsetBytes, long lengthBytes) {
        return allocate(descriptor, PUNCH_HOLE, offsetBytes, lengthBytes);
    }

    private int allocate(int descriptor, int mode, long offsetBytes, long lengthBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = errno(arena);
            int result;
            do {
                result = result((int) fallocate.invokeExact(errno, descriptor, mode, offsetBytes, lengthBytes), errno);
            } while (result == -EINTR);
            return result;
        } catch (Throwable impossible) {
            throw new AssertionError("fallocate", impossible);
        }
    }

    /** Reads at an offset into native memory. */
    long read(int descriptor, MemorySegment buffer, long lengthBytes, long offsetBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = errno(arena);
            long result;
            do {
                result = (long) pread.invokeExact(errno, descriptor, buffer, lengthBytes, offsetBytes);
            } while (result == -1 && (int) ERRNO.get(errno, 0L) == EINTR);
            return result == -1 ? -(int) ERRNO.get(errno, 0L) : result;
        } catch (Throwable impossible) {
            throw new AssertionError("pread", impossible);
        }
    }

    /** Drops clean cached pages of a range; length 0 means to the end. Advice: a refusal changes nothing. */
    int dropCache(int descriptor, long offsetBytes, long lengthBytes) {
        return advise(descriptor, offsetBytes, lengthBytes, POSIX_FADV_DONTNEED);
    }

    /** Lets reads by this descriptor bring in what they ask for and nothing else, one page to a folio. */
    int adviseRandom(int descriptor) {
        return advise(descriptor, 0, 0, POSIX_FADV_RANDOM);
    }

    /** Begins to bring a range into the cache, one page to a folio, and does not wait for it. */
    int readAhead(int descriptor, long offsetBytes, long lengthBytes) {
        return advise(descriptor, offsetBytes, lengthBytes, POSIX_FADV_WILLNEED);
    }

    /** Returns 0, or an error number that is not negated: that is how this function tells it. */
    private int advise(int descriptor, long offsetBytes, long lengthBytes, int advice) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) fadvise.invokeExact(errno(arena), descriptor, offsetBytes, lengthBytes, advice);
        } catch (Throwable impossible) {
            throw new AssertionError("posix_fadvise", impossible);
        }
    }

    /** Sets the size of a file. */
    int setSize(int descriptor, long sizeBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = errno(arena);
            int result;
            do {
                result = result((int) ftruncate.invokeExact(errno, descriptor, sizeBytes), errno);
            } while (result == -EINTR);
            return result;
        } catch (Throwable impossible) {
            throw new AssertionError("ftruncate", impossible);
        }
    }

    /** Moves the descriptor's own offset and returns it, in bytes. */
    long seek(int descriptor, long offsetBytes, int whence) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = errno(arena);
            long result = (long) lseek.invokeExact(errno, descriptor, offsetBytes, whence);
            return result == -1 ? -(int) ERRNO.get(errno, 0L) : result;
        } catch (Throwable impossible) {
            throw new AssertionError("lseek", impossible);
        }
    }

    /** Returns the class library's exception for an error number of a call on a file. */
    static FileSystemException failure(Path path, int error) {
        String name = path.toString();
        return switch (error) {
            case ENOENT -> new NoSuchFileException(name);
            case EEXIST -> new FileAlreadyExistsException(name);
            case EPERM, EACCES -> new AccessDeniedException(name);
            default -> new FileSystemException(name, null, INSTANCE == null ? "error " + error : INSTANCE.text(error));
        };
    }

    /** Returns whether a message of the class library is the system's text for a full device or quota. */
    boolean saysNoSpace(String message) {
        return message.contains(noSpaceText) || message.contains(quotaText);
    }

    private static MemorySegment errno(Arena arena) {
        return arena.allocate(Linker.Option.captureStateLayout());
    }

    private static int result(int returned, MemorySegment errno) {
        return returned == -1 ? -(int) ERRNO.get(errno, 0L) : returned;
    }

    private static @Nullable LinuxCalls load() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (!system.contains("linux") || !KNOWN_MACHINES.contains(System.getProperty("os.arch", ""))) {
            return null;
        }
        try {
            return new LinuxCalls(Linker.nativeLinker());
        } catch (UnsupportedOperationException | IllegalCallerException absent) {
            return null;
        }
    }

    /** Binds a function that reports in errno; {@code variadicFrom} is the index of its first variadic argument or -1. */
    @SuppressWarnings("restricted")
    private static MethodHandle function(Linker linker, String name, int variadicFrom, FunctionDescriptor type) {
        MemorySegment symbol = find(linker, name);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return variadicFrom < 0
                ? linker.downcallHandle(symbol, type, errno)
                : linker.downcallHandle(symbol, type, errno, Linker.Option.firstVariadicArg(variadicFrom));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle strerror(Linker linker) {
        return linker.downcallHandle(find(linker, "strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, JAVA_INT));
    }

    /** Returns the text for an error number, as the class library puts it into its exceptions: it is localised. */
    @SuppressWarnings("restricted")
    private String text(int error) {
        try {
            MemorySegment text = (MemorySegment) strerror.invokeExact(error);
            return text.reinterpret(Byte.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw new AssertionError("strerror", impossible);
        }
    }

    private static MemorySegment find(Linker linker, String name) {
        SymbolLookup library = linker.defaultLookup();
        return library.find(name).orElseThrow(() -> new UnsupportedOperationException("no function " + name));
    }
}
