/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where an NBD server listens. Its text form is {@code tcp:HOST:PORT} or {@code unix:PATH}; {@link #parse} also takes
 * {@code HOST:PORT}, {@code nbd://HOST[:PORT]} and {@code nbd+unix:///?socket=PATH}. Hosts are IP addresses or
 * {@code localhost}: names are never looked up, so that what is exposed depends on nobody's name server.
 */
public sealed interface NbdAddress {
    /** Returns the address for the JDK's sockets. */
    SocketAddress socketAddress();

    /** Returns whether only this machine can reach it. */
    boolean local();

    /** A TCP endpoint; {@code port} 0 asks for any free one. */
    record Tcp(InetAddress host, int port) implements NbdAddress {
        /** Checks the port. */
        public Tcp {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
            }
        }

        @Override
        public SocketAddress socketAddress() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public boolean local() {
            return host.isLoopbackAddress();
        }

        @Override
        public String toString() {
            String text = host.getHostAddress();
            return "tcp:" + (text.indexOf(':') >= 0 ? "[" + text + "]" : text) + ":" + port;
        }
    }

    /** A Unix socket in the file system. */
    record Unix(Path path) implements NbdAddress {
        /** Longest path that the kernel takes ({@code sun_path} less its final zero). */
        public static final int PATH_BYTES_MAX = 107;

        /** Checks the length. */
        public Unix {
            int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > PATH_BYTES_MAX) {
                throw new IllegalArgumentException("socket path '" + path + "' has " + length
                        + " bytes, allowed are 1 to " + PATH_BYTES_MAX + " (a limit of the kernel)");
            }
        }

        @Override
        public SocketAddress socketAddress() {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        public boolean local() {
            return true;
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /** Returns the loopback address with the given port. */
    static NbdAddress loopback(int port) {
        return new Tcp(literal("127.0.0.1", "127.0.0.1"), port);
    }

    /**
     * Returns the address of a socket.
     *
     * @throws IllegalArgumentException if it is neither a resolved TCP address nor a Unix socket with a path
     */
    static NbdAddress of(SocketAddress socket) {
        return switch (socket) {
            case InetSocketAddress tcp when tcp.getAddress() != null -> new Tcp(tcp.getAddress(), tcp.getPort());
            case UnixDomainSocketAddress unix -> new Unix(unix.getPath());
            default ->
                throw new IllegalArgumentException("NBD address " + socket + " is neither TCP nor a Unix socket");
        };
    }

    /**
     * Parses an address.
     *
     * @throws IllegalArgumentException naming the text and the forms that are allowed
     */
    static NbdAddress parse(String text) {
        if (text.startsWith("unix:")) {
            return unix(text.substring("unix:".length()), text);
        }
        if (text.startsWith("nbd+unix://")) {
            int query = text.indexOf("?socket=");
            String name = text.substring("nbd+unix://".length(), Math.max(query, "nbd+unix://".length()));
            if (query < 0 || !(name.isEmpty() || name.equals("/"))) {
                throw malformed(text, "expected nbd+unix:///?socket=PATH without an export name");
            }
            return unix(text.substring(query + "?socket=".length()), text);
        }
        if (text.startsWith("nbd://")) {
            String rest = text.substring("nbd://".length());
            return tcp(rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest, text);
        }
        return tcp(text.startsWith("tcp:") ? text.substring("tcp:".length()) : text, text);
    }

    private static NbdAddress unix(String path, String text) {
        if (path.isEmpty()) {
            throw malformed(text, "the path is empty");
        }
        try {
            return new Unix(Path.of(path));
        } catch (InvalidPathException e) {
            throw malformed(text, "the path is not legal: " + e.getReason());
        }
    }

    private static NbdAddress tcp(String hostAndPort, String text) {
        int colon = hostAndPort.lastIndexOf(':');
        boolean bracketed = hostAndPort.startsWith("[");
        if (bracketed && colon < hostAndPort.indexOf(']')) {
            colon = -1;
        }
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        int port = colon < 0 ? NbdProtocol.DEFAULT_PORT : port(hostAndPort.substring(colon + 1), text);
        if (bracketed != host.endsWith("]") || (!bracketed && host.indexOf(':') >= 0)) {
            throw malformed(text, "an IPv6 address must stand in brackets, as [::1]:10809");
        }
        return new Tcp(literal(bracketed ? host.substring(1, host.length() - 1) : host, text), port);
    }

    private static int port(String digits, String text) {
        if (!digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int port = Integer.parseInt(digits);
            if (port <= 65535) {
                return port;
            }
        }
        throw malformed(text, "port '" + digits + "' is not a number from 0 to 65535");
    }

    private static InetAddress literal(String host, String text) {
        // Short forms such as 127.1, or 0 for every address, are legal literals and traps.
        boolean whole =
                host.indexOf(':') >= 0 || host.chars().filter(c -> c == '.').count() == 3;
        try {
            if (host.equals("localhost") || whole) {
                return InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host);
            }
        } catch (IllegalArgumentException e) {
            // Answered below, in our words.
        }
        throw malformed(text, "host '" + host + "' is not an IP address or localhost");
    }

    private static IllegalArgumentException malformed(String text, String reason) {
        return new IllegalArgumentException(
                "NBD address '" + text + "': " + reason
                        + " (forms: tcp:HOST:PORT, HOST:PORT, [IPV6]:PORT, unix:PATH, nbd://HOST:PORT, nbd+unix:///?socket=PATH)");
    }
}
