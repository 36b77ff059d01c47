/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import dev.gnomon.ipc.Link;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What named pipes must do, as a program for a Windows JVM: prints {@code ok NAME} for each check that held, and ends at the first that did not. */
public final class PipeChecks {
    /** The checks, in their order. */
    public static final List<String> NAMES = List.of(
            "bytes cross both ways whole",
            "client is identified as itself",
            "read times out and loses nothing",
            "close ends a read",
            "close ends an accept",
            "peer that closes is an end",
            "next client finds an instance",
            "a client too many is turned away, the next is served",
            "unserved name is not found",
            "descriptors name nobody else",
            "boot id stays");

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String PIPE =
            "Gnomon.Checks." + ProcessHandle.current().pid();
    private static final int LARGE = 3_000_000;

    private PipeChecks() {}

    /** Runs all. */
    public static void main(String[] arguments) throws Exception {
        PipeServer server = PipeServer.open(PIPE, PipeServer.Admitted.ADMINISTRATORS);
        large(server);
        ok(0);
        check(Identity.own().sid().startsWith("S-1-"), "sid " + Identity.own());
        check(Identity.own().administrator() || Identity.own().system(), "no administrator: " + Identity.own());
        ok(1);
        timeouts(server);
        ok(2);
        closeEndsRead(server);
        ok(3);
        PipeServer other = PipeServer.open(PIPE + ".2", PipeServer.Admitted.SYSTEM);
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> endsClosed(other));
        other.close();
        check(ended.get(20, TimeUnit.SECONDS), "accept went on");
        ok(4);
        Pair pair = connect(server);
        pair.client().close();
        check(pair.server().read(ByteBuffer.allocate(1), SECOND) == -1, "no end");
        pair.server().close();
        ok(5);
        for (int i = 0; i < 10; i++) {
            connect(server).close();
        }
        ok(6);
        oneTooMany(PIPE + ".3");
        ok(7);
        try {
            Pipes.connect(PIPE + ".none");
            throw new AssertionError("connected to nobody");
        } catch (NoSuchFileException e) {
            ok(8);
        }
        check(
                Descriptors.allowed(Descriptors.pipe(new Identity(Identity.SYSTEM, true), false))
                        .equals(List.of("SY")),
                "channel");
        check(
                Descriptors.allowed(Descriptors.pipe(new Identity(Identity.SYSTEM, true), true))
                        .equals(List.of("SY", "BA")),
                "control");
        ok(9);
        check(BootKey.id().startsWith("boot-") && BootKey.id().equals(BootKey.id()), "boot id");
        ok(10);
        server.close();
    }

    private record Pair(Link client, Link server) {
        void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private static Pair connect(PipeServer server) throws Exception {
        return connect(server, PIPE);
    }

    /** Connects, and lets the server see one byte, at which it asks who the client is. */
    private static Pair connect(PipeServer server, String name) throws Exception {
        CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(server));
        Link client = Pipes.connect(name);
        Pair pair = new Pair(client, accepted.get(20, TimeUnit.SECONDS));
        client.write(ByteBuffer.wrap(new byte[] {42}), SECOND);
        ByteBuffer one = ByteBuffer.allocate(1);
        check(pair.server().read(one, 10 * SECOND) == 1 && one.get(0) == 42, "first byte");
        return pair;
    }

    private static Link accept(PipeServer server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** When no instance can be made for the next client, the pipe is not given up. */
    private static void oneTooMany(String name) throws Exception {
        PipeServer server = PipeServer.open(name, PipeServer.Admitted.ADMINISTRATORS);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 1; i < PipeServer.MAX_INSTANCES; i++) {
            pairs.add(connect(server, name));
        }
        CompletableFuture<Boolean> refused = CompletableFuture.supplyAsync(() -> refuses(server));
        Link client = Pipes.connect(name);
        check(refused.get(20, TimeUnit.SECONDS), "a client was served for whose successor there is no instance");
        check(client.read(ByteBuffer.allocate(1), 10 * SECOND) == -1, "it was not turned away");
        client.close();
        pairs.removeLast().close();
        pairs.add(connect(server, name));
        for (Pair pair : pairs) {
            pair.close();
        }
        server.close();
    }

    private static boolean refuses(PipeServer server) {
        try {
            server.accept();
            return false;
        } catch (ClosedChannelException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean endsClosed(PipeServer server) {
        try {
            server.accept();
            return false;
        } catch (ClosedChannelException e) {
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void large(PipeServer server) throws Exception {
        Pair pair = connect(server);
        byte[] sent = new byte[LARGE];
        new Random(7).nextBytes(sent);
        for (List<Link> way : List.of(List.of(pair.client(), pair.server()), List.of(pair.server(), pair.client()))) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(way.getFirst(), sent));
            ByteBuffer got = ByteBuffer.allocate(LARGE);
            while (got.hasRemaining()) {
                check(way.getLast().read(got, 20 * SECOND) > 0, "end after " + got.position());
            }
            writing.get(20, TimeUnit.SECONDS);
            check(java.util.Arrays.equals(sent, got.array()), "other bytes");
        }
        pair.close();
    }

    private static void write(Link link, byte[] bytes) {
        try {
            link.write(ByteBuffer.wrap(bytes), 20 * SECOND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void timeouts(PipeServer server) throws Exception {
        Pair pair = connect(server);
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            try {
                pair.server().read(ByteBuffer.allocate(1), SECOND / 5);
                throw new AssertionError("read something");
            } catch (SocketTimeoutException e) {
                nanos.add(System.nanoTime() - began);
            }
        }
        check(nanos.stream().allMatch(each -> each > SECOND / 10 && each < 10 * SECOND), "times " + nanos);
        write(pair.client(), new byte[] {7});
        ByteBuffer one = ByteBuffer.allocate(1);
        check(pair.server().read(one, 10 * SECOND) == 1 && one.get(0) == 7, "byte after timeouts");
        pair.close();
    }

    private static void closeEndsRead(PipeServer server) throws Exception {
        Pair pair = connect(server);
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> {
            try {
                pair.server().read(ByteBuffer.allocate(1), Long.MAX_VALUE / 2);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
        pair.server().close();
        check(ended.get(20, TimeUnit.SECONDS), "the read went on");
        pair.client().close();
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private static void ok(int number) {
        System.out.println("ok " + NAMES.get(number));
    }
}
