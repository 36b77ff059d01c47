/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.SimRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A provider over a {@link FakeEngine}, on one thread, and short ways to call it. */
final class VssBench {
    static final UUID S = new UUID(0x51, 1);
    static final UUID T = new UUID(0x51, 2);
    static final String V = "\\\\?\\Volume{00000000-0000-0000-0000-00000000000a}\\";
    static final String W = "\\\\?\\Volume{00000000-0000-0000-0000-00000000000b}\\";
    static final String FOREIGN = "\\\\?\\Volume{00000000-0000-0000-0000-00000000000c}\\";
    private static final TableVolumeLocator LOCATOR = new TableVolumeLocator(List.of(
            new TableVolumeLocator.Row(V, List.of("V:\\", "C:\\mounts\\v\\"), "v"),
            new TableVolumeLocator.Row(W, List.of("W:\\"), "w"),
            new TableVolumeLocator.Row(FOREIGN, List.of("C:\\"), "")));
    private static final long HOUR = 3_600_000_000_000L;

    VolumeLocator locator = LOCATOR;
    final ManualClock clock = new ManualClock();
    final SimRandom random = new SimRandom(83);
    final InlineScheduler scheduler = new InlineScheduler(clock);
    final FakeEngine engine = new FakeEngine("v", "w");
    final List<Event> told = new ArrayList<>();
    final Map<UUID, Integer> readers = new HashMap<>();
    final RecordingSurface surface = new RecordingSurface();
    private int connections;
    String bootId = "boot-1";
    Dismounts dismounts = Dismounts.byClients();
    VssProvider provider;
    Provider.Connection connection;

    VssBench() {
        provider = open();
        connection = provider.connect(connectionName());
    }

    /** Starts a provider over what is on disk; an earlier one is as if it had never been. */
    void start() {
        provider = open();
        connect();
    }

    private VssProvider open() {
        Events events = told::add;
        return new VssProvider(
                engine,
                new VssProvider.Ports(
                        name -> locator.locate(name),
                        surface,
                        (path, volume) -> dismounts.dismount(path, volume),
                        id -> readers.getOrDefault(id, 0),
                        new VssHost(bootId, "HOST", VssHost.PROVIDER_ID),
                        clock,
                        scheduler,
                        random,
                        new Observer(events, new Latencies())));
    }

    /** Connects another host process. */
    void connect() {
        connection = provider.connect("host-" + ++connections + ".");
    }

    String connectionName() {
        return "host-" + connections + ".";
    }

    ProviderAnswer call(ProviderCall call) {
        return connection.call(1, 0, call, clock.nanoTime() + HOUR);
    }

    int code(ProviderCall call) {
        return call(call).hresult();
    }

    int begin(UUID set, UUID copy, @Nullable String volume, int context) {
        return code(new ProviderCall.BeginPrepareSnapshot(set, copy, volume, context));
    }

    int endPrepare(UUID set) {
        return code(new ProviderCall.EndPrepareSnapshots(set));
    }

    int preCommit(UUID set) {
        return code(new ProviderCall.PreCommitSnapshots(set));
    }

    int commit(UUID set) {
        return code(new ProviderCall.CommitSnapshots(set));
    }

    int postCommit(UUID set, int count) {
        return code(new ProviderCall.PostCommitSnapshots(set, count, 1));
    }

    int preFinal(UUID set) {
        return code(new ProviderCall.PreFinalCommitSnapshots(set));
    }

    int postFinal(UUID set) {
        return code(new ProviderCall.PostFinalCommitSnapshots(set));
    }

    int abort(UUID set) {
        return code(new ProviderCall.AbortSnapshots(set));
    }

    /** Takes a set of v to a state, or as far as it goes on its legal way. */
    void bring(UUID set, UUID copy, int context, SetState to) {
        if (to == SetState.UNKNOWN) {
            return;
        }
        begin(set, copy, V, context);
        if (to == SetState.ABORTED) {
            abort(set);
            return;
        }
        List<Runnable> steps = List.of(
                () -> endPrepare(set),
                () -> preCommit(set),
                () -> commit(set),
                () -> postCommit(set, 1),
                () -> preFinal(set),
                () -> postFinal(set));
        for (Runnable step : steps) {
            if (provider.sets().stateOf(set) == to) {
                return;
            }
            step.run();
        }
    }

    SetState state(UUID set) {
        return provider.sets().stateOf(set);
    }

    List<SnapshotProperties> query(int context) {
        ProviderAnswer answer =
                connection.call(99, context, new ProviderCall.Query(new UUID(0, 0), 1, 3), clock.nanoTime() + HOUR);
        return ((ProviderResult.Snapshots) answer.result()).snapshots();
    }

    /** A surface that knows what is visible, and fails or re-enters when it is told to. */
    static final class RecordingSurface implements CopySurface {
        final CopySurface names = new TableCopySurface("\\\\?\\GLOBALROOT\\Device\\Shadow{n}");
        final Set<UUID> visible = new HashSet<>();
        final Set<UUID> writable = new HashSet<>();
        boolean available = true;
        Hook hook = step -> {};

        /** What happens in the middle. */
        interface Hook {
            void at(String step) throws SurfaceException;
        }

        @Override
        public boolean isAvailable() {
            return available;
        }

        @Override
        public String deviceName(UUID copy) {
            return names.deviceName(copy);
        }

        @Override
        public void attach(dev.gnomon.snapshot.CopyInfo copy, Access access, long deadlineNanos)
                throws SurfaceException {
            hook.at("attach");
            visible.add(copy.id());
            if (access == Access.WRITABLE) {
                writable.add(copy.id());
            }
        }

        @Override
        public void setReadOnly(dev.gnomon.snapshot.CopyInfo copy, long deadlineNanos) throws SurfaceException {
            hook.at("setReadOnly");
            writable.remove(copy.id());
        }

        @Override
        public void detach(UUID copy, long deadlineNanos) throws SurfaceException {
            hook.at("detach");
            visible.remove(copy);
            writable.remove(copy);
        }
    }
}
