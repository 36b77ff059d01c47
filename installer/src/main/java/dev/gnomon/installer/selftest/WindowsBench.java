/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.cli.Session;
import dev.gnomon.control.CallView;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.Json;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.installer.Installed;
import dev.gnomon.installer.Setup;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.installer.windows.VssRegistration;
import dev.gnomon.installer.windows.Wine;
import dev.gnomon.util.BuildInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens the bench of this Windows. */
final class WindowsBench {
    private WindowsBench() {}

    static Bench open(Session session, Bench.Options options) throws SetupException {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new SetupException(SetupException.Reason.WRONG_STATE, "the self-test is for Windows", "");
        }
        Installed installed = Installed.onThisWindows(session.environment()).asking(session.local());
        InstalledEngine engine = new InstalledEngine(session, installed);
        List<String> names = new ArrayList<>(List.of(
                installed.ports().machine().name(),
                session.user(),
                session.environment().getOrDefault("USERDOMAIN", ""),
                session.environment().getOrDefault("USERDNSDOMAIN", "")));
        Bench.Options usable = options.volumes().isEmpty()
                ? new Bench.Options(
                        options.allowChanges(),
                        options.harness(),
                        engine.windowsVolumes(),
                        options.foreign(),
                        options.failingMsi())
                : options;
        return new Bench(
                installed,
                !Wine.isHere(),
                usable,
                new WindowsCommands(),
                engine,
                () -> VssRegistration.again(BuildInfo.current().version()),
                new Evidence(names));
    }

    /** The engine that setup installed, by its control pipe and its configuration. */
    private static final class InstalledEngine implements Bench.Engine {
        private final Session session;
        private final Installed installed;
        private final Path state;

        InstalledEngine(Session session, Installed installed) {
            this.session = session;
            this.installed = installed;
            this.state = installed.layout().serviceState();
        }

        private interface Question<T> {
            T ask(ControlClient client) throws ControlException;
        }

        private <T> Optional<T> ask(Question<T> question) {
            try (ControlClient client = session.local().connect(state)) {
                return Optional.of(question.ask(client));
            } catch (ControlException e) {
                return Optional.empty();
            }
        }

        @Override
        public boolean answers() {
            return ask(ControlClient::status).isPresent();
        }

        @Override
        public List<String> users() {
            return ask(ControlClient::clients).orElse(List.of()).stream()
                    .filter(ClientView::inUseHere)
                    .map(ClientView::text)
                    .toList();
        }

        @Override
        public List<String> trace() {
            return ask(client -> client.calls(0)).orElse(List.of()).stream()
                    .map(CallView::toJson)
                    .map(json -> new String(Json.toBytes(json), StandardCharsets.UTF_8))
                    .toList();
        }

        @Override
        public boolean makesCopiesVisible() throws SetupException {
            return !configuration().replaceAll("\\s", "").contains("\"kind\":\"none\"");
        }

        /** Returns the volumes of the configuration that are Gnomon's, by their Windows names. */
        List<String> windowsVolumes() throws SetupException {
            List<String> names = new ArrayList<>();
            try {
                String text = configuration();
                if (!text.isEmpty()) {
                    for (var each : Json.parseObject(text.getBytes(StandardCharsets.UTF_8))
                            .withArray("volumes")) {
                        if (each.path("volume").isString()) {
                            names.add(each.path("guidPath").asString(""));
                        }
                    }
                }
            } catch (ControlException | RuntimeException e) {
                return List.of(); // the engine says what is wrong with it
            }
            return names;
        }

        private String configuration() throws SetupException {
            return installed
                    .ports()
                    .folders()
                    .read(installed.layout().state().resolve("vss.json"))
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .orElse("");
        }

        @Override
        public Report unregister() throws SetupException {
            return setup(Setup.Command.UNREGISTER);
        }

        @Override
        public Report repair() throws SetupException {
            return setup(Setup.Command.REPAIR);
        }

        private Report setup(Setup.Command command) throws SetupException {
            Layout layout = installed.layout();
            Choices choices = new Choices(BuildInfo.current().version(), true, true, false);
            return new Setup(installed.ports(), layout, choices, false, sentence -> {}).run(command);
        }
    }
}
