/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import dev.gnomon.vss.Texts;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The service's side of the handshake (docs/vss-protocol.md, "Handshake"). Thread-safe.
 *
 * @param proofs how peers prove who they are; none where the system vouches for them
 * @param closing ends a wait
 */
record Handshake(Clock clock, String serviceVersion, Optional<Proofs> proofs, CountDownLatch closing) {
    private static final int MAX_VERSION_UNITS = 64;

    /** The secret, the port that it is for, and who failed to know it. */
    record Proofs(ChannelSecret secret, int port, FailureGate gate) {}

    /** Thrown when a peer does not know the secret. */
    static final class WrongProofException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongProofException() {
            super("the proof of the secret is wrong");
        }
    }

    /**
     * Speaks to a peer until it is welcome.
     *
     * @param proven run before the peer is told that it is welcome
     * @return who it is, for people; null if it went before that, or speaks no version of ours
     */
    @Nullable
    String run(FrameLink frames, Runnable proven) throws IOException, ChannelException, WrongProofException {
        long deadline = clock.nanoTime() + ChannelProtocol.HANDSHAKE_NANOS;
        @Nullable ChannelFields hello = next(frames, deadline, "hello");
        if (hello == null) {
            return null;
        }
        List<Integer> versions = hello.integers("protocols");
        long processId = hello.integer("processId", 0, 0xFFFF_FFFFL);
        String version = Texts.oneLine(hello.text("shimVersion"), MAX_VERSION_UNITS);
        if (!versions.contains(ChannelProtocol.VERSION)) {
            send(frames, refused());
            return null;
        }
        if (proofs.isPresent() && !proves(frames, hello, proofs.get(), deadline)) {
            return null;
        }
        proven.run();
        send(
                frames,
                message("welcome")
                        .put("protocol", ChannelProtocol.VERSION)
                        .put("serviceVersion", serviceVersion)
                        .put("maxFrameBytes", ChannelProtocol.MAX_FRAME_BYTES));
        return "process " + processId + ", shim " + version;
    }

    private boolean proves(FrameLink frames, ChannelFields hello, Proofs with, long deadline)
            throws IOException, ChannelException, WrongProofException {
        byte[] shimNonce = hello.bytes32("nonce");
        long delay = with.gate().delayNanos();
        await(delay);
        byte[] serviceNonce = with.secret().nonce();
        byte[] ours = with.secret().proof(ChannelSecret.Role.SERVICE, shimNonce, serviceNonce, with.port());
        send(
                frames,
                message("challenge")
                        .put("protocol", ChannelProtocol.VERSION)
                        .put("nonce", HexFormat.of().formatHex(serviceNonce))
                        .put("proof", HexFormat.of().formatHex(ours)));
        @Nullable ChannelFields answer = next(frames, deadline + delay, "proof");
        if (answer == null) {
            return false;
        }
        byte[] expected = with.secret().proof(ChannelSecret.Role.SHIM, shimNonce, serviceNonce, with.port());
        if (!ChannelSecret.same(expected, answer.bytes32("proof"))) {
            with.gate().failed();
            throw new WrongProofException();
        }
        return true;
    }

    private @Nullable ChannelFields next(FrameLink frames, long deadline, String type)
            throws IOException, ChannelException {
        byte @Nullable [] frame = frames.read(deadline - clock.nanoTime());
        if (frame == null) {
            return null;
        }
        ChannelFields message = new ChannelFields(ChannelJson.parse(frame));
        message.requireType(type);
        return message;
    }

    private void await(long nanos) {
        try {
            boolean _ = closing.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    private static ObjectNode refused() {
        ObjectNode refused = message("refused")
                .put("message", "this service speaks version " + ChannelProtocol.VERSION + " of the channel");
        refused.putArray("protocols").add(ChannelProtocol.VERSION);
        return refused;
    }

    private static ObjectNode message(String type) {
        return ChannelJson.object().put("type", type);
    }

    private static void send(FrameLink frames, ObjectNode message) throws IOException {
        frames.write(ChannelJson.toBytes(message));
    }
}
