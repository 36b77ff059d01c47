/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by a certificate that is made here and signs itself. */
@Tag("packages")
class SigningIT {
    private static final Instant TIME = Instant.parse("2026-11-26T00:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    @BeforeEach
    void makeCertificate() throws PackagingException {
        Tool.run(
                folder,
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-keyout",
                        "key.pem",
                        "-out",
                        "cert.pem",
                        "-days",
                        "3650",
                        "-subj",
                        "/CN=Gnomon test",
                        "-addext",
                        "extendedKeyUsage=codeSigning"));
    }

    @Test
    void signedDllAndMsiVerifyAgainstTheCertificate() throws Exception {
        Path dll = dll("gnomon-vss.dll");
        Path msi = Files.copy(Products.msi(), folder.resolve("gnomon.msi"));
        for (Path file : List.of(dll, msi)) {
            assertThatThrownBy(() -> verify(file)).isInstanceOf(PackagingException.class);

            signer().sign(file);

            assertThat(verify(file)).contains("Signature verification: ok");
        }
        assertThat(Tool.run(folder, List.of("msiinfo", "export", msi.toString(), "Property")))
                .contains("ProductName\tGnomon");
    }

    @Test
    void signatureOfEqualFilesIsEqual() throws Exception {
        Path first = dll("first.dll");
        Path second = dll("second.dll");

        signer().sign(first);
        signer().sign(second);

        assertThat(first).hasSameBinaryContentAs(second);
    }

    @Test
    void changedFileNoLongerVerifies() throws Exception {
        Path dll = dll("gnomon-vss.dll");
        signer().sign(dll);
        byte[] bytes = Files.readAllBytes(dll);
        bytes[bytes.length / 2] ^= 1;
        Files.write(dll, bytes);

        assertThatThrownBy(() -> verify(dll)).isInstanceOf(PackagingException.class);
    }

    /** The whole way: the DLL is signed before the hashes of the manifest are taken, and the MSI that holds it afterwards. */
    @Test
    void packagerSignsTheMsiAndTheDllInIt() throws Exception {
        String version = Products.version();
        Path made = folder.resolve("made");
        Tool.run(
                folder,
                List.of(
                        Products.root().resolve("build/package/package").toString(),
                        "--no-build",
                        "--only",
                        "msi",
                        "--version",
                        version,
                        "--out",
                        made.toString(),
                        "--sign-cert",
                        folder.resolve("cert.pem").toString(),
                        "--sign-key",
                        folder.resolve("key.pem").toString()));

        Path msi = made.resolve(Products.msi().getFileName());
        assertThat(verify(msi)).contains("Signature verification: ok");
        Tool.run(folder, List.of("msiextract", "--directory", "unpacked", msi.toString()));
        Path dll = unpacked("gnomon-vss.dll");
        assertThat(verify(dll)).contains("Signature verification: ok");
        assertThat(Files.readString(unpacked(Manifest.NAME)))
                .contains(Manifest.line(Manifest.sha256(dll), "bin/gnomon-vss.dll"));
    }

    private Path unpacked(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("unpacked"))) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private Signer signer() {
        return new Signer(folder.resolve("cert.pem"), folder.resolve("key.pem"), Optional.empty(), TIME);
    }

    private String verify(Path file) throws PackagingException {
        return Tool.run(folder, List.of("osslsigncode", "verify", "-CAfile", "cert.pem", "-in", file.toString()));
    }

    private Path dll(String name) throws IOException {
        try (ZipFile zip = new ZipFile(Products.zip().toString());
                InputStream in =
                        zip.getInputStream(zip.getEntry("gnomon-" + Products.version() + "/bin/gnomon-vss.dll"))) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }
}
