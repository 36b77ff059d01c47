/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Signs files for Windows (Authenticode) by osslsigncode. Without a server for time stamps, equal files get equal signatures. */
final class Signer {
    private final Path certificate;
    private final Path key;
    private final Optional<String> timestampUrl;
    private final Instant time;

    /**
     * @param certificate PEM, with those that lead to its authority
     * @param key PEM
     * @param timestampUrl a server for time stamps, RFC 3161
     * @param time what the signature states without such a server
     */
    Signer(Path certificate, Path key, Optional<String> timestampUrl, Instant time) {
        this.certificate = certificate.toAbsolutePath();
        this.key = key.toAbsolutePath();
        this.timestampUrl = timestampUrl;
        this.time = time;
    }

    /** Signs a DLL, program or MSI in its place; the path is absolute. */
    void sign(Path file) throws IOException, PackagingException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        Path signed = file.resolveSibling(file.getFileName() + ".signed");
        Files.deleteIfExists(signed);
        List<String> command = new ArrayList<>(List.of(
                "osslsigncode",
                "sign",
                "-certs",
                certificate.toString(),
                "-key",
                key.toString(),
                "-h",
                "sha256",
                "-n",
                "Gnomon",
                "-time",
                Long.toString(time.getEpochSecond())));
        timestampUrl.ifPresent(url -> command.addAll(List.of("-ts", url)));
        command.addAll(List.of("-in", file.toString(), "-out", signed.toString()));
        Tool.run(Path.of("/"), command);
        Files.move(signed, file, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(file, permissions);
    }
}
