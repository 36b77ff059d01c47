/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files, in the form that {@code sha256sum --check} reads: hash, two spaces, path with slashes. */
final class Manifest {
    /** The name of the manifest in every program folder. It does not name itself. */
    static final String NAME = "manifest.sha256";

    private static final int BUFFER_BYTES = 1 << 16;

    private Manifest() {}

    /** Writes the manifest of all files of {@code tree} into it. */
    static void write(Tree tree) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : tree.files()) {
            if (!Files.isSymbolicLink(file)) {
                lines.append(line(sha256(file), tree.name(file)));
            }
        }
        tree.write(NAME, lines.toString());
    }

    static String line(String hash, String name) {
        return hash + "  " + name + "\n";
    }

    /** Returns the SHA-256 of a file in hexadecimal digits. */
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, newDigest())) {
            byte[] buffer = new byte[BUFFER_BYTES];
            while (digest.read(buffer) >= 0) {
                // The stream updates the digest.
            }
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
