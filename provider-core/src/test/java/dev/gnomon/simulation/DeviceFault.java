/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import java.nio.file.Path;

/** What a device does wrong at one of its calls, or from that call on. */
enum DeviceFault {
    /** One read fails. */
    READ_ERROR("EIO on a read"),
    /** One write fails, and nothing of it arrives. */
    WRITE_ERROR("EIO on a write"),
    /** One call fails that neither reads, writes nor forces: names, sizes, locks, cache. */
    OTHER_ERROR("EIO on another call"),
    /** One write stops half-way, and from then on there is no space. */
    SHORT_WRITE("short write, then ENOSPC"),
    /** There is no space from one call on, for as long as the workload runs. */
    FULL("ENOSPC that stays"),
    /** There is no space for a few calls. */
    FULL_FOR_A_WHILE("ENOSPC that clears"),
    /** One force fails; the cache goes on showing what is lost. */
    FORCE_SHOWN("failed force, new content shown"),
    /** One force fails; the old content comes back. */
    FORCE_BACK("failed force, old content back"),
    /** One force fails and says OK; the next one of the file tells. */
    FORCE_LATE("failed force, told one later"),
    /** One call takes up to a minute. */
    STALL("stall"),
    /** One force does nothing and says OK (level 5). */
    LIE("one lying force"),
    /** Every force from one on does nothing and says OK (level 5). */
    LIES("lying forces from one on"),
    /** One read returns a flipped bit (level 6). */
    FLIPPED_READ("bit flipped by a read"),
    /** One write puts a flipped bit on the device (level 6). */
    FLIPPED_WRITE("bit flipped by a write"),
    /** One write arrives elsewhere in the file (level 6). */
    MISDIRECTED("misdirected write"),
    /** One write never arrives (level 6). */
    LOST_WRITE("lost write"),
    /** One read returns what was there before the latest writes (level 6). */
    STALE_READ("stale read"),
    /** A bit flips at rest, when the workload is over (level 6). */
    ROT("bit flipped at rest");

    private static final long SECOND = 1_000_000_000L;
    private static final long PIECE_BYTES = 4096;

    final String title;

    DeviceFault(String title) {
        this.title = title;
    }

    /** Whose files are hit. */
    enum Target {
        STORE,
        ORIGINS;

        boolean has(Path path) {
            return path.startsWith(this == STORE ? Session.STORE : Session.ORIGINS);
        }
    }

    /** Returns whether this can hit an I/O of a target. */
    boolean fits(IoEvent event, Target target) {
        return target.has(event.path())
                && switch (this) {
                    case READ_ERROR, FLIPPED_READ, STALE_READ -> isRead(event.kind());
                    case WRITE_ERROR, SHORT_WRITE, FLIPPED_WRITE, MISDIRECTED, LOST_WRITE ->
                        event.kind() == IoKind.WRITE && event.lengthBytes() > 0;
                    case OTHER_ERROR ->
                        !isRead(event.kind()) && event.kind() != IoKind.WRITE && event.kind() != IoKind.FORCE;
                    case FULL, FULL_FOR_A_WHILE -> needsSpace(event.kind(), target);
                    case FORCE_SHOWN, FORCE_BACK, FORCE_LATE -> event.kind() == IoKind.FORCE;
                    case LIE, LIES -> event.kind() == IoKind.FORCE || event.kind() == IoKind.SYNC_DIRECTORY;
                    case STALL -> true;
                    case ROT -> false;
                };
    }

    private static boolean isRead(IoKind kind) {
        return kind == IoKind.READ || kind == IoKind.READ_AROUND;
    }

    /** A store overwrites what it has reserved; an origin, which is sparse, needs space for any write. */
    private static boolean needsSpace(IoKind kind, Target target) {
        return kind == IoKind.CREATE
                || kind == IoKind.ALLOCATE
                || kind == IoKind.SET_SIZE
                || (target == Target.ORIGINS && kind == IoKind.WRITE);
    }

    /** Returns for how many calls in a row it happens. */
    long times(long dice) {
        return switch (this) {
            case FULL, LIES -> Long.MAX_VALUE;
            case FULL_FOR_A_WHILE -> 1 + Math.floorMod(dice, 5);
            default -> 1;
        };
    }

    /** Returns what happens to a call. */
    Fault at(IoEvent event, long dice) {
        return switch (this) {
            case READ_ERROR, WRITE_ERROR, OTHER_ERROR -> new Fault.IoError();
            case SHORT_WRITE -> new Fault.ShortWrite(Math.floorMod(dice, sectors(event)), true);
            case FULL, FULL_FOR_A_WHILE -> new Fault.NoSpace();
            case FORCE_SHOWN -> new Fault.ForceFails(Fault.Pages.SHOWN_NEW, keptPercent(dice));
            case FORCE_BACK -> new Fault.ForceFails(Fault.Pages.OLD_BACK, keptPercent(dice));
            case FORCE_LATE -> new Fault.ForceFails(Fault.Pages.REPORTED_LATE, keptPercent(dice));
            case STALL -> new Fault.Stall((1 + Math.floorMod(dice, 60)) * SECOND);
            case LIE, LIES -> new Fault.LyingForce();
            case FLIPPED_READ, FLIPPED_WRITE, ROT ->
                new Fault.FlipBit(Math.floorMod(dice, Math.max(1, event.lengthBytes() * Byte.SIZE)));
            case MISDIRECTED -> new Fault.Misdirect((1 + Math.floorMod(dice, 3)) * PIECE_BYTES);
            case LOST_WRITE -> new Fault.LoseWrite();
            case STALE_READ -> new Fault.StaleRead();
        };
    }

    private static int keptPercent(long dice) {
        return new int[] {0, 50, 90}[(int) Math.floorMod(dice, 3L)];
    }

    private static int sectors(IoEvent event) {
        return (int) Math.max(1, event.lengthBytes() / Ground.SECTOR_BYTES);
    }

    /** Returns whether it is a failed force. */
    boolean failsForce() {
        return this == FORCE_SHOWN || this == FORCE_BACK || this == FORCE_LATE;
    }

    /** Returns whether a force says OK and what it should have made durable is not. */
    boolean lies() {
        return this == FORCE_LATE || this == LIE || this == LIES;
    }

    /** Returns whether bytes are other than they were written, and no call fails. */
    boolean rots() {
        return switch (this) {
            case FLIPPED_READ, FLIPPED_WRITE, MISDIRECTED, LOST_WRITE, STALE_READ, ROT -> true;
            default -> false;
        };
    }

    /**
     * Returns what the engine owes once it has happened, and before the power is cut as well.
     *
     * @param killed whether the process was killed, or is still the same
     * @param quiet whether the log was idle, or closed, after the last batch, so that each has its claim
     */
    Promise promise(Target target, boolean killed, boolean quiet) {
        boolean store = target == Target.STORE;
        Promise promise = killed ? Promise.KILL : Promise.POWER_CUT;
        if (failsForce()) {
            // What was acknowledged and not flushed is in the origin or in the staging chain, and may go with either.
            promise = promise.withForgetting().withTold();
        }
        if (!store && lies()) {
            promise = promise.withTold(); // even a name may be lost
        }
        if (store && failsForce() && killed) {
            promise = promise.withUnreadable();
        }
        if (this == OTHER_ERROR || (store && (this == WRITE_ERROR || this == SHORT_WRITE || failsForce()))) {
            promise = promise.withTold();
        }
        if (store && (rots() || lies())) {
            promise = promise.withTold().withDamage();
        }
        boolean undetectable = lies() ? !killed || (this == FORCE_LATE && !quiet) : rots() && !quiet;
        return store && undetectable ? promise.withGaps() : promise;
    }

    /** Returns whether it may have damaged the piece at an offset: any after a lie, else those of the I/O. */
    boolean mayDamage(IoEvent hit, long dice, long offsetBytes) {
        if (!rots() && !lies()) {
            return false;
        }
        long piece = offsetBytes / PIECE_BYTES;
        long first = hit.offsetBytes() / PIECE_BYTES;
        long last = (hit.offsetBytes() + Math.max(1, hit.lengthBytes()) - 1) / PIECE_BYTES;
        long away = this == MISDIRECTED ? 1 + Math.floorMod(dice, 3) : 0;
        return lies() || (piece >= first && piece <= last) || (piece >= first + away && piece <= last + away);
    }
}
