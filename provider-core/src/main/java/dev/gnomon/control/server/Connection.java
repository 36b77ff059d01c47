/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.Json;
import dev.gnomon.control.Reply;
import dev.gnomon.control.RequestCodec;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One client: reads a request, has it carried out, answers, and so on until the client goes, misbehaves or is silent
 * for too long. Runs on a thread of its own.
 *
 * <p>States: {@code IDLE → BUSY → IDLE} for each request, {@code IDLE → CLOSED} when the server closes. A busy
 * connection is left to send its answer.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final FrameChannel frames;
    private final RequestHandler handler;
    private final ControlLimits limits;
    private final Events events;
    private final Consumer<Connection> ended;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile boolean closing;
    private volatile Thread thread = Thread.currentThread();

    private enum State {
        IDLE,
        BUSY,
        CLOSED
    }

    Connection(
            FrameChannel frames,
            RequestHandler handler,
            ControlLimits limits,
            Events events,
            Consumer<Connection> ended) {
        this.frames = frames;
        this.handler = handler;
        this.limits = limits;
        this.events = events;
        this.ended = ended;
    }

    void start(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    /** Ends a connection that waits for a request now, and a busy one after its answer. */
    void closeIfIdle() {
        closing = true;
        if (state.compareAndSet(State.IDLE, State.CLOSED)) {
            closeNow();
        }
    }

    void closeNow() {
        try {
            frames.close();
        } catch (IOException e) {
            LOG.debug("Closing a control connection failed", e);
        }
    }

    private void run() {
        try {
            boolean goesOn = true;
            while (goesOn && !closing) {
                goesOn = answerNext();
            }
        } catch (IOException e) {
            LOG.debug("A control client is gone", e);
        } catch (RuntimeException | Error e) {
            tellDefect("a control connection failed: " + e, e);
        } finally {
            closeNow();
            ended.accept(this);
        }
    }

    /** Returns whether the connection goes on. */
    private boolean answerNext() throws IOException {
        long id = 0;
        boolean goesOn;
        try {
            byte @Nullable [] frame = frames.read(limits.idleMs(), limits.frameMs());
            if (frame == null || !state.compareAndSet(State.IDLE, State.BUSY)) {
                return false;
            }
            ObjectNode message = Json.parseObject(frame);
            id = RequestCodec.idOf(message);
            RequestCodec.Numbered request = RequestCodec.decode(message);
            long requestId = request.id();
            handler.handle(request.request()).parts((result, more) -> send(new Reply.Result(requestId, result, more)));
            goesOn = true;
        } catch (ControlException e) {
            goesOn = refuse(new Reply.Failure(id, e.kind(), messageOf(e)));
        } catch (RuntimeException e) {
            tellDefect("a control request failed: " + e, e);
            goesOn = refuse(new Reply.Failure(
                    id,
                    ErrorKind.FAILED,
                    "internal error in the service, logged as " + EventId.CONTROL_DEFECT.id() + ": " + e));
        }
        return goesOn && state.compareAndSet(State.BUSY, State.IDLE);
    }

    /** Answers with an error; after one in the protocol itself nothing that follows can be trusted. */
    private boolean refuse(Reply.Failure failure) throws IOException {
        try {
            send(failure);
        } catch (ControlException e) {
            throw new IOException("An error does not fit a frame", e);
        }
        return failure.kind() != ErrorKind.PROTOCOL;
    }

    private void tellDefect(String message, Throwable thrown) {
        events.tell(Event.of(EventId.CONTROL_DEFECT, message));
        LOG.debug(EventId.CONTROL_DEFECT.id(), thrown);
    }

    private void send(Reply reply) throws IOException, ControlException {
        frames.write(Json.toBytes(reply.toJson()), limits.frameMs());
    }

    private static String messageOf(ControlException e) {
        String message = e.getMessage();
        return message == null ? e.kind().name() : message;
    }
}
