/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Programs;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.ServiceManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Services in memory, and Procrun, which makes one. */
public final class FakeServices implements ServiceManager, Programs {
    static final String PROCRUN = "SOFTWARE\\WOW6432Node\\Apache Software Foundation\\Procrun 2.0\\";
    private static final long STOP_MS = 700;

    private final FakeWindows windows;
    private final Map<String, Service> services = new TreeMap<>();
    private final Map<String, Recovery> recoveries = new TreeMap<>();
    private final List<String> told = new ArrayList<>();

    FakeServices(FakeWindows windows) {
        this.windows = windows;
    }

    void put(Service service) {
        services.put(service.name(), service);
    }

    void remove(String name) {
        services.remove(name);
        recoveries.remove(name);
    }

    boolean isRunning(String name) {
        return find(name).map(Service::state).equals(Optional.of(State.RUNNING));
    }

    @Override
    public Optional<Service> find(String name) {
        return Optional.ofNullable(services.get(name));
    }

    @Override
    public void start(String name) throws SetupException {
        told.add("start " + name);
        if (!services.containsKey(name)) {
            throw SetupException.failed("no service " + name);
        }
        windows.pass(STOP_MS);
        windows.startsLogging(name);
        if (!windows.engineBroken()) {
            change(name, State.RUNNING);
        }
    }

    @Override
    public void stop(String name) {
        told.add("stop " + name);
        windows.pass(STOP_MS);
        if (services.containsKey(name)) {
            change(name, State.STOPPED);
        }
    }

    private void change(String name, State state) {
        services.computeIfPresent(
                name,
                (_, old) -> new Service(
                        name,
                        old.displayName(),
                        old.commandLine(),
                        old.account(),
                        old.automatic(),
                        old.delayed(),
                        old.dependencies(),
                        state));
    }

    @Override
    public void delete(String name) {
        remove(name);
    }

    @Override
    public void setRecovery(String name, Recovery recovery) {
        recoveries.put(name, recovery);
    }

    /** Returns what was last said about a service that ends unasked. */
    public Optional<Recovery> recovery(String name) {
        return Optional.ofNullable(recoveries.get(name));
    }

    /** Returns which services were told to start and stop, in order. */
    public List<String> told() {
        return List.copyOf(told);
    }

    /** Does what {@code prunsrv //IS//} and {@code //US//} do. */
    @Override
    public void run(Path program, List<String> arguments) throws SetupException {
        String verb = arguments.getFirst();
        String name = verb.substring(6);
        if (!windows.folders().exists(program)) {
            throw SetupException.failed("no program " + program);
        }
        Map<String, String> values = new TreeMap<>();
        for (String each : arguments.subList(1, arguments.size())) {
            int equals = each.indexOf('=');
            values.put(each.substring(2, equals), each.substring(equals + 1));
        }
        if (verb.startsWith("//IS//") == services.containsKey(name)) {
            throw SetupException.failed(verb + ": the service is there, or is not");
        }
        State state = find(name).map(Service::state).orElse(State.STOPPED);
        put(new Service(
                name,
                values.getOrDefault("DisplayName", ""),
                "\"" + values.get("Install") + "\" //RS//" + name,
                values.getOrDefault("ServiceUser", "NT AUTHORITY\\LocalService"),
                values.getOrDefault("Startup", "manual").equals("auto"),
                false,
                List.of(),
                state));
        String java = PROCRUN + name + "\\Parameters\\Java";
        String start = PROCRUN + name + "\\Parameters\\Start";
        Registry registry = windows.registry();
        registry.set(java, "Jvm", text(values, "Jvm"));
        registry.set(java, "Classpath", text(values, "Classpath"));
        registry.set(java, "Options", list(values, "JvmOptions"));
        registry.set(PROCRUN + name + "\\Parameters\\Log", "Path", text(values, "LogPath"));
        registry.set(start, "Class", text(values, "StartClass"));
        registry.set(start, "Params", list(values, "StartParams"));
    }

    private static Registry.Value text(Map<String, String> values, String name) {
        return new Registry.Value.Text(values.getOrDefault(name, ""));
    }

    private static Registry.Value list(Map<String, String> values, String name) {
        return new Registry.Value.Texts(List.of(values.getOrDefault(name, "").split(";", -1)));
    }

    @Override
    public String toString() {
        return services.values() + " " + recoveries;
    }
}
