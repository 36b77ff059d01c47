/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.protocol.nbd.HandshakeTable.Action;
import dev.gnomon.protocol.nbd.HandshakeTable.Option;
import dev.gnomon.protocol.nbd.HandshakeTable.Row;
import dev.gnomon.protocol.nbd.HandshakeTable.State;
import dev.gnomon.protocol.nbd.MetaContexts.Context;
import dev.gnomon.protocol.nbd.OptionPayload.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Negotiation with one client (NBD protocol, "Fixed newstyle negotiation"), as {@link HandshakeTable} says.
 *
 * <p><b>Invariants:</b> an option is looked at only when all of its bytes are here, and all of them are consumed whatever
 * they hold; an export is open only between a successful ENTER and the end of the connection, and for the moment of an
 * INFO; no option makes the server do more than a bounded amount of work.
 */
final class Handshake {
    private final Exports exports;
    private final Admission.Slot slot;
    private final NbdLimits limits;
    private final Inlet inlet;
    private final Replies replies;
    private final OptionReplies answers;
    private final MetaContexts metaContexts;
    private final @Nullable TlsLink tls;

    private State state = State.LEGACY;
    private boolean padded = true;
    private int bytesBehindOption;
    private boolean structured;
    private @Nullable String contextExport;
    private List<Context> contexts = List.of();
    private @Nullable Session session;

    Handshake(Exports exports, Admission.Slot slot, Connection.Parts parts) {
        this.exports = exports;
        this.slot = slot;
        this.limits = parts.limits();
        this.inlet = parts.inlet();
        this.replies = parts.replies();
        this.answers = new OptionReplies(replies);
        this.metaContexts = new MetaContexts(exports);
        this.tls = parts.link() instanceof TlsLink link ? link : null;
    }

    /** Returns what was agreed, the export open; or null if the client left or ended negotiation. */
    @Nullable
    Session run() throws IOException, ProtocolViolation {
        inlet.beforeWait(replies::flush);
        if (!greet()) {
            return null;
        }
        try {
            int options = 0;
            while (state != State.TRANSMISSION && state != State.ENDED) {
                if (!inlet.await(NbdProtocol.OPTION_HEADER_BYTES)) {
                    return null;
                }
                if (++options > limits.options()) {
                    throw new ProtocolViolation("more than " + limits.options() + " options");
                }
                option();
            }
            replies.flush();
            Session agreed = session;
            session = null;
            return agreed;
        } finally {
            if (session != null) {
                session.export().close();
            }
        }
    }

    private boolean greet() throws IOException, ProtocolViolation {
        int offered = NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES;
        replies.room(2 * Long.BYTES + Short.BYTES)
                .putLong(NbdProtocol.INIT_MAGIC)
                .putLong(NbdProtocol.OPTION_MAGIC)
                .putShort((short) offered);
        if (!inlet.await(Integer.BYTES)) {
            return false;
        }
        int flags = inlet.buffer().getInt();
        if ((flags & ~offered) != 0) {
            throw new ProtocolViolation(
                    "client flags are 0x" + Integer.toHexString(flags) + ", offered were 0x" + offered);
        }
        state = (flags & NbdProtocol.FLAG_FIXED_NEWSTYLE) == 0
                ? State.LEGACY
                : tls == null ? State.SIMPLE : State.UNPROTECTED;
        if (state == State.LEGACY && tls != null) {
            throw new ProtocolViolation("a client without fixed newstyle cannot ask for TLS, which is required");
        }
        padded = (flags & NbdProtocol.FLAG_NO_ZEROES) == 0;
        return true;
    }

    private void option() throws IOException, ProtocolViolation {
        ByteBuffer in = inlet.buffer();
        long magic = in.getLong();
        int code = in.getInt();
        long length = Integer.toUnsignedLong(in.getInt());
        if (magic != NbdProtocol.OPTION_MAGIC) {
            throw new ProtocolViolation("option magic is 0x" + Long.toHexString(magic));
        }
        Row row = HandshakeTable.find(state, Option.of(code));
        if (length > limits.optionBytes()) {
            tooLong(row, code, length);
        }
        inlet.require((int) length);
        int end = in.position() + (int) length;
        int limit = in.limit();
        in.limit(end);
        bytesBehindOption = limit - end;
        try {
            if (perform(row.action(), code, new OptionPayload(in, limits))) {
                state = row.next();
            }
        } catch (Malformed e) {
            refuse(row, code, e);
        } finally {
            in.limit(limit).position(end);
        }
    }

    /** Does not read on to skip it: that would let a client keep the server busy with gigabytes of nothing. */
    private void tooLong(Row row, int code, long length) throws IOException, ProtocolViolation {
        String text = "option of " + length + " bytes, allowed are " + limits.optionBytes();
        if (row.action() != Action.ENTER_BY_NAME && row.action() != Action.CUT) {
            answers.refuse(code, NbdProtocol.REP_ERR_TOO_BIG, text);
            replies.flush();
        }
        throw new ProtocolViolation(text);
    }

    private void refuse(Row row, int code, Malformed e) throws IOException, ProtocolViolation {
        if (row.action() == Action.ENTER_BY_NAME) {
            throw new ProtocolViolation(String.valueOf(e.getMessage()));
        }
        answers.refuse(code, e.replyType(), String.valueOf(e.getMessage()));
    }

    /** Returns whether the table's next state is entered. */
    private boolean perform(Action action, int code, OptionPayload payload)
            throws IOException, ProtocolViolation, Malformed {
        return switch (action) {
            case ENTER_BY_NAME -> enterByName(payload.rest());
            case ENTER -> describe(code, payload, true);
            case DESCRIBE -> describe(code, payload, false);
            case LIST_NAMES -> list(code, payload);
            case ENABLE_CHUNKS -> enableChunks(code, payload);
            case LIST_CONTEXTS -> contexts(code, payload, false);
            case CHOOSE_CONTEXTS -> contexts(code, payload, true);
            case ACKNOWLEDGE_END -> {
                answers.acknowledge(code);
                yield true;
            }
            case START_TLS -> startTls(code, payload);
            case REQUIRE_TLS -> {
                answers.refuse(code, NbdProtocol.REP_ERR_TLS_REQD, "this server requires TLS");
                yield true;
            }
            case REFUSE_TLS -> {
                answers.refuse(
                        code,
                        tls == null ? NbdProtocol.REP_ERR_UNSUP : NbdProtocol.REP_ERR_INVALID,
                        tls == null ? "this server has no TLS" : "the connection has TLS already");
                yield true;
            }
            case REFUSE_UNKNOWN -> {
                answers.refuse(
                        code,
                        NbdProtocol.REP_ERR_UNSUP,
                        "option " + Integer.toUnsignedString(code) + " is not known here");
                yield true;
            }
            case REFUSE_ORDER -> {
                answers.refuse(code, NbdProtocol.REP_ERR_INVALID, "structured replies must be negotiated first");
                yield true;
            }
            case CUT ->
                throw new ProtocolViolation("option " + Integer.toUnsignedString(code)
                        + " from a client that did not offer fixed newstyle");
        };
    }

    /**
     * Nothing from before counts: not what was agreed on (CVE-2021-3716), and not what came behind the option in the clear,
     * which anybody on the way may have put there.
     */
    private boolean startTls(int code, OptionPayload payload) throws IOException, ProtocolViolation, Malformed {
        payload.end();
        if (tls == null || bytesBehindOption > 0) {
            throw new ProtocolViolation(bytesBehindOption + " bytes in the clear follow STARTTLS");
        }
        answers.acknowledge(code);
        replies.flush();
        structured = false;
        contextExport = null;
        try {
            tls.start();
        } catch (SSLException e) {
            throw new ProtocolViolation("TLS failed: " + e.getMessage());
        }
        return true;
    }

    private boolean enterByName(String name) throws IOException, ProtocolViolation {
        Export export = enter(name);
        if (export == null) {
            throw new ProtocolViolation("no export " + OptionReplies.quote(name) + " or no room on it");
        }
        open(export, name);
        answers.oldStyle(export.sizeBytes(), transmissionFlags(export), padded);
        return true;
    }

    private boolean describe(int code, OptionPayload payload, boolean enter) throws IOException, Malformed {
        String name = payload.lengthAndString();
        int count = payload.count16();
        boolean wantsName = false;
        boolean wantsBlockSize = false;
        for (int i = 0; i < count; i++) {
            int kind = payload.number16();
            wantsName |= kind == NbdProtocol.INFO_NAME;
            wantsBlockSize |= kind == NbdProtocol.INFO_BLOCK_SIZE;
        }
        payload.end();
        if (enter && !slot.enterExport(name)) {
            answers.refuse(
                    code,
                    NbdProtocol.REP_ERR_POLICY,
                    "the export " + OptionReplies.quote(name) + " already has " + limits.connectionsPerExport()
                            + " connections");
            return false;
        }
        Export export = exports.open(name);
        if (export == null) {
            slot.leaveExport();
            answers.refuse(code, NbdProtocol.REP_ERR_UNKNOWN, "no export " + OptionReplies.quote(name));
            return false;
        }
        if (enter) {
            open(export, name);
        }
        try {
            answers.infoExport(code, export.sizeBytes(), transmissionFlags(export));
            if (wantsName) {
                answers.infoText(code, NbdProtocol.INFO_NAME, export.name());
            }
            if (wantsBlockSize) {
                answers.infoBlockSize(code, 1, export.preferredBlockBytes(), limits.requestBytes());
            }
            answers.acknowledge(code);
        } finally {
            if (!enter) {
                export.close();
            }
        }
        return true;
    }

    private @Nullable Export enter(String name) {
        if (!slot.enterExport(name)) {
            return null;
        }
        Export export = exports.open(name);
        if (export == null) {
            slot.leaveExport();
        }
        return export;
    }

    private void open(Export export, String name) {
        session = new Session(export, structured, name.equals(contextExport) ? contexts : List.of());
    }

    private boolean list(int code, OptionPayload payload) throws IOException, Malformed {
        payload.end();
        for (String name : exports.names()) {
            answers.name(code, name);
        }
        answers.acknowledge(code);
        return true;
    }

    private boolean enableChunks(int code, OptionPayload payload) throws IOException, Malformed {
        payload.end();
        structured = true;
        answers.acknowledge(code);
        return true;
    }

    /** A choice replaces the one before, also when it is refused (NBD protocol, NBD_OPT_SET_META_CONTEXT). */
    private boolean contexts(int code, OptionPayload payload, boolean choose) throws IOException, Malformed {
        if (choose) {
            contextExport = null;
        }
        String name = payload.lengthAndString();
        int count = payload.count32();
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            queries.add(payload.lengthAndString());
        }
        payload.end();
        if (choose) {
            Map<String, Context> chosen = metaContexts.choose(name, queries);
            for (Map.Entry<String, Context> each : chosen.entrySet()) {
                answers.context(code, each.getValue().id(), each.getKey());
            }
            contexts = List.copyOf(chosen.values());
            contextExport = name;
        } else {
            for (String each : metaContexts.list(name, queries)) {
                answers.context(code, 0, each);
            }
        }
        answers.acknowledge(code);
        return true;
    }

    private int transmissionFlags(Export export) {
        int flags = NbdProtocol.HAS_FLAGS
                | NbdProtocol.SEND_FLUSH
                | NbdProtocol.SEND_FUA
                | NbdProtocol.CAN_MULTI_CONN
                | NbdProtocol.SEND_CACHE
                | (structured ? NbdProtocol.SEND_DF : 0);
        return flags
                | (export.readOnly()
                        ? NbdProtocol.READ_ONLY
                        : NbdProtocol.SEND_TRIM | NbdProtocol.SEND_WRITE_ZEROES | NbdProtocol.SEND_FAST_ZERO);
    }
}
