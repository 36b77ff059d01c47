/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Which option is answered how in which state of negotiation. {@link Handshake} executes it; nothing else decides.
 *
 * <p>A row's next state is entered if its action succeeded; a refused option leaves the state as it was.
 */
final class HandshakeTable {
    /** How far negotiation has come. */
    enum State {
        /** The client did not offer fixed newstyle: it understands no replies to options. */
        LEGACY,
        /** The server demands TLS, and there is none yet: nothing that the client says counts (SELECTIVETLS is not offered). */
        UNPROTECTED,
        /** Reads will be answered simply. */
        SIMPLE,
        /** Reads will be answered in chunks; metadata contexts may be chosen. */
        STRUCTURED,
        /** Negotiation is over and requests follow. */
        TRANSMISSION,
        /** The connection ends. */
        ENDED
    }

    /** What a client may send. */
    enum Option {
        EXPORT_NAME(NbdProtocol.OPT_EXPORT_NAME),
        ABORT(NbdProtocol.OPT_ABORT),
        LIST(NbdProtocol.OPT_LIST),
        STARTTLS(NbdProtocol.OPT_STARTTLS),
        INFO(NbdProtocol.OPT_INFO),
        GO(NbdProtocol.OPT_GO),
        STRUCTURED_REPLY(NbdProtocol.OPT_STRUCTURED_REPLY),
        LIST_META_CONTEXT(NbdProtocol.OPT_LIST_META_CONTEXT),
        SET_META_CONTEXT(NbdProtocol.OPT_SET_META_CONTEXT),
        /** Any other, known to the protocol or not. */
        OTHER(-1);

        private final int code;

        Option(int code) {
            this.code = code;
        }

        static Option of(int code) {
            for (Option option : values()) {
                if (option.code == code && option != OTHER) {
                    return option;
                }
            }
            return OTHER;
        }
    }

    /** What the server does. */
    enum Action {
        /** Open the export and answer in the old way, or end the connection: there is no way to refuse. */
        ENTER_BY_NAME,
        /** Open the export, describe it, and go on to transmission. */
        ENTER,
        DESCRIBE,
        LIST_NAMES,
        ENABLE_CHUNKS,
        LIST_CONTEXTS,
        CHOOSE_CONTEXTS,
        ACKNOWLEDGE_END,
        /** Acknowledge, forget everything, and go on in TLS. */
        START_TLS,
        /** Answer that TLS must come first. */
        REQUIRE_TLS,
        /** Answer that there is TLS already, or none here. */
        REFUSE_TLS,
        /** Answer that it is not known here. */
        REFUSE_UNKNOWN,
        /** Answer that another option must come first. */
        REFUSE_ORDER,
        /** End the connection without an answer. */
        CUT
    }

    /** One transition. */
    record Row(State state, Option option, Action action, State next) {}

    /** The whole table, for reading and for tests. */
    static final List<Row> ROWS = List.of(
            row(State.LEGACY, Option.EXPORT_NAME, Action.ENTER_BY_NAME, State.TRANSMISSION),
            row(State.LEGACY, Option.ABORT, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.LIST, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.STARTTLS, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.INFO, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.GO, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.STRUCTURED_REPLY, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.LIST_META_CONTEXT, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.SET_META_CONTEXT, Action.CUT, State.ENDED),
            row(State.LEGACY, Option.OTHER, Action.CUT, State.ENDED),
            row(State.UNPROTECTED, Option.EXPORT_NAME, Action.CUT, State.ENDED),
            row(State.UNPROTECTED, Option.ABORT, Action.ACKNOWLEDGE_END, State.ENDED),
            row(State.UNPROTECTED, Option.LIST, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.STARTTLS, Action.START_TLS, State.SIMPLE),
            row(State.UNPROTECTED, Option.INFO, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.GO, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.STRUCTURED_REPLY, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.LIST_META_CONTEXT, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.SET_META_CONTEXT, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.UNPROTECTED, Option.OTHER, Action.REQUIRE_TLS, State.UNPROTECTED),
            row(State.SIMPLE, Option.EXPORT_NAME, Action.ENTER_BY_NAME, State.TRANSMISSION),
            row(State.SIMPLE, Option.ABORT, Action.ACKNOWLEDGE_END, State.ENDED),
            row(State.SIMPLE, Option.LIST, Action.LIST_NAMES, State.SIMPLE),
            row(State.SIMPLE, Option.STARTTLS, Action.REFUSE_TLS, State.SIMPLE),
            row(State.SIMPLE, Option.INFO, Action.DESCRIBE, State.SIMPLE),
            row(State.SIMPLE, Option.GO, Action.ENTER, State.TRANSMISSION),
            row(State.SIMPLE, Option.STRUCTURED_REPLY, Action.ENABLE_CHUNKS, State.STRUCTURED),
            row(State.SIMPLE, Option.LIST_META_CONTEXT, Action.REFUSE_ORDER, State.SIMPLE),
            row(State.SIMPLE, Option.SET_META_CONTEXT, Action.REFUSE_ORDER, State.SIMPLE),
            row(State.SIMPLE, Option.OTHER, Action.REFUSE_UNKNOWN, State.SIMPLE),
            row(State.STRUCTURED, Option.EXPORT_NAME, Action.ENTER_BY_NAME, State.TRANSMISSION),
            row(State.STRUCTURED, Option.ABORT, Action.ACKNOWLEDGE_END, State.ENDED),
            row(State.STRUCTURED, Option.LIST, Action.LIST_NAMES, State.STRUCTURED),
            row(State.STRUCTURED, Option.STARTTLS, Action.REFUSE_TLS, State.STRUCTURED),
            row(State.STRUCTURED, Option.INFO, Action.DESCRIBE, State.STRUCTURED),
            row(State.STRUCTURED, Option.GO, Action.ENTER, State.TRANSMISSION),
            row(State.STRUCTURED, Option.STRUCTURED_REPLY, Action.ENABLE_CHUNKS, State.STRUCTURED),
            row(State.STRUCTURED, Option.LIST_META_CONTEXT, Action.LIST_CONTEXTS, State.STRUCTURED),
            row(State.STRUCTURED, Option.SET_META_CONTEXT, Action.CHOOSE_CONTEXTS, State.STRUCTURED),
            row(State.STRUCTURED, Option.OTHER, Action.REFUSE_UNKNOWN, State.STRUCTURED));

    private static final Map<State, Map<Option, Row>> INDEX = index();

    private HandshakeTable() {}

    /** Returns the row for an option; negotiation must not be over. */
    static Row find(State state, Option option) {
        Map<Option, Row> rows = INDEX.get(state);
        Row row = rows == null ? null : rows.get(option);
        if (row == null) {
            throw new IllegalStateException("no option is expected in state " + state + ", got " + option);
        }
        return row;
    }

    private static Row row(State state, Option option, Action action, State next) {
        return new Row(state, option, action, next);
    }

    private static Map<State, Map<Option, Row>> index() {
        Map<State, Map<Option, Row>> index = new EnumMap<>(State.class);
        for (Row row : ROWS) {
            Map<Option, Row> rows = index.computeIfAbsent(row.state(), state -> new EnumMap<>(Option.class));
            if (rows.put(row.option(), row) != null) {
                throw new IllegalStateException("two rows for " + row);
            }
        }
        return index;
    }
}
