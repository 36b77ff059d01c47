/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Flush;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Write;
import dev.gnomon.simulation.Overlays.Life;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client that writes to the overlays of copies, and makes, seals and drops them. */
final class OverlayClient {
    private final Session session;
    private final History history;
    private final Xoshiro256 random;

    OverlayClient(Session session, Xoshiro256 random) {
        this.session = session;
        this.history = session.history();
        this.random = random;
    }

    /** Does something with the overlay of a copy that is there. */
    void step(Cut cut, int first, int end) {
        Member member = cut.members.get(random.nextInt(cut.members.size()));
        Life life = history.overlays.newest(member, Long.MAX_VALUE);
        if (life == null || life.dropped != History.NEVER) {
            create(cut, member);
        } else if (life.isOpen()) {
            use(life, first, end);
        } else if (life.isSealed() && !life.busy) {
            if (random.percent(70)) {
                readSealed(life);
            } else {
                drop(life);
            }
        }
    }

    private void use(Life life, int first, int end) {
        int dice = random.nextInt(100);
        if (dice < 60) {
            write(life, first, end, false, dice < 12);
        } else if (dice < 70) {
            write(life, first, end, true, random.percent(20));
        } else if (dice < 80) {
            flush(life);
        } else if (dice < 92) {
            read(life, first, end);
        } else if (!life.busy && dice < 97) {
            seal(life);
        } else if (!life.busy) {
            drop(life);
        }
    }

    private void create(Cut cut, Member member) {
        for (int at = 0; at < Ground.SECTORS; at = Ground.end(at)) {
            if (session.readCopy(cut, member, at, Ground.end(at)) != IoStatus.OK) {
                return; // deleted meanwhile
            }
        }
        Life other = history.overlays.newest(member, Long.MAX_VALUE);
        if (other != null && other.dropped == History.NEVER) {
            return; // another client was quicker
        }
        Life life = history.overlays.add(new Life(cut, member, history.next()));
        change(life, () -> {
            session.engine().createOverlay(Overlays.name(cut, member));
            life.acked = history.next();
        });
    }

    private void seal(Life life) {
        Flush all = Overlays.sealing(history, life);
        change(life, () -> {
            session.engine().sealOverlay(Overlays.name(life.cut, life.member));
            all.acked = history.next();
            life.sealed = all.acked;
        });
    }

    private void drop(Life life) {
        life.dropping = history.next();
        change(life, () -> {
            session.engine().dropOverlay(Overlays.name(life.cut, life.member));
            life.dropped = history.next();
        });
    }

    /** A change that takes a while, during which no other client tries one. */
    private interface Change {
        void make() throws EngineException;
    }

    private void change(Life life, Change change) {
        life.busy = true;
        try {
            change.make();
            life.busy = false;
        } catch (EngineException e) {
            session.refused("changing the overlay " + life.content.name, e); // and it stays busy
        }
    }

    private void write(Life life, int first, int end, boolean zeros, boolean forced) {
        Overlay overlay = open(life);
        if (overlay == null) {
            return;
        }
        Write write = history.issue(life.content, first, end, zeros, forced);
        long offset = Ground.offset(first);
        int length = (end - first) * Ground.SECTOR_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int sector = first; sector < end && !zeros; sector++) {
            Stamps.put(bytes, life.content.number, Ground.lba(sector), write.value);
        }
        bytes.flip();
        IoStatus status = session.outcome(() -> write.acked = history.next(), done -> {
            if (zeros) {
                overlay.writeZeros(offset, length, random.percent(30), forced, done);
            } else {
                overlay.write(offset, bytes, forced, done);
            }
        });
        tolerated("write", life, status);
    }

    private void flush(Life life) {
        Overlay overlay = open(life);
        if (overlay != null) {
            Flush flush = history.flush(life.content);
            tolerated("flush", life, session.outcome(() -> flush.acked = history.next(), overlay::flush));
        }
    }

    private void read(Life life, int first, int end) {
        long[] values = new long[Ground.SECTORS];
        long begun = history.next();
        Overlay overlay = open(life);
        if (overlay != null) {
            IoStatus status = Observed.read(overlay::read, life.content.number, first, end, values);
            tolerated("read", life, status);
            require(life, values, first, end, status, begun);
        }
    }

    private void readSealed(Life life) {
        long[] values = new long[Ground.SECTORS];
        CopyReader reader = null;
        try {
            reader = session.engine()
                    .copyReader(session.engine()
                            .copy(Overlays.name(life.cut, life.member))
                            .id());
        } catch (EngineException e) {
            // It is deleted.
        }
        long begun = life.sealing;
        boolean stayed = life.isSealed();
        IoStatus status = reader == null
                ? IoStatus.GONE
                : Observed.read(reader::read, life.content.number, 0, Ground.end(0), values);
        if (stayed && life.isSealed()) {
            tolerated("read of what is sealed", life, status);
            require(life, values, 0, Ground.end(0), status, begun);
        }
    }

    private void require(Life life, long[] values, int first, int end, IoStatus status, long begun) {
        for (int sector = first; sector < end && status == IoStatus.OK; sector++) {
            if (!Oracle.isAllowed(life.content, sector, values[sector], begun, false, history.now())) {
                throw new Violation("I8: sector " + Ground.lba(sector) + " of " + life.content.name + " reads "
                        + Stamps.name(values[sector]) + " while the service runs");
            }
        }
    }

    private @Nullable Overlay open(Life life) {
        try {
            return session.engine()
                    .overlay(session.engine()
                            .copy(Overlays.name(life.cut, life.member))
                            .id());
        } catch (EngineException e) {
            return null;
        }
    }

    /** An overlay that is being sealed or dropped, or whose copy is, may refuse. */
    private void tolerated(String what, Life life, IoStatus status) {
        boolean ending = life.sealing != History.NEVER
                || life.dropping != History.NEVER
                || life.member.deletion != History.NEVER;
        if (!ending || (status != IoStatus.GONE && status != IoStatus.READ_ONLY)) {
            session.tolerated(what + " of an overlay", status);
        }
    }
}
