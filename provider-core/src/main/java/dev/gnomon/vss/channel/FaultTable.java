/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are in force. Thread-safe. Nothing but a call that names a volume asks disks, so any other may come while writes are held.
 *
 * <p><b>Invariants:</b> at most {@link #MAX_FAULTS} faults; each ends after its count of times or an hour, whichever is first.
 */
public final class FaultTable {
    /** Stands for every call but Probe and Release. */
    public static final String ANY_CALL = "any";

    /** Faults at once. */
    public static final int MAX_FAULTS = 64;

    /** Most times that one fault happens. */
    public static final int MAX_TIMES = 1_000_000;

    /** A fault that somebody forgot must not be there the next day. */
    public static final Duration LIFE = Duration.ofHours(1);

    /** Sets whose volumes are remembered: more than VSS has under way. */
    private static final int MAX_REMEMBERED = 256;

    private static final Set<String> CALLS = Stream.of(ProviderCall.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .collect(Collectors.toUnmodifiableSet());

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final FaultVolumes known;
    private final List<Active> faults = new ArrayList<>();
    private final Map<UUID, Set<String>> volumesOf = new LinkedHashMap<>();
    private long lastNumber;

    /** Creates an empty table. */
    public FaultTable(Clock clock, FaultVolumes known) {
        this.clock = clock;
        this.known = known;
    }

    /**
     * A fault.
     *
     * @param number of it, from 1
     * @param call name of a call, or {@link #ANY_CALL}
     * @param action as a person wrote it
     * @param timesLeft how often it still happens
     * @param volume as {@link FaultVolumes} calls it; empty for every volume
     * @param until when it ends by itself
     */
    public record Fault(long number, String call, String action, int timesLeft, String volume, Instant until) {}

    /** A fault that met its call. */
    record Hit(FaultAction action, String text) {}

    private static final class Active {
        private final Fault fault;
        private final FaultAction action;
        private final long endsNanos;
        private int left;

        Active(Fault fault, FaultAction action, long endsNanos) {
            this.fault = fault;
            this.action = action;
            this.endsNanos = endsNanos;
            this.left = fault.timesLeft();
        }

        Fault now() {
            return new Fault(fault.number(), fault.call(), fault.action(), left, fault.volume(), fault.until());
        }
    }

    /**
     * Adds a fault.
     *
     * @param volume as a person calls it, or empty for every volume
     * @throws IllegalArgumentException if one of the arguments is not legal; the message names it and what is allowed
     * @throws IllegalStateException if there are {@link #MAX_FAULTS} already
     */
    public Fault add(String call, String action, int times, String volume) {
        FaultAction parsed = FaultAction.parse(action);
        if (!call.equals(ANY_CALL) && !CALLS.contains(call)) {
            throw new IllegalArgumentException("call '" + Texts.oneLine(call, 60) + "'; allowed are " + ANY_CALL + ", "
                    + String.join(", ", CALLS.stream().sorted().toList()));
        }
        if (times < 1 || times > MAX_TIMES) {
            throw new IllegalArgumentException("times " + times + "; allowed are 1 to " + MAX_TIMES);
        }
        String chosen = volume.isEmpty() ? "" : known.chosen(volume);
        lock.lock();
        try {
            long now = expire();
            if (faults.size() == MAX_FAULTS) {
                throw new IllegalStateException("there are " + MAX_FAULTS + " faults, as many as there may be");
            }
            Fault fault = new Fault(
                    ++lastNumber, call, action, times, chosen, clock.now().plus(LIFE));
            faults.add(new Active(fault, parsed, now + LIFE.toNanos()));
            return fault;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the faults in force, oldest first. */
    public List<Fault> list() {
        lock.lock();
        try {
            expire();
            return faults.stream().map(Active::now).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all faults; returns how many there were. */
    public int clear() {
        lock.lock();
        try {
            expire();
            int count = faults.size();
            faults.clear();
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Returns what is to go wrong with a call, and counts it: the oldest fault that fits. */
    Optional<Hit> take(ProviderCall call) {
        Set<String> found = look(call);
        lock.lock();
        try {
            Set<String> volumes = with(call, found);
            if (faults.isEmpty()) {
                return Optional.empty();
            }
            expire();
            Optional<Active> first = faults.stream()
                    .filter(each -> fitsCall(each.fault.call(), call) && fitsVolume(each.fault.volume(), volumes))
                    .findFirst();
            first.ifPresent(this::count);
            return first.map(each -> new Hit(each.action, each.fault.action()));
        } finally {
            lock.unlock();
        }
    }

    private void count(Active hit) {
        hit.left--;
        if (hit.left == 0) {
            faults.remove(hit);
        }
    }

    private long expire() {
        long now = clock.nanoTime();
        faults.removeIf(each -> each.endsNanos - now <= 0);
        return now;
    }

    private static boolean fitsCall(String wanted, ProviderCall call) {
        return wanted.equals(ANY_CALL)
                ? !(call instanceof ProviderCall.Probe || call instanceof ProviderCall.Release)
                : wanted.equals(CallCodec.name(call));
    }

    private static boolean fitsVolume(String wanted, Set<String> volumes) {
        return wanted.isEmpty() || volumes.contains(wanted);
    }

    // ---- which volumes a call is about

    /** Looks up what a call names. Not under the lock, for disks may be asked. */
    private Set<String> look(ProviderCall call) {
        return switch (call) {
            // Even if there is no fault yet: one may come before the set is committed, and then nothing may be asked.
            case ProviderCall.BeginPrepareSnapshot c -> named(c.volumeName());
            case ProviderCall.IsVolumeSupported c -> isLimited() ? named(c.volumeName()) : Set.of();
            case ProviderCall.IsVolumeSnapshotted c -> isLimited() ? named(c.volumeName()) : Set.of();
            case ProviderCall.QueryRevertStatus c -> isLimited() ? named(c.volumeName()) : Set.of();
            case ProviderCall.GetSnapshotProperties c -> existing(c.snapshotId());
            case ProviderCall.SetSnapshotProperty c -> existing(c.snapshotId());
            case ProviderCall.RevertToSnapshot c -> existing(c.snapshotId());
            case ProviderCall.DeleteSnapshots c -> existing(c.sourceId());
            default -> Set.of();
        };
    }

    private Set<String> named(@Nullable String volume) {
        return volume == null ? Set.of() : Set.of(known.named(volume));
    }

    private Set<String> existing(UUID copyOrSet) {
        return isLimited() ? known.ofCopies(copyOrSet) : Set.of();
    }

    /** Returns whether some fault is for one volume only. */
    private boolean isLimited() {
        lock.lock();
        try {
            return faults.stream().anyMatch(each -> !each.fault.volume().isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** Returns all volumes of a call: those found, and those of the set that it is about, which are remembered here. */
    private Set<String> with(ProviderCall call, Set<String> found) {
        return switch (call) {
            case ProviderCall.BeginPrepareSnapshot c -> {
                remember(c.setId(), found);
                yield found;
            }
            case ProviderCall.EndPrepareSnapshots c -> remembered(c.setId());
            case ProviderCall.PreCommitSnapshots c -> remembered(c.setId());
            case ProviderCall.CommitSnapshots c -> remembered(c.setId());
            case ProviderCall.PostCommitSnapshots c -> remembered(c.setId());
            case ProviderCall.PreFinalCommitSnapshots c -> remembered(c.setId());
            case ProviderCall.PostFinalCommitSnapshots c -> remembered(c.setId());
            case ProviderCall.AbortSnapshots c -> remembered(c.setId());
            default -> found;
        };
    }

    private Set<String> remembered(UUID setId) {
        return volumesOf.getOrDefault(setId, Set.of());
    }

    private void remember(UUID setId, Set<String> volumes) {
        if (!volumesOf.containsKey(setId) && volumesOf.size() == MAX_REMEMBERED) {
            volumesOf.remove(volumesOf.keySet().iterator().next());
        }
        volumesOf.computeIfAbsent(setId, _ -> new HashSet<>()).addAll(volumes);
    }
}
