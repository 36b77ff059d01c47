/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.mutants.Life;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A provider over the real engine on a simulated machine. */
final class VssLife {
    static final UUID S = VssBench.S;
    static final UUID OF_A = new UUID(6, 1);
    static final UUID OF_B = new UUID(6, 2);
    private static final VolumeLocator LOCATOR = new TableVolumeLocator(List.of(
            new TableVolumeLocator.Row(VssBench.V, List.of(), "a"),
            new TableVolumeLocator.Row(VssBench.W, List.of(), "b")));

    final Life life;
    final List<Event> told = new ArrayList<>();
    private VssProvider provider;
    private Provider.Connection connection;

    VssLife(Life life) {
        this.life = life;
        this.provider = open();
        this.connection = provider.connect("simulated");
    }

    private VssProvider open() {
        return VssProvider.open(
                life.engine(),
                new VssProvider.Ports(
                        LOCATOR,
                        new TableCopySurface("\\\\?\\GLOBALROOT\\Device\\Shadow{n}"),
                        Dismounts.byClients(),
                        id -> 0,
                        new VssHost("boot", "HOST", VssHost.PROVIDER_ID),
                        life.world().clock(),
                        life.world().scheduler(),
                        life.world().random(),
                        new Observer(this::tell, new Latencies())));
    }

    private void tell(Event event) {
        Events.toLog().tell(event);
        told.add(event);
    }

    /** Closes the provider and opens another one over the same engine. */
    void restart() {
        provider.close();
        provider = open();
        connect();
    }

    void connect() {
        connection = provider.connect("simulated");
    }

    void disconnect() {
        connection.close();
        connect();
    }

    CurrentSet sets() {
        return provider.sets();
    }

    int call(ProviderCall call) {
        return call(call, 600_000_000_000L);
    }

    int call(ProviderCall call, long withinNanos) {
        return connection
                .call(1, 0, call, life.world().clock().nanoTime() + withinNanos)
                .hresult();
    }

    int begin(UUID copy, String volume, int context) {
        return call(new ProviderCall.BeginPrepareSnapshot(S, copy, volume, context));
    }

    int endPrepare() {
        return call(new ProviderCall.EndPrepareSnapshots(S));
    }

    int preCommit() {
        return call(new ProviderCall.PreCommitSnapshots(S));
    }

    int commit() {
        return call(new ProviderCall.CommitSnapshots(S));
    }

    int postCommit() {
        return call(new ProviderCall.PostCommitSnapshots(S, 2, 1));
    }

    int preFinal() {
        return call(new ProviderCall.PreFinalCommitSnapshots(S));
    }

    int postFinal() {
        return call(new ProviderCall.PostFinalCommitSnapshots(S));
    }

    int abort() {
        return call(new ProviderCall.AbortSnapshots(S));
    }

    List<SnapshotProperties> query() {
        return ((ProviderResult.Snapshots) connection
                        .call(9, Contexts.ALL, new ProviderCall.Query(new UUID(0, 0), 1, 3), Long.MAX_VALUE)
                        .result())
                .snapshots();
    }
}
