/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.ProviderResult;
import dev.gnomon.vss.Texts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Keeps the newest calls in memory, and never anywhere else: while VSS holds writes nothing may be written. Thread-safe.
 *
 * <p><b>Invariants:</b> at most {@link #CAPACITY} calls are held, each of a few KiB at most.
 */
public final class Trace {
    /** Newest calls that are kept: some hundred sets. */
    public static final int CAPACITY = 4_096;

    /** Sets that are frozen at once; of more, the oldest is forgotten. VSS has one. */
    private static final int MAX_FROZEN = 256;

    /** Of a longer text the beginning is kept. */
    private static final int MAX_TEXT_UNITS = 300;

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final NavigableMap<Long, Call> calls = new TreeMap<>();
    private final Map<UUID, Frozen> frozen = new LinkedHashMap<>();
    private long lastSequence;

    /** Creates an empty one. */
    public Trace(Clock clock) {
        this.clock = clock;
    }

    /** Where VSS is, as far as the calls tell. */
    public enum Phase {
        /** Writers may write. */
        THAWED,
        /** PreCommitSnapshots of a set was called: writers wait. */
        FROZEN,
        /** CommitSnapshots of a set was called and not yet answered: all writes to the volumes of the set wait, those of Windows too. */
        HELD
    }

    /**
     * A call that was answered, or never will be.
     *
     * @param sequence rises from call to call, in the order of the answers
     * @param peer the host process
     * @param object number of the provider object in it
     * @param arguments as docs/vss-protocol.md has them, long texts cut
     * @param hresult as text; what the service answered, whatever a fault made of it
     * @param result as docs/vss-protocol.md has it; of Query the count alone
     * @param reason empty unless it failed
     * @param phase when the call came
     * @param fault the fault that it met, or empty
     */
    public record Call(
            long sequence,
            Instant began,
            long durationNanos,
            String peer,
            long object,
            String call,
            ObjectNode arguments,
            String hresult,
            ObjectNode result,
            String reason,
            Phase phase,
            String fault) {}

    /** A call that came. */
    record Begun(String peer, long object, ProviderCall call, Instant at, long atNanos, Phase phase) {}

    private record Frozen(String peer, Phase phase) {}

    Begun begin(String peer, long object, ProviderCall call) {
        Instant at = clock.now();
        long atNanos = clock.nanoTime();
        lock.lock();
        try {
            switch (call) {
                case ProviderCall.PreCommitSnapshots c -> freeze(c.setId(), new Frozen(peer, Phase.FROZEN));
                case ProviderCall.CommitSnapshots c -> freeze(c.setId(), new Frozen(peer, Phase.HELD));
                default -> {}
            }
            return new Begun(peer, object, call, at, atNanos, phase());
        } finally {
            lock.unlock();
        }
    }

    private void freeze(UUID setId, Frozen how) {
        if (!frozen.containsKey(setId) && frozen.size() == MAX_FROZEN) {
            frozen.remove(frozen.keySet().iterator().next());
        }
        frozen.put(setId, how);
    }

    /**
     * A call whose answer is about to be sent.
     *
     * @param sequence of it
     */
    record Answered(Begun begun, long sequence, long durationNanos) {}

    /** Takes note that a call is answered: called before the answer is sent, so that what follows it finds the phase that it left. */
    Answered answered(Begun begun) {
        long nanos = clock.nanoTime() - begun.atNanos();
        lock.lock();
        try {
            switch (begun.call()) {
                case ProviderCall.CommitSnapshots c ->
                    frozen.computeIfPresent(c.setId(), (_, was) -> new Frozen(was.peer(), Phase.FROZEN));
                case ProviderCall.PostCommitSnapshots c -> frozen.remove(c.setId());
                case ProviderCall.AbortSnapshots c -> frozen.remove(c.setId());
                default -> {}
            }
            return new Answered(begun, ++lastSequence, nanos);
        } finally {
            lock.unlock();
        }
    }

    /** Records a call. That of CommitSnapshots is recorded after its answer was sent: VSS would wait for it. */
    void record(Answered answered, ProviderAnswer answer, String fault) {
        Begun begun = answered.begun();
        ObjectNode arguments = shortened(CallCodec.arguments(begun.call()));
        ObjectNode result = answer.result() instanceof ProviderResult.Snapshots many
                ? ChannelJson.object().put("count", many.snapshots().size())
                : shortened(ResultCodec.encode(answer.result()));
        lock.lock();
        try {
            calls.put(
                    answered.sequence(),
                    new Call(
                            answered.sequence(),
                            begun.at(),
                            answered.durationNanos(),
                            begun.peer(),
                            begun.object(),
                            CallCodec.name(begun.call()),
                            arguments,
                            Hresult.text(answer.hresult()),
                            result,
                            Texts.oneLine(answer.reason(), MAX_TEXT_UNITS),
                            begun.phase(),
                            fault));
            if (calls.size() > CAPACITY) {
                calls.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The host process is gone, and its sets with it. */
    void forget(String peer) {
        lock.lock();
        try {
            frozen.values().removeIf(each -> each.peer().equals(peer));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the calls that are kept, in the order of their answers, with a sequence above one. */
    public List<Call> list(long afterSequence) {
        lock.lock();
        try {
            return List.copyOf(calls.tailMap(afterSequence, false).values());
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all calls. */
    public void clear() {
        lock.lock();
        try {
            calls.clear();
        } finally {
            lock.unlock();
        }
    }

    private Phase phase() {
        Phase phase = Phase.THAWED;
        for (Frozen each : frozen.values()) {
            if (each.phase().compareTo(phase) > 0) {
                phase = each.phase();
            }
        }
        return phase;
    }

    private static ObjectNode shortened(ObjectNode node) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (field.getValue() instanceof ObjectNode inner) {
                shortened(inner);
            } else {
                cut(field.getValue()).ifPresent(field::setValue);
            }
        }
        return node;
    }

    private static Optional<JsonNode> cut(@Nullable JsonNode value) {
        return value != null && value.isString() && value.stringValue().length() > MAX_TEXT_UNITS
                ? Optional.of(StringNode.valueOf(Texts.oneLine(value.stringValue(), MAX_TEXT_UNITS) + "..."))
                : Optional.empty();
    }
}
