/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The client's half of fixed newstyle negotiation. */
final class ClientHandshake {
    /** Longest reply that is accepted; names and texts have at most 4096 bytes in the protocol. */
    private static final int REPLY_BYTES_MAX = 64 << 10;
    /** Longest name. */
    private static final int NAME_BYTES_MAX = 4096;
    /** Most replies to one option: a list of every volume and shadow copy that a service may have. */
    private static final int REPLIES_MAX = 200_000;
    /** Most bytes of all replies to one option: that many names of volumes and copies of ours. */
    private static final int REPLIES_BYTES_MAX = 32 << 20;
    /** Largest minimum block size in the protocol. */
    private static final int MIN_BLOCK_BYTES_MAX = 64 << 10;
    /** Smallest preferred block size in the protocol. */
    private static final int PREFERRED_BLOCK_BYTES_MIN = 512;

    private static final int DEFAULT_BLOCK_BYTES = 4096;
    private static final int DEFAULT_REQUEST_BYTES = 32 << 20;

    /** Takes the payload of one reply. */
    private interface ReplySink {
        void reply(int type, ByteBuffer payload) throws NbdException;
    }

    private final Wire wire;
    private long sizeBytes = -1;
    private int flags;
    private int preferredBlockBytes = DEFAULT_BLOCK_BYTES;
    private int maxRequestBytes = DEFAULT_REQUEST_BYTES;
    private boolean structured;
    private boolean allocation;
    private int allocationContext;

    ClientHandshake(Wire wire) {
        this.wire = wire;
    }

    void greet() throws IOException {
        ByteBuffer in = wire.need(2 * Long.BYTES + Short.BYTES);
        if (in.getLong() != NbdProtocol.INIT_MAGIC || in.getLong() != NbdProtocol.OPTION_MAGIC) {
            throw NbdException.broken("what answers is not an NBD server with newstyle negotiation");
        }
        int offered = Short.toUnsignedInt(in.getShort());
        if ((offered & NbdProtocol.FLAG_FIXED_NEWSTYLE) == 0) {
            throw NbdException.broken("the server does not offer fixed newstyle negotiation");
        }
        int taken = offered & (NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES);
        wire.send(ByteBuffer.allocate(Integer.BYTES).putInt(taken).flip());
    }

    /**
     * Goes on in TLS, which comes first: nothing that was said before can be believed.
     *
     * @throws NbdException if the server has no TLS, as it would seem if somebody on the way took it out (CVE-2019-14842)
     */
    void startTls(SSLEngine engine) throws IOException {
        int refusal = option(NbdProtocol.OPT_STARTTLS, new byte[0], ClientHandshake::unexpected);
        if (refusal != 0) {
            throw NbdException.broken("the server refuses TLS with 0x" + Integer.toHexString(refusal)
                    + ", and this client does not go on without");
        }
        try {
            wire.startTls(engine);
        } catch (SSLException e) {
            throw new NbdException("TLS with the server failed: " + e.getMessage(), e);
        }
    }

    /** Negotiates everything that the server has, and enters transmission. */
    NbdExportInfo enter(String export) throws IOException {
        structured = option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0], ClientHandshake::unexpected) == 0;
        if (structured) {
            int refusal = option(NbdProtocol.OPT_SET_META_CONTEXT, contextQuery(export), this::context);
            allocation &= refusal == 0;
        }
        int refusal = option(NbdProtocol.OPT_GO, goRequest(export), this::info);
        if (refusal != 0) {
            throw NbdException.broken("the server refuses export '" + export + "' with 0x"
                    + Integer.toHexString(refusal)
                    + (refusal == NbdProtocol.REP_ERR_UNKNOWN ? " (no such export)" : ""));
        }
        if (sizeBytes < 0) {
            throw NbdException.broken("the server did not tell the size of export '" + export + "'");
        }
        return new NbdExportInfo(sizeBytes, flags, preferredBlockBytes, maxRequestBytes, structured, allocation);
    }

    /** Returns what replies may look like. */
    ReplyReader.Agreement agreement() {
        return new ReplyReader.Agreement(structured, allocationContext);
    }

    /** Returns all names, and ends negotiation. */
    List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        int refusal = option(NbdProtocol.OPT_LIST, new byte[0], (type, payload) -> {
            int length = payload.remaining() < Integer.BYTES ? -1 : payload.getInt();
            if (type != NbdProtocol.REP_SERVER
                    || length < 0
                    || length > Math.min(payload.remaining(), NAME_BYTES_MAX)) {
                throw NbdException.broken("an answer of type " + type + " to the list of exports, with a name of "
                        + Integer.toUnsignedString(length) + " bytes");
            }
            byte[] name = new byte[length];
            payload.get(name);
            names.add(new String(name, StandardCharsets.UTF_8));
        });
        if (refusal != 0) {
            throw NbdException.broken("the server refuses to list its exports with 0x" + Integer.toHexString(refusal));
        }
        option(NbdProtocol.OPT_ABORT, new byte[0], ClientHandshake::unexpected);
        return List.copyOf(names);
    }

    /** Sends an option and takes its replies; returns 0, or the refusal. */
    private int option(int option, byte[] payload, ReplySink sink) throws IOException {
        wire.send(ByteBuffer.allocate(NbdProtocol.OPTION_HEADER_BYTES + payload.length)
                .putLong(NbdProtocol.OPTION_MAGIC)
                .putInt(option)
                .putInt(payload.length)
                .put(payload)
                .flip());
        long replyBytes = 0;
        for (int replies = 0; replies < REPLIES_MAX && replyBytes <= REPLIES_BYTES_MAX; replies++) {
            ByteBuffer in = wire.need(NbdProtocol.OPTION_REPLY_HEADER_BYTES);
            long magic = in.getLong();
            int echoed = in.getInt();
            int type = in.getInt();
            int length = in.getInt();
            if (magic != NbdProtocol.OPTION_REPLY_MAGIC || echoed != option) {
                throw NbdException.broken("the server's answer to option " + option + " is malformed");
            }
            if (length < 0 || length > REPLY_BYTES_MAX) {
                throw NbdException.broken("an answer of " + Integer.toUnsignedString(length) + " bytes to option "
                        + option + ", allowed are " + REPLY_BYTES_MAX);
            }
            replyBytes += length;
            ByteBuffer body = ByteBuffer.wrap(wire.bytes(length));
            if (type == NbdProtocol.REP_ACK) {
                return 0;
            }
            if ((type & NbdProtocol.REP_ERROR) != 0) {
                return type;
            }
            sink.reply(type, body);
        }
        throw NbdException.broken(
                "more than " + REPLIES_MAX + " answers or " + REPLIES_BYTES_MAX + " bytes to option " + option);
    }

    private static void unexpected(int type, ByteBuffer payload) throws NbdException {
        throw NbdException.broken("an answer of type " + type + " where none was expected");
    }

    private void context(int type, ByteBuffer payload) throws NbdException {
        int id = payload.remaining() < Integer.BYTES ? 0 : payload.getInt();
        boolean asked = StandardCharsets.UTF_8.decode(payload).toString().equals(NbdProtocol.BASE_ALLOCATION);
        if (type != NbdProtocol.REP_META_CONTEXT || !asked || allocation) {
            throw NbdException.broken("an answer of type " + type + " for a metadata context that was not asked for");
        }
        allocation = true;
        allocationContext = id;
    }

    private void info(int type, ByteBuffer payload) throws NbdException {
        if (type != NbdProtocol.REP_INFO || payload.remaining() < Short.BYTES) {
            throw NbdException.broken("an answer of type " + type + " where export information was expected");
        }
        int kind = Short.toUnsignedInt(payload.getShort());
        if (kind == NbdProtocol.INFO_EXPORT) {
            size(payload);
        } else if (kind == NbdProtocol.INFO_BLOCK_SIZE) {
            blockSizes(payload);
        }
    }

    /** A device of 2^63 bytes or more cannot be addressed with signed numbers (CVE-2023-5215). */
    private void size(ByteBuffer payload) throws NbdException {
        if (payload.remaining() != Long.BYTES + Short.BYTES) {
            throw NbdException.broken("export information of " + payload.remaining() + " bytes, expected are 10");
        }
        sizeBytes = payload.getLong();
        flags = Short.toUnsignedInt(payload.getShort());
        if (sizeBytes < 0 || (flags & NbdProtocol.HAS_FLAGS) == 0) {
            throw NbdException.broken("an export of " + Long.toUnsignedString(sizeBytes)
                    + " bytes with transmission flags 0x" + Integer.toHexString(flags)
                    + "; allowed are sizes below 2^63"
                    + " and flags with bit 0");
        }
    }

    private void blockSizes(ByteBuffer payload) throws NbdException {
        if (payload.remaining() != 3 * Integer.BYTES) {
            throw NbdException.broken("block sizes of " + payload.remaining() + " bytes, expected are 12");
        }
        long least = Integer.toUnsignedLong(payload.getInt());
        long preferred = Integer.toUnsignedLong(payload.getInt());
        long most = Integer.toUnsignedLong(payload.getInt());
        if (Long.bitCount(least) != 1
                || least > MIN_BLOCK_BYTES_MAX
                || Long.bitCount(preferred) != 1
                || preferred < Math.max(least, PREFERRED_BLOCK_BYTES_MIN)
                || preferred > DEFAULT_REQUEST_BYTES
                || most < preferred) {
            throw NbdException.broken("block sizes of " + least + ", " + preferred + " and " + most
                    + " bytes; allowed are powers of two, in this order");
        }
        preferredBlockBytes = (int) preferred;
        maxRequestBytes = (int) Math.min(most, DEFAULT_REQUEST_BYTES);
    }

    private static byte[] contextQuery(String export) {
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        byte[] query = NbdProtocol.BASE_ALLOCATION.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 * Integer.BYTES + name.length + query.length)
                .putInt(name.length)
                .put(name)
                .putInt(1)
                .putInt(query.length)
                .put(query)
                .array();
    }

    private static byte[] goRequest(String export) {
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + name.length + 2 * Short.BYTES)
                .putInt(name.length)
                .put(name)
                .putShort((short) 1)
                .putShort((short) NbdProtocol.INFO_BLOCK_SIZE)
                .array();
    }
}
