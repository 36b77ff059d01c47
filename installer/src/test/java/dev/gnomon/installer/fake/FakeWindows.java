/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Engine;
import dev.gnomon.installer.port.Machine;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.ServiceManager.Service;
import dev.gnomon.installer.port.ServiceManager.State;
import dev.gnomon.installer.port.VssAdmin;
import dev.gnomon.io.Clock;
import dev.gnomon.io.os.OsStorage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** A Windows in memory, with its files below a temporary directory. Used by one thread. */
public final class FakeWindows {
    static final String CLASS_ID = "{" + ProviderIdentities.CLASS_ID.toString().toUpperCase(Locale.ROOT) + "}";

    private static final String CLASSES = "SOFTWARE\\Classes\\";
    private static final String ENVIRONMENT = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";
    private static final UUID FOREIGN = UUID.fromString("00000000-0000-0000-0000-00000000f0e1");

    private final Path root;
    private final FakeRegistry registry = new FakeRegistry();
    private final FakeFolders folders = new FakeFolders();
    private final FakeServices services = new FakeServices(this);
    private final List<FakeCatalog.Stored> applications = new ArrayList<>();
    private final List<VssAdmin.Provider> providers = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, String> variations = new TreeMap<>();
    private List<Engine.Volume> volumes = List.of();
    private int providerInUseTimes;
    private boolean engineBroken;
    private long nowMs = 1_000_000;
    private int keys;
    private int failCall = -1;

    /** Makes a healthy one that has VSS, COM+ and another provider. */
    public FakeWindows(Path root) {
        this.root = root;
        registry.set(ENVIRONMENT, "Path", new Registry.Value.Text("%SystemRoot%\\system32;%SystemRoot%;", true));
        for (String each : List.of(
                CLASSES + "CLSID",
                CLASSES + "TypeLib",
                "SOFTWARE\\WOW6432Node",
                "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application")) {
            registry.set(each, "", new Registry.Value.Text("there before"));
        }
        services.put(new Service(
                "VSS", "Volume Shadow Copy", "vssvc", "LocalSystem", false, false, List.of(), State.STOPPED));
        providers.add(new VssAdmin.Provider(FOREIGN, "another", 2, "1.0", FOREIGN, FOREIGN));
        applications.add(new FakeCatalog.Stored(
                "{other}",
                Map.of(
                        "Name", new dev.gnomon.installer.port.ComPlusCatalog.Property.Text("another"),
                        "Description", new dev.gnomon.installer.port.ComPlusCatalog.Property.Text(""))));
    }

    /** Returns its ports. */
    public Ports ports() {
        return new Ports(
                new OsStorage(),
                new FakeClock(),
                folders,
                registry,
                services,
                services,
                () -> {
                    call("open catalog");
                    return new FakeCatalog(this);
                },
                new FakeVss(),
                new FakeMachine(),
                new FakeEngine());
    }

    /** Returns everything that setup may change, for comparison. */
    public String snapshot() {
        return registry.export() + "\n" + folders.export(root) + services + "\n" + applications + "\n" + providers;
    }

    /** Returns the calls of COM+ since the start, in their order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Makes the n-th call of COM+ or IVssAdmin from now on fail, from 1. */
    public void failCall(int number) {
        failCall = calls.size() + number;
    }

    /** Notes a call, which may have been told to fail. */
    void call(String text) throws SetupException {
        calls.add(text);
        if (calls.size() == failCall) {
            throw SetupException.failed("call " + calls.size() + " was made to fail: " + text);
        }
    }

    /** Returns the registry. */
    public FakeRegistry registry() {
        return registry;
    }

    /** Returns the files. */
    public FakeFolders folders() {
        return folders;
    }

    /** Returns the services. */
    public FakeServices services() {
        return services;
    }

    List<FakeCatalog.Stored> applications() {
        return applications;
    }

    /** Returns how many applications COM+ has. */
    public int applicationCount() {
        return applications.size();
    }

    /** Removes the application of the provider, as somebody might in the administration of COM+. */
    public void loseApplication() {
        applications.removeIf(each -> !each.key.equals("{other}"));
    }

    /** Returns the providers that VSS lists. */
    public List<VssAdmin.Provider> providers() {
        return providers;
    }

    /** Says what the engine serves while it runs. */
    public void serve(Engine.Volume... served) {
        volumes = List.of(served);
    }

    /** Says how often VSS answers that the provider is in use. */
    public void useProvider(int times) {
        providerInUseTimes = times;
    }

    /** Makes the engine end at its start. */
    public void breakEngine(boolean broken) {
        engineBroken = broken;
    }

    /** As Procrun does, wherever it was told to. */
    void startsLogging(String service) throws SetupException {
        Optional<Registry.Value> log = registry.value(FakeServices.PROCRUN + service + "\\Parameters\\Log", "Path");
        if (log.isPresent() && log.get() instanceof Registry.Value.Text text) {
            folders.write(Path.of(text.text()).resolve("service.log"), new byte[] {1});
        }
    }

    boolean engineBroken() {
        return engineBroken;
    }

    /** Gives a fact of the machine another value: {@code administrator}, {@code architecture}, {@code build}. */
    public void vary(String fact, String value) {
        variations.put(fact, value);
    }

    /** Lets time pass. */
    public void pass(long milliseconds) {
        nowMs += milliseconds;
    }

    int nextKey() {
        return ++keys;
    }

    void addComPlusService(String name) {
        services.put(new Service(name, name, "dllhost.exe", "LocalSystem", false, false, List.of(), State.STOPPED));
    }

    /** What DllRegisterServer does, run by COM+ (com-shim/src/main/cpp/register). */
    void registerServer(String dll) throws SetupException {
        if (!folders.exists(Path.of(dll))) {
            throw SetupException.failed("there is no " + dll);
        }
        String key = CLASSES + "CLSID\\" + CLASS_ID;
        registry.set(key, "", new Registry.Value.Text(ProviderIdentities.PROVIDER_NAME));
        registry.set(key + "\\InprocServer32", "", new Registry.Value.Text(dll));
        registry.set(key + "\\LocalServer32", "", new Registry.Value.Text("dllhost.exe /ProcessID:{}"));
        registry.set(CLASSES + "Gnomon.VssProvider\\CLSID", "", new Registry.Value.Text(CLASS_ID));
        registry.set(
                CLASSES + "TypeLib\\{"
                        + ProviderIdentities.LIBRARY_ID.toString().toUpperCase(Locale.ROOT) + "}\\1.0",
                "",
                new Registry.Value.Text("Gnomon"));
        if (providers.stream().anyMatch(each -> each.id().equals(ProviderIdentities.PROVIDER_ID))) {
            throw SetupException.failed("VSS_E_PROVIDER_ALREADY_REGISTERED");
        }
        providers.add(new VssAdmin.Provider(
                ProviderIdentities.PROVIDER_ID,
                ProviderIdentities.PROVIDER_NAME,
                2,
                "0.1.0",
                ProviderIdentities.VERSION_ID,
                ProviderIdentities.CLASS_ID));
    }

    /** Time by hand. */
    private final class FakeClock implements Clock {
        @Override
        public long nanoTime() {
            return nowMs * 1_000_000;
        }

        @Override
        public Instant now() {
            return Instant.ofEpochMilli(nowMs);
        }
    }

    /** IVssAdmin. */
    private final class FakeVss implements VssAdmin {
        @Override
        public List<Provider> providers() throws SetupException {
            call("QueryProviders");
            return List.copyOf(providers);
        }

        @Override
        public int unregister(UUID provider) throws SetupException {
            call("UnregisterProvider");
            if (providerInUseTimes > 0) {
                providerInUseTimes--;
                return PROVIDER_IN_USE;
            }
            return providers.removeIf(each -> each.id().equals(provider)) ? 0 : PROVIDER_NOT_REGISTERED;
        }
    }

    /** The engine answers while its service runs. */
    private final class FakeEngine implements Engine {
        @Override
        public Optional<List<Volume>> volumes() {
            return services.isRunning("Gnomon") ? Optional.of(volumes) : Optional.empty();
        }
    }

    /** The machine. */
    private final class FakeMachine implements Machine {
        @Override
        public String processArchitecture() {
            return variations.getOrDefault("architecture", "amd64");
        }

        @Override
        public String machineArchitecture() {
            return "amd64";
        }

        @Override
        public boolean administrator() {
            return !variations.getOrDefault("administrator", "yes").equals("no");
        }

        @Override
        public Version windowsVersion() {
            return new Version(10, 0, Integer.parseInt(variations.getOrDefault("build", "20348")));
        }

        @Override
        public Path systemRoot() {
            return Path.of(variations.getOrDefault("systemRoot", "/not-here"));
        }

        @Override
        public String accountName(String sid) {
            return switch (sid) {
                case "S-1-5-18" -> "SYSTEM";
                case "S-1-5-32-544" -> "Administratoren";
                default -> throw new IllegalArgumentException(sid);
            };
        }

        @Override
        public String name() {
            return "BOX";
        }

        @Override
        public boolean isPortFree(int port) {
            return !variations.getOrDefault("port", "free").equals("taken");
        }

        @Override
        public void announceEnvironment() {
            // Nobody listens.
        }

        @Override
        public void pause(long milliseconds) {
            pass(milliseconds);
        }

        @Override
        public long uptimeMs() {
            return nowMs;
        }
    }
}
