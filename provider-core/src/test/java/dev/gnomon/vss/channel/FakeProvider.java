/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Provider;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Answers as a test says, and remembers what it was asked. Thread-safe. */
final class FakeProvider implements Provider {
    final List<String> peers = new CopyOnWriteArrayList<>();
    final List<ProviderCall> calls = new CopyOnWriteArrayList<>();
    final List<Long> withinNanos = new CopyOnWriteArrayList<>();
    final CountDownLatch oneClosed = new CountDownLatch(1);
    volatile Function<ProviderCall, ProviderAnswer> answers = call -> ProviderAnswer.ok();

    @Override
    public Connection connect(String peer) {
        peers.add(peer);
        return new Connection() {
            @Override
            public ProviderAnswer call(long object, int context, ProviderCall call, long deadlineNanos) {
                withinNanos.add(deadlineNanos - System.nanoTime());
                calls.add(call);
                return answers.apply(call);
            }

            @Override
            public void close() {
                oneClosed.countDown();
            }
        };
    }
}
