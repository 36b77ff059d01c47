/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.SchemaChecks;
import dev.gnomon.control.server.ControlFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands that look at who uses a service, and where volumes may lie. */
@Timeout(120)
class ServiceUseTests {
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ControlFixture service;

    @BeforeEach
    void start() throws IOException {
        service = new ControlFixture();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private final FakeLocalCommands local = new FakeLocalCommands();
    private Map<String, String> named = Map.of();

    private record Outcome(int code, String out, String err) {}

    @Test
    void clientsAreListed() {
        assertThat(run("service clients").out()).isEqualTo("EXPORT  PROTOCOL  CLIENT  WHERE\n");
        service.connected().add(new ClientView("nbd", "data", "127.0.0.1:5", true));
        service.connected().add(new ClientView("nbd", "data@n", "192.0.2.7:6", false));

        assertThat(run("service clients").out().lines().skip(1))
                .satisfiesExactly(
                        one -> assertThat(one).matches("data +nbd +127.0.0.1:5 +this machine"),
                        two -> assertThat(two).matches("data@n +nbd +192.0.2.7:6 +another machine"));
        SchemaChecks.check(
                "clientListDocument", run("service clients --output json").out());
    }

    @Test
    void aServiceInUseIsStoppedOnlyByForce() {
        service.connected().add(new ClientView("nbd", "data", "127.0.0.1:5", true));

        Outcome refused = run("service stop");
        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(refused.err()).contains("in use on this machine");
        assertThat(service.engine().closed()).isFalse();
        assertThat(run("service stop --force").out()).isEqualTo("The service stopped.\n");
        assertThat(service.engine().closed()).isTrue();
    }

    @Test
    void theSystemVolumeIsRefusedUnlessAllowedAndThenWarnedOf() {
        assertThat(run("volume add a --path /system-volume/a").code()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(run("volume create a --size 1M --path /system-volume/a").code())
                .isEqualTo(ExitCode.REFUSED.number());

        Outcome added = run("volume add a --path /system-volume/a --allow-system-volume");
        assertThat(added.code()).isZero();
        assertThat(added.err()).isEqualTo("gnomon: warning: origin may be held\n");
        Outcome created = run("volume create b --size 1M --path /local-volume/b --output json");
        assertThat(created.err()).contains("warning");
        SchemaChecks.check("volumeDocument", created.out());
        assertThat(created.out()).contains("\"warning\" : \"origin may be held\"");
        assertThat(run("volume add c --path /elsewhere").err()).isEmpty();
    }

    @Test
    void theStateDirectoryOfAnInstalledServiceIsTheUsualOne() {
        local.installedState = service.directory().toString();
        named = Map.of("ProgramData", "/elsewhere");
        assertThat(run("service clients").code()).isZero();
        named = Map.of("GNOMON_STATE", "/nowhere");
        assertThat(run("service clients").code()).isEqualTo(ExitCode.UNREACHABLE.number());
        local.installedState = "";
        named = Map.of("ProgramData", "/elsewhere");
        assertThat(run("service clients").err()).contains("/elsewhere/Gnomon/service");
    }

    private Outcome run(String words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Session session = new Session(
                local,
                named.isEmpty() ? Map.of("GNOMON_STATE", service.directory().toString()) : named,
                "me",
                Path.of("/home/me"),
                new PrintWriter(out),
                new PrintWriter(err));
        int code = new Cli(session).run(words.split(" ", -1));
        return new Outcome(code, out.toString(), err.toString());
    }
}
