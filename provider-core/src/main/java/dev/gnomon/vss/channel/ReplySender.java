/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderResult;
import dev.gnomon.vss.SnapshotProperties;
import dev.gnomon.vss.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/** Sends the replies of a connection, one after the other, each whole. Thread-safe; the lock is held across one send. */
final class ReplySender {
    private static final byte[] NO_FAULT = new byte[0];
    private static final byte[] GARBAGE = "this is not a reply".getBytes(StandardCharsets.US_ASCII);

    private final FrameLink frames;
    private final ReentrantLock turn = new ReentrantLock();
    private final PlainReply plain = new PlainReply();

    ReplySender(FrameLink frames) {
        this.frames = frames;
    }

    /**
     * Sends the reply to a request, in parts if it is long.
     *
     * @param fault what the shim must do; an empty object for nothing
     */
    void send(long id, ProviderAnswer answer, ObjectNode fault) throws IOException {
        switch (answer.result()) {
            case ProviderResult.None _ ->
                sendPlain(id, answer, fault.isEmpty() ? NO_FAULT : ChannelJson.toBytes(fault));
            case ProviderResult.Snapshots many -> sendParts(id, answer, many.snapshots(), fault);
            default -> sendBytes(ChannelJson.toBytes(reply(id, answer, ResultCodec.encode(answer.result()), fault)));
        }
    }

    /** Sends a frame that is no reply, for tests of shims. */
    void sendGarbage() throws IOException {
        sendBytes(GARBAGE);
    }

    private void sendPlain(long id, ProviderAnswer answer, byte[] fault) throws IOException {
        turn.lock();
        try {
            frames.write(plain.encode(id, answer.hresult(), answer.reason(), fault));
        } finally {
            turn.unlock();
        }
    }

    private void sendBytes(byte[] body) throws IOException {
        turn.lock();
        try {
            frames.write(body);
        } finally {
            turn.unlock();
        }
    }

    private void sendParts(long id, ProviderAnswer answer, List<SnapshotProperties> snapshots, ObjectNode fault)
            throws IOException {
        List<ObjectNode> part = new ArrayList<>();
        long bytes = 0;
        for (SnapshotProperties each : snapshots) {
            ObjectNode snapshot = ResultCodec.snapshot(each);
            long size = ChannelJson.toBytes(snapshot).length;
            if (bytes + size > ChannelProtocol.PART_BYTES && !part.isEmpty()) {
                ObjectNode reply = reply(id, answer, ResultCodec.snapshots(part), ChannelJson.object());
                sendBytes(ChannelJson.toBytes(reply.put("more", true)));
                part.clear();
                bytes = 0;
            }
            part.add(snapshot);
            bytes += size;
        }
        sendBytes(ChannelJson.toBytes(reply(id, answer, ResultCodec.snapshots(part), fault)));
    }

    private static ObjectNode reply(long id, ProviderAnswer answer, ObjectNode result, ObjectNode fault) {
        ObjectNode reply =
                ChannelJson.object().put("type", "reply").put("id", id).put("hresult", Hresult.text(answer.hresult()));
        reply.set("result", result);
        if (answer.hresult() < 0 && !answer.reason().isEmpty()) {
            reply.put("reason", Texts.oneLine(answer.reason(), PlainReply.MAX_REASON_UNITS));
        }
        if (!fault.isEmpty()) {
            reply.set("fault", fault);
        }
        return reply;
    }
}
