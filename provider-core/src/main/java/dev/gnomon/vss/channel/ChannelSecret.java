/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What service and shim share, new at each start, and the proofs that they know it (docs/vss-protocol.md, "Handshake"). Thread-safe.
 */
final class ChannelSecret {
    private static final int BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final HexFormat HEX = HexFormat.of();

    private final SecureRandom random;
    private final byte[] key;

    private ChannelSecret(SecureRandom random, byte[] key) {
        this.random = random;
        this.key = key;
    }

    /** Who proves; the label keeps one's proof from being the other's. */
    enum Role {
        SERVICE("gnomon-vss service"),
        SHIM("gnomon-vss shim");

        private final String label;

        Role(String label) {
            this.label = label;
        }
    }

    /** Draws a new one. */
    static ChannelSecret draw() {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[BYTES];
        random.nextBytes(key);
        return new ChannelSecret(random, key);
    }

    /** Returns the one that a file holds. */
    static ChannelSecret of(String hex) {
        return new ChannelSecret(new SecureRandom(), HEX.parseHex(hex));
    }

    /** Returns it as hexadecimal digits. */
    String text() {
        return HEX.formatHex(key);
    }

    byte[] nonce() {
        byte[] nonce = new byte[BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    /** Returns the proof of one side. */
    byte[] proof(Role role, byte[] shimNonce, byte[] serviceNonce, int port) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(role.label.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0);
            mac.update(shimNonce);
            mac.update(serviceNonce);
            mac.update(ByteBuffer.allocate(Short.BYTES).putShort((short) port).array());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Compares proofs in a time that tells nothing of where they differ. */
    static boolean same(byte[] left, byte[] right) {
        return MessageDigest.isEqual(left, right);
    }
}
