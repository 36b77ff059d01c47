/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Other people's NBD clients in TLS (libnbd speaks it by GnuTLS), and without it where it is required. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class TlsIT {
    private static final int MIB = 1 << 20;

    @Test
    void nbdcopyAndNbdinfoSpeakTls(Workspace workspace) throws IOException {
        Tools.require("nbdinfo", "nbdcopy");
        Path own = keys(workspace, "own", "client");
        Path stranger = keys(workspace, "stranger", "stranger");
        ServiceProcess service = workspace.service(
                "--tls", "required",
                "--tls-cert", Certificates.file("server-cert.pem").toString(),
                "--tls-key", Certificates.file("server-key.pem").toString(),
                "--tls-client-ca", Certificates.file("ca-cert.pem").toString());
        service.createVolume("data", 32 * MIB);
        Image image = Image.random(32 * MIB, Workspace.SEED);
        Path file = image.writeTo(workspace.path("image"));
        String tls = uri(service, "data", own);

        assertThat(Tools.run("nbdinfo", tls).ok())
                .contains("with TLS", "export-size: 33554432 (32M)", "can_cache: true");
        assertThat(Tools.run("nbdinfo", "--list", uri(service, "", own)).ok()).contains("export=\"data\":");
        Tools.run("nbdcopy", "--flush", "--connections=4", file.toString(), tls).ok();
        service.createSet("cut", "data");
        Tools.run(
                        "nbdcopy",
                        uri(service, "data@cut", own),
                        workspace.path("back").toString())
                .ok();
        assertThat(Files.mismatch(file, workspace.path("back"))).isEqualTo(-1);

        assertThat(Tools.run("nbdinfo", service.tcpUri("data")).refused()).isNotBlank();
        assertThat(Tools.run("nbdinfo", service.uri("data")).refused()).isNotBlank();
        assertThat(Tools.run("nbdinfo", uri(service, "data", stranger)).refused())
                .isNotBlank();
        service.stop();
    }

    private static String uri(ServiceProcess service, String export, Path keys) {
        return "nbds://localhost:" + service.port() + "/" + export + "?tls-certificates=" + keys;
    }

    /** Makes a directory as libnbd wants it. */
    private static Path keys(Workspace workspace, String name, String client) throws IOException {
        Path directory = workspace.directory(name);
        Files.copy(Certificates.file("ca-cert.pem"), directory.resolve("ca-cert.pem"));
        Files.copy(Certificates.file(client + "-cert.pem"), directory.resolve("client-cert.pem"));
        Files.copy(Certificates.file(client + "-key.pem"), directory.resolve("client-key.pem"));
        return directory;
    }
}
