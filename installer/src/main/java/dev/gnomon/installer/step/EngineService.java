/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.ServiceManager;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The engine as a service of Windows. Procrun is its host in jvm mode, so that the process of the service is the JVM. It runs as
 * LocalSystem, said explicitly, because Procrun would take LocalService, whom the access lists keep out. It starts with Windows and
 * not later, because volumes hang on it, and depends on nothing.
 */
final class EngineService implements Step {
    static final String NAME = ProviderIdentities.SERVICE_NAME;

    /** Where Procrun, a 64-bit program that keeps its settings where 32-bit ones do, has what it starts. */
    static final String PROCRUN = "SOFTWARE\\WOW6432Node\\Apache Software Foundation\\Procrun 2.0";

    private static final String PARAMETERS = PROCRUN + "\\" + NAME + "\\Parameters";
    private static final String DISPLAY_NAME = "Gnomon block engine";
    private static final String DESCRIBED =
            "Serves volumes and their shadow copies. Volumes of this host hang on it: stop it only when none is in use.";
    private static final String ACCOUNT = "LocalSystem";
    private static final String ENTRY_CLASS = "dev.gnomon.app.WindowsService";
    private static final String PLACEHOLDER = "%PROGRAMDIR%";
    /** Draining, settling and a checkpoint; Windows itself allows less only at a shutdown, which the service notices by itself. */
    private static final int STOP_TIMEOUT_S = 120;

    private static final long DELETE_TIMEOUT_MS = 30_000;
    private static final long PAUSE_MS = 200;

    /** Soon, because clients wait; later if it keeps failing; for ends with an error too, because a JVM reports most of its own. */
    static final ServiceManager.Recovery RECOVERY = new ServiceManager.Recovery(
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofMinutes(1)), Duration.ofDays(1), true);

    private final Layout layout;
    private final Ports ports;

    EngineService(Layout layout, Ports ports) {
        this.layout = layout;
        this.ports = ports;
    }

    @Override
    public String name() {
        return "engine-service";
    }

    @Override
    public String describe() {
        return "make the service '" + NAME + "' (" + DISPLAY_NAME + ") that runs the engine as LocalSystem";
    }

    @Override
    public Finding check() throws SetupException {
        Optional<ServiceManager.Service> found = ports.services().find(NAME);
        if (found.isEmpty()) {
            return ports.registry().exists(PROCRUN + "\\" + NAME)
                    ? Finding.broken("there is no such service, but settings of its host")
                    : Finding.absent("there is no such service");
        }
        String wrong = wrong(found.get());
        return wrong.isEmpty() ? Finding.present("it starts with Windows as LocalSystem") : Finding.broken(wrong);
    }

    private String wrong(ServiceManager.Service service) throws SetupException {
        String command = service.commandLine().toLowerCase(Locale.ROOT);
        String host = layout.serviceHost().toString();
        if (!command.contains(host.toLowerCase(Locale.ROOT))) {
            return "it runs " + service.commandLine() + "; expected " + host;
        }
        if (!service.account().equalsIgnoreCase(ACCOUNT)) {
            return "it runs as " + service.account() + "; expected " + ACCOUNT;
        }
        if (!service.automatic() || service.delayed()) {
            return "it does not start with Windows at once";
        }
        if (!service.dependencies().isEmpty()) {
            return "it waits for " + String.join(", ", service.dependencies()) + "; expected is nothing";
        }
        return wrongParameters();
    }

    private String wrongParameters() throws SetupException {
        Registry registry = ports.registry();
        String java = PARAMETERS + "\\Java";
        String start = PARAMETERS + "\\Start";
        if (!registry.text(java, "Jvm").equalsIgnoreCase(layout.jvm().toString())) {
            return "it loads '" + registry.text(java, "Jvm") + "'; expected '" + layout.jvm() + "'";
        }
        if (!registry.text(java, "Classpath").equalsIgnoreCase(classPath())) {
            return "its class path is '" + registry.text(java, "Classpath") + "'; expected '" + classPath() + "'";
        }
        Optional<Registry.Value> options = registry.value(java, "Options");
        if (!options.equals(Optional.of(new Registry.Value.Texts(serviceOptions())))) {
            return "the options of its JVM are " + options.map(Object::toString).orElse("missing");
        }
        if (!registry.text(start, "Class").replace('/', '.').equals(ENTRY_CLASS)) {
            return "it starts the class '" + registry.text(start, "Class") + "'; expected " + ENTRY_CLASS;
        }
        Optional<Registry.Value> parameters = registry.value(start, "Params");
        if (!parameters.equals(Optional.of(new Registry.Value.Texts(startParameters())))) {
            return "its arguments are " + parameters.map(Object::toString).orElse("missing") + "; expected "
                    + startParameters();
        }
        return "";
    }

    private String classPath() {
        return layout.jar().toString();
    }

    private List<String> startParameters() {
        return List.of(
                "--state",
                layout.serviceState().toString(),
                "--vss",
                layout.vssConfiguration().toString());
    }

    /** The options of {@code conf\java.options}, one a line; the same list serves the command line. */
    private List<String> javaOptions() throws SetupException {
        byte[] content = ports.folders()
                .read(layout.javaOptions())
                .orElseThrow(() -> SetupException.failed(layout.javaOptions() + " is missing"));
        List<String> options = new ArrayList<>();
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            String option = line.strip();
            if (!option.isEmpty() && !option.startsWith("#")) {
                options.add(option.replace(PLACEHOLDER, layout.program().toString()));
            }
        }
        return options;
    }

    /** The events of consoles and sessions are the host's to handle: a user who logs off must not end the JVM. */
    private List<String> serviceOptions() throws SetupException {
        List<String> options = javaOptions();
        options.add("-Xrs");
        return options;
    }

    @Override
    public Memo remember() throws SetupException {
        return RegistryBackup.take(ports.registry(), PARAMETERS);
    }

    @Override
    public void apply() throws SetupException {
        boolean exists = ports.services().find(NAME).isPresent();
        ports.programs().run(layout.serviceHost(), arguments(exists ? "//US//" : "//IS//"));
        ports.services().setRecovery(NAME, RECOVERY);
    }

    private List<String> arguments(String verb) throws SetupException {
        List<String> arguments = new ArrayList<>(List.of(
                verb + NAME,
                "--DisplayName=" + DISPLAY_NAME,
                "--Description=" + DESCRIBED,
                "--Install=" + layout.serviceHost(),
                "--ServiceUser=" + ACCOUNT,
                "--Startup=auto",
                "--Jvm=" + layout.jvm(),
                "--JavaHome=" + layout.runtime(),
                "--Classpath=" + classPath(),
                "--JvmOptions=" + listed(serviceOptions()),
                "--StartMode=jvm",
                "--StartClass=" + ENTRY_CLASS,
                "--StartMethod=start",
                "--StartParams=" + listed(startParameters()),
                "--StopMode=jvm",
                "--StopClass=" + ENTRY_CLASS,
                "--StopMethod=stop",
                "--StopTimeout=" + STOP_TIMEOUT_S,
                "--LogPath=" + layout.serviceLog(),
                "--LogPrefix=gnomon-service",
                "--StdOutput=auto",
                "--StdError=auto"));
        return arguments;
    }

    /** As Procrun writes lists: separated by semicolons. Preflight sees to it that no path holds one. */
    private static String listed(List<String> items) {
        return String.join(";", items);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        Registry registry = ports.registry();
        if (why != Undo.UNINSTALL
                && !memo.facts().isEmpty()
                && ports.services().find(NAME).isPresent()) {
            RegistryBackup.restore(registry, PARAMETERS, memo);
            return;
        }
        ports.services().stop(NAME);
        ports.services().delete(NAME);
        awaitGone();
        registry.deleteTree(PROCRUN + "\\" + NAME);
        // Others may use Procrun too.
        registry.deleteIfEmpty(PROCRUN);
        registry.deleteIfEmpty(PROCRUN.substring(0, PROCRUN.lastIndexOf('\\')));
    }

    /** Windows deletes a service when nobody has it open any more. */
    private void awaitGone() throws SetupException {
        long start = ports.machine().uptimeMs();
        while (ports.services().find(NAME).isPresent()) {
            if (ports.machine().uptimeMs() - start > DELETE_TIMEOUT_MS) {
                throw new SetupException(
                        SetupException.Reason.FAILED,
                        "the service '" + NAME + "' is marked for deletion, but still there after "
                                + DELETE_TIMEOUT_MS / 1_000 + " s",
                        "close the Services window and whatever else shows services, then run uninstall again");
            }
            ports.machine().pause(PAUSE_MS);
        }
    }
}
