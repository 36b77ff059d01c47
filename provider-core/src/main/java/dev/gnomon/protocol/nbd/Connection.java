/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, from its first byte to the last completion of its requests. {@link #run} is the reader's thread.
 *
 * <p><b>Invariants:</b> nothing that happens here leaves {@link #run}, whatever is thrown; when it returns, the engine
 * and the sender hold nothing of this connection, so that its buffers and its slot can be given to the next one. A
 * client that leaves with requests at a stalled engine keeps its slot until they end: that bounds what can pile up.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Starts the sender's thread. */
    @FunctionalInterface
    interface SenderStarter {
        Thread start(Runnable sender);
    }

    /** What the pieces of a connection share. */
    record Parts(
            NbdLimits limits,
            ByteLink link,
            Inlet inlet,
            Replies replies,
            Outlet outlet,
            InFlight inFlight,
            BufferPool pool,
            BufferPool.Account account,
            ByteBuffer senderBuffer,
            NbdStats stats) {}

    private final ByteLink link;
    private final Progress progress;
    private final Exports exports;
    private final NbdLimits limits;
    private final BufferPool pool;
    private final NbdStats stats;
    private final Events events;

    Connection(
            ByteLink link,
            Progress progress,
            Exports exports,
            NbdLimits limits,
            BufferPool pool,
            NbdStats stats,
            Events events) {
        this.events = events;
        this.link = link;
        this.progress = progress;
        this.exports = exports;
        this.limits = limits;
        this.pool = pool;
        this.stats = stats;
    }

    /** Serves the client; returns when nothing of it is left. The caller gives back the buffers and the slot. */
    void run(FixedBuffers buffers, Admission.Slot slot, SenderStarter starter) {
        Parts parts = parts(buffers);
        try {
            Session session = new Handshake(exports, slot, parts).run();
            slot.handshakeDone();
            progress.handshakeDone();
            if (session != null) {
                stats.negotiated.increment();
                transmit(session, parts, starter);
            } else {
                parts.outlet().finish();
            }
        } catch (IOException e) {
            LOG.debug("client={} left: {}", link.peer(), e.getMessage());
        } catch (ProtocolViolation e) {
            stats.violations.increment();
            LOG.debug("client={} cut: {}", link.peer(), e.getMessage());
            sendLast(parts.replies());
        } catch (Throwable e) {
            // Also an OutOfMemoryError: the bounds make it this connection's, and ending it gives the memory back.
            stats.faults.increment();
            events.tell(Event.of(EventId.NBD_DEFECT, "client " + link.peer() + " cut by a fault of the server: " + e));
            LOG.debug(EventId.NBD_DEFECT.id(), e);
        } finally {
            link.close();
        }
    }

    private Parts parts(FixedBuffers buffers) {
        Outlet outlet = new Outlet(link, progress);
        return new Parts(
                limits,
                link,
                new Inlet(link, buffers.receive(), progress),
                new Replies(buffers.reply(), outlet),
                outlet,
                new InFlight(limits.inFlightOperations()),
                pool,
                new BufferPool.Account(),
                buffers.sender(),
                stats);
    }

    /** What came before the violation was in order, so its answers go out. */
    private void sendLast(Replies replies) {
        try {
            replies.flush();
        } catch (IOException e) {
            LOG.debug("client={} left before its last replies: {}", link.peer(), e.getMessage());
        }
    }

    private void transmit(Session session, Parts parts, SenderStarter starter) throws IOException, ProtocolViolation {
        InFlight inFlight = parts.inFlight();
        Sender sender = new Sender(parts);
        try (Export export = session.export()) {
            LOG.debug("client={} export={} opened", link.peer(), export.name());
            progress.serving(export.name());
            inFlight.startSender(sender, starter);
            new Transmission(session, parts).run();
            parts.outlet().finish();
        } catch (ProtocolViolation e) {
            sendLast(parts.replies());
            throw e;
        } finally {
            link.close();
            inFlight.end();
            inFlight.awaitIdle();
            inFlight.awaitSender();
            progress.serving("");
        }
    }
}
