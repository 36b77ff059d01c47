/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.vss.FaultVolumes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** A channel over TCP in a directory, with a fake provider behind it. */
final class ChannelFixture implements AutoCloseable {
    final FakeProvider provider = new FakeProvider();
    final EventRecorder events = new EventRecorder(Instant::now);
    final FaultTable faults;
    final Trace trace;
    final AtomicInteger deaths = new AtomicInteger();
    final Path state;
    final ChannelFile file;

    ChannelFixture(Path state) throws IOException {
        this(state, new OsClock());
    }

    ChannelFixture(Path state, Clock clock) throws IOException {
        this.state = state;
        this.faults = new FaultTable(clock, FaultVolumes.none());
        this.trace = new Trace(clock);
        this.file = ChannelFile.serve(
                state,
                new OsStorage(),
                new ChannelServer.Parts(provider, clock, events, faults, trace, "0.1.0", deaths::incrementAndGet));
    }

    ShimClient welcome() throws IOException, ChannelException {
        return ShimClient.welcome(state);
    }

    @Override
    public void close() {
        file.close();
    }
}
