/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket that only its owner can connect to, from its first moment: it is bound inside a private directory, given
 * its permissions there, and then renamed to its place. Binding it in place would leave it open to others until the
 * permissions were set.
 */
final class UnixSocketFile implements AutoCloseable {
    /** Names tried for the private directory; more than one is taken only after crashes. */
    private static final int DIRECTORIES_MAX = 100;

    private final Path path;
    private final ServerSocketChannel channel;
    private final @Nullable Object fileKey;

    private UnixSocketFile(Path path, ServerSocketChannel channel, @Nullable Object fileKey) {
        this.path = path;
        this.channel = channel;
        this.fileKey = fileKey;
    }

    /**
     * Binds and listens.
     *
     * @throws BindException if something else is there, or a server answers there
     */
    static UnixSocketFile bind(Path requested) throws IOException {
        Path path = requested.toAbsolutePath();
        removeStale(path);
        Path parent = Objects.requireNonNull(path.getParent(), "an absolute path has a parent");
        Path directory = privateDirectory(parent);
        Path early = directory.resolve("s");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean bound = false;
        try {
            channel.bind(new NbdAddress.Unix(early).socketAddress());
            Files.setPosixFilePermissions(early, PosixFilePermissions.fromString("rw-------"));
            Object key = attributes(early).fileKey();
            Files.move(early, path, StandardCopyOption.ATOMIC_MOVE);
            bound = true;
            return new UnixSocketFile(path, channel, key);
        } finally {
            if (!bound) {
                channel.close();
            }
            Files.deleteIfExists(early);
            Files.delete(directory);
        }
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Stops listening, and deletes the socket unless another server has taken its place. */
    @Override
    public void close() throws IOException {
        channel.close();
        try {
            if (Objects.equals(attributes(path).fileKey(), fileKey)) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody has cleaned up already.
        }
    }

    private static void removeStale(Path path) throws IOException {
        BasicFileAttributes found;
        try {
            found = attributes(path);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!found.isOther()) {
            throw new BindException(path + " exists and is not a socket; choose another path");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            Files.deleteIfExists(path);
            return;
        }
        throw new BindException(path + " is in use: a server answers there");
    }

    private static Path privateDirectory(Path parent) throws IOException {
        String name = ".n" + ProcessHandle.current().pid() + ".";
        for (int attempt = 0; attempt < DIRECTORIES_MAX; attempt++) {
            try {
                return Files.createDirectory(
                        parent.resolve(name + attempt),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Left by a crash, or another listener's at this moment.
            }
        }
        throw new BindException(parent + " holds " + DIRECTORIES_MAX + " directories " + name + "*; remove them");
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
