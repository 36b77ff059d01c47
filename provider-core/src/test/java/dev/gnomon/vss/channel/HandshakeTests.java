/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.os.OsStorage;
import dev.gnomon.observe.EventId;
import dev.gnomon.vss.ProviderCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Who is let in, and who is not. The client knows the file, so each proof that it spoils is wrong for one reason only. */
@Timeout(60)
class HandshakeTests {
    private static final String KNOWN_PROOF = "33a4db3e5cfef52848c6872e99c458b2ae6393f4550ac815615b67300b66174e";

    @TempDir
    private Path state;

    @Test
    void whoKnowsTheSecretIsWelcome() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = channel.welcome()) {
            assertThat(shim.ask(new ProviderCall.Probe()).path("hresult").stringValue())
                    .isEqualTo("0x00000000");
            assertThat(channel.provider.peers).containsExactly("process 4711, shim 0.1.0");
        }
    }

    @Test
    void fileIsForItsOwnerAloneAndGoneAfterTheStop() throws Exception {
        try (ChannelFixture _ = new ChannelFixture(state)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ChannelFile.path(state))))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(ChannelFile.path(state)))
                    .matches(
                            "\\{\"schemaVersion\":1,\"address\":\"127\\.0\\.0\\.1\",\"port\":[0-9]+,\"secret\":\"[0-9a-f]{64}\"}");
        }
        assertThat(new OsStorage().list(state)).isEmpty();
    }

    @Test
    void everyStartHasASecretOfItsOwn() throws Exception {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (ChannelFixture _ = new ChannelFixture(state)) {
                files.add(Files.readString(ChannelFile.path(state)).replaceAll(".*\"secret\"", ""));
            }
        }
        assertThat(files).doesNotHaveDuplicates();
    }

    @Test
    void serviceProvesTheSecretBeforeItLearnsAnything() throws Exception {
        try (ChannelFixture _ = new ChannelFixture(state);
                ShimClient shim = new ShimClient(state)) {
            shim.send(ShimClient.hello());
            ObjectNode challenge = shim.receive();

            assertThat(challenge.path("proof").stringValue())
                    .isEqualTo(shim.proof(challenge, ChannelSecret.Role.SERVICE));
            assertThat(challenge.path("protocol").intValue()).isEqualTo(1);
        }
    }

    @Test
    void reflectedProofIsWrong() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = new ShimClient(state)) {
            shim.send(ShimClient.hello());
            String own = shim.receive().path("proof").stringValue();
            shim.send(proof(own));

            assertThat(shim.isEnded()).isTrue();
            assertThat(channel.provider.peers).isEmpty();
            assertThat(channel.events.counts()).containsKey(EventId.VSS_WRONG_PROOF);
        }
    }

    @Test
    void proofOfAnotherChallengeIsWrong() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient first = new ShimClient(state);
                ShimClient second = new ShimClient(state)) {
            first.send(ShimClient.hello());
            second.send(ShimClient.hello());
            ObjectNode challenge = first.receive();
            second.receive();
            second.send(proof(second.proof(challenge)));

            assertThat(second.isEnded()).isTrue();
            assertThat(channel.provider.peers).isEmpty();
        }
    }

    @Test
    void squatterOnThePortProvesNothing() {
        ChannelSecret real = ChannelSecret.draw();
        ChannelSecret squatter = ChannelSecret.draw();
        byte[] nonce = real.nonce();

        byte[] proof = squatter.proof(ChannelSecret.Role.SERVICE, nonce, nonce, 40_123);

        assertThat(proof).isNotEqualTo(real.proof(ChannelSecret.Role.SERVICE, nonce, nonce, 40_123));
        assertThat(real.proof(ChannelSecret.Role.SERVICE, nonce, nonce, 40_124))
                .isNotEqualTo(real.proof(ChannelSecret.Role.SERVICE, nonce, nonce, 40_123));
    }

    @Test
    void proofIsTheOneThatThePageDescribes() {
        ChannelSecret secret = ChannelSecret.of("00".repeat(32));
        byte[] proof = secret.proof(ChannelSecret.Role.SHIM, new byte[32], new byte[32], 258);

        // openssl: printf 'gnomon-vss shim' and zero bytes 65, then 01 02 | openssl dgst -sha256 -mac HMAC -macopt
        // hexkey:00...
        assertThat(HexFormat.of().formatHex(proof)).isEqualTo(KNOWN_PROOF);
    }

    @Test
    void requestBeforeTheHandshakeEndsTheConnection() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient shim = new ShimClient(state)) {
            shim.request(new ProviderCall.OnLoad());

            assertThat(shim.isEnded()).isTrue();
            assertThat(channel.provider.calls).isEmpty();
        }
    }

    @Test
    void unknownVersionIsRefusedInWords() throws Exception {
        try (ChannelFixture _ = new ChannelFixture(state);
                ShimClient shim = new ShimClient(state)) {
            ObjectNode hello = ShimClient.hello();
            hello.putArray("protocols").add(2).add(3);
            shim.send(hello);
            ObjectNode answer = shim.receive();

            assertThat(answer.path("type").stringValue()).isEqualTo("refused");
            assertThat(answer.path("protocols").get(0).intValue()).isEqualTo(1);
            assertThat(shim.isEnded()).isTrue();
        }
    }

    @Test
    void sixthChallengeAfterFiveWrongProofsWaits() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state)) {
            for (int i = 0; i < FailureGate.FREE; i++) {
                try (ShimClient shim = new ShimClient(state)) {
                    shim.send(ShimClient.hello());
                    shim.receive();
                    shim.send(proof("00".repeat(32)));
                    assertThat(shim.isEnded()).isTrue();
                }
            }
            Instant began = Instant.now();
            try (ShimClient _ = channel.welcome()) {
                assertThat(Duration.between(began, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(990));
            }
        }
    }

    @Test
    void silentPeerIsClosedAfterFiveSeconds() throws Exception {
        try (ChannelFixture _ = new ChannelFixture(state);
                ShimClient shim = new ShimClient(state)) {
            Instant began = Instant.now();

            assertThat(shim.isEnded()).isTrue();
            assertThat(Duration.between(began, Instant.now())).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(15));
        }
    }

    @Test
    void unprovenPeersDoNotTakeAllPlaces() throws Exception {
        try (ChannelFixture channel = new ChannelFixture(state);
                ShimClient _ = channel.welcome()) {
            List<Socket> silent = new ArrayList<>();
            try {
                for (int i = 0; i < ChannelProtocol.MAX_UNPROVEN; i++) {
                    silent.add(connect(state));
                }
                try (ShimClient ninth = new ShimClient(state)) {
                    // Were it admitted, a challenge would come.
                    assertThat(ninth.isEndedAt(ShimClient.hello())).isTrue();
                }
            } finally {
                for (Socket each : silent) {
                    each.close();
                }
            }
        }
    }

    private static Socket connect(Path state) throws IOException, ChannelException {
        int port = (int) new ChannelFields(ChannelJson.parse(Files.readAllBytes(ChannelFile.path(state))))
                .integer("port", 1, 65_535);
        return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static ObjectNode proof(String text) {
        return ChannelJson.object().put("type", "proof").put("proof", text);
    }
}
