/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.ipc.SocketLink;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * The control socket of a Unix: it lies in a directory that only its owner may enter, and a peer that is neither that owner nor root is turned
 * away before a byte of it is read.
 */
public final class ControlSocket implements LinkServer {
    /** Longest path of a Unix socket: the JDK keeps two of the 108 bytes that Linux has for it. */
    public static final int MAX_SOCKET_PATH_BYTES = 106;

    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY_SOCKET = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final ServerSocketChannel listener;
    private final PeerCheck peers;

    private ControlSocket(Path path, ServerSocketChannel listener, PeerCheck peers) {
        this.path = path;
        this.listener = listener;
        this.peers = peers;
    }

    /**
     * Starts to listen. The owner of the state directory's lock calls it: a socket left behind is replaced.
     *
     * @throws IOException if the directory admits others than its owner, the path is too long or the socket cannot be
     *     made
     */
    public static ControlSocket open(Path path) throws IOException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SOCKET_PATH_BYTES) {
            throw new IOException(path + ": a socket path of " + bytes + " bytes; allowed are " + MAX_SOCKET_PATH_BYTES
                    + ": use a state directory with a shorter path");
        }
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(path + ": a directory; allowed is the path of a socket");
        }
        requireOwnerOnly(directory);
        Files.deleteIfExists(path);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, OWNER_ONLY_SOCKET);
            return new ControlSocket(path, listener, PeerCheck.ownerOf(path));
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    @Override
    public Link accept() throws IOException {
        SocketChannel socket = listener.accept();
        try {
            return new SocketLink(socket, peers.refusal(socket));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String address() {
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(path);
    }

    private static void requireOwnerOnly(Path directory) throws IOException {
        Set<PosixFilePermission> extra = new HashSet<>(Files.getPosixFilePermissions(directory));
        extra.removeAll(OWNER_ONLY_DIRECTORY);
        if (!extra.isEmpty()) {
            throw new IOException(directory + ": permissions are "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
                    + "; allowed are rwx------ (chmod 700)");
        }
    }
}
