/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The engine by its control channel. Thread-safe: every call connects anew. */
final class ControlEngine implements Engine {
    /** A healthy engine answers in milliseconds; the client itself would wait for minutes. */
    private static final long PATIENCE_S = 20;

    private final LocalCommands local;
    private final Path state;

    ControlEngine(LocalCommands local, Path state) {
        this.local = local;
        this.state = state;
    }

    @Override
    public Optional<List<Volume>> volumes() throws SetupException {
        FutureTask<Optional<List<Volume>>> question = new FutureTask<>(this::ask);
        Thread.ofPlatform().daemon().name("engine-question").start(question);
        try {
            return question.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new SetupException("the engine took the connection, but gives no answer", "gnomon doctor", e);
        } catch (ExecutionException e) {
            throw new SetupException(String.valueOf(e.getCause()), "", e);
        } catch (InterruptedException e) {
            throw SetupException.failed("the engine", e);
        }
    }

    private Optional<List<Volume>> ask() throws ControlException {
        try (ControlClient client = local.connect(state)) {
            List<ClientView> clients = client.clients();
            return Optional.of(
                    client.volumes().stream().map(each -> volume(each, clients)).toList());
        } catch (ControlException e) {
            if (e.kind() == ErrorKind.UNREACHABLE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Those count that a stop of the service would hurt on this machine. */
    private static Volume volume(VolumeView view, List<ClientView> clients) {
        long using = clients.stream()
                .filter(each -> each.inUseHere() && isOf(each.export(), view.name()))
                .count();
        return new Volume(view.name(), Math.toIntExact(using), view.unsettledBytes());
    }

    private static boolean isOf(String export, String volume) {
        return export.equals(volume) || export.startsWith(volume + "@");
    }
}
