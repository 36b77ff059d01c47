/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** The certificates and keys for tests; {@code make.sh} in their folder made them and says what they are. */
public final class Certificates {
    private Certificates() {}

    /** Returns a file. */
    public static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(Certificates.class.getResource("/dev/gnomon/tls/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns those of the server for localhost; it admits every client. */
    public static TlsCredentials server() {
        return server("server", Optional.empty());
    }

    /** Returns those of the server for localhost that admits only clients of the authority. */
    public static TlsCredentials strictServer() {
        return server("server", Optional.of(file("ca-cert.pem")));
    }

    /** Returns those of a server by the name of its files. */
    public static TlsCredentials server(String name, Optional<Path> clientAuthorities) {
        try {
            return TlsCredentials.server(file(name + "-cert.pem"), file(name + "-key.pem"), clientAuthorities);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns those of a client without a certificate. */
    public static TlsCredentials client() {
        try {
            return TlsCredentials.client(file("ca-cert.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns those of a client with a certificate, by the name of its files. */
    public static TlsCredentials client(String name) {
        try {
            return TlsCredentials.client(file("ca-cert.pem"), file(name + "-cert.pem"), file(name + "-key.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
