/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.testkit.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsCredentialsTests {
    @ParameterizedTest
    @CsvSource({"server", "rsa"})
    void keysOfEveryUsualKindAreRead(String name) throws IOException {
        TlsCredentials credentials = Certificates.server(name, Optional.empty());
        assertThat(credentials.checksPeer()).isFalse();
        assertThat(credentials.serverEngine().getNeedClientAuth()).isFalse();
    }

    @Test
    void authoritiesMakeClientsShowTheirCertificate() {
        assertThat(Certificates.strictServer().checksPeer()).isTrue();
        assertThat(Certificates.strictServer().serverEngine().getNeedClientAuth())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "server-cert.pem, traditional-key.pem, openssl pkcs8 -topk8 -nocrypt",
        "server-cert.pem, server-cert.pem, no '-----BEGIN PRIVATE KEY-----'",
        "server-cert.pem, client-key.pem, not the private key of the first certificate in",
        "server-cert.pem, rsa-key.pem, not the private key of the first certificate in",
        "server-key.pem, server-key.pem, not a PEM file of X.509 certificates",
    })
    void filesThatDoNotFitAreRefusedWithTheReason(String certificate, String key, String reason) {
        assertThatThrownBy(() ->
                        TlsCredentials.server(Certificates.file(certificate), Certificates.file(key), Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void damagedFilesAreRefused(@TempDir Path directory) throws IOException {
        Path key = directory.resolve("key.pem");
        Path certificate = Certificates.file("server-cert.pem");
        Files.writeString(
                key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> TlsCredentials.server(certificate, key, Optional.empty()))
                .hasMessageContaining("not a private key of RSA, EC, EdDSA");
        Files.writeString(
                key, "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> TlsCredentials.server(certificate, key, Optional.empty()))
                .hasMessageContaining("not Base64");
        Files.write(key, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> TlsCredentials.server(certificate, key, Optional.empty()))
                .hasMessageContaining("1048577 bytes; allowed are 1048576");
        assertThatThrownBy(() -> TlsCredentials.client(directory.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
