/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Server;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/** How load reaches the servers of a run. */
enum Transport {
    /** A Unix socket in the directory of the server. */
    UNIX,
    /** A free port of the loopback interface. */
    TCP;

    /** Returns an address for a new server. */
    NbdAddress address(Path directory) throws BenchFailure {
        if (this == UNIX) {
            return new NbdAddress.Unix(Server.socket(directory));
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
            return new NbdAddress.Tcp(loopback, free.getLocalPort());
        } catch (IOException e) {
            throw new BenchFailure("no port is free: " + e.getMessage(), e);
        }
    }

    /** Returns what tells nbdkit where to listen. */
    static List<String> nbdkit(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix unix -> List.of("--unix", unix.path().toString());
            case NbdAddress.Tcp tcp ->
                List.of(
                        "--port",
                        Integer.toString(tcp.port()),
                        "--ipaddr",
                        tcp.host().getHostAddress());
        };
    }

    /** Returns what tells qemu-nbd where to listen. */
    static List<String> qemuNbd(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix unix -> List.of("--socket=" + unix.path());
            case NbdAddress.Tcp tcp -> List.of("--bind=" + tcp.host().getHostAddress(), "--port=" + tcp.port());
        };
    }

    /** Returns what tells qemu-storage-daemon where its NBD server listens. */
    static String storageDaemon(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix unix -> "addr.type=unix,addr.path=" + unix.path();
            case NbdAddress.Tcp tcp ->
                "addr.type=inet,addr.host=" + tcp.host().getHostAddress() + ",addr.port=" + tcp.port();
        };
    }
}
