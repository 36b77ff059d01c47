/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.protocol.nbd.HandshakeTable.Option;
import dev.gnomon.protocol.nbd.HandshakeTable.Row;
import dev.gnomon.protocol.nbd.HandshakeTable.State;
import dev.gnomon.testkit.MemoryExport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every order of up to four options, against a second statement of the rules; and the table's own completeness
 * (CVE-2019-14851: a server that fails an assertion on commands in an odd order).
 */
class HandshakeOrderTests {
    private static final int LONGEST = 4;
    private static final int REFUSED = NbdProtocol.REP_ERR_INVALID;

    private final MemoryExport data = new MemoryExport("data", 4096, false);

    @Test
    void everyStateOfNegotiationAnswersEveryOptionOnce() {
        Set<String> seen = new HashSet<>();
        for (Row row : HandshakeTable.ROWS) {
            assertThat(seen.add(row.state() + " " + row.option()))
                    .as(row.toString())
                    .isTrue();
        }
        Set<State> negotiating = EnumSet.complementOf(EnumSet.of(State.TRANSMISSION, State.ENDED));
        assertThat(seen).hasSize(negotiating.size() * Option.values().length);
    }

    @Test
    void everyOrderOfFourOptionsIsAnsweredByTheRules() {
        int sequences = 0;
        try (InProcess server = new InProcess(MemoryExport.exports(data))) {
            for (List<Option> order : orders()) {
                sequences++;
                ClientScript script = ClientScript.modern();
                order.forEach(option -> send(script, option));
                // A request at the end tells whether transmission was reached, and in which mode.
                script.request(NbdProtocol.CMD_READ, 0, 1, 0, 1);
                Expectation expected = expect(order);
                var replies = server.replies(script.bytes());
                List<Integer> types = new ArrayList<>();
                while (replies.remaining() > 0 && types.size() < 100) {
                    if (replies.getLong(replies.position()) == 4096) {
                        replies.position(replies.position() + 10);
                        types.add(0);
                        continue;
                    }
                    int before = types.size();
                    OptionReply.takeAll(replies).forEach(reply -> types.add(reply.type()));
                    if (types.size() == before) {
                        types.add(replies.getInt(replies.position()));
                        break;
                    }
                }
                assertThat(types).as(order.toString()).isEqualTo(expected.types());
            }
        }
        int kinds = Option.values().length;
        assertThat(sequences).isEqualTo(kinds * (1 + kinds * (1 + kinds * (1 + kinds))));
        assertThat(data.closed()).isEqualTo(data.opened());
    }

    private record Expectation(List<Integer> types) {}

    /** The rules, stated a second time: as a reader of the protocol document would. */
    private static Expectation expect(List<Option> order) {
        List<Integer> types = new ArrayList<>();
        boolean structured = false;
        for (Option option : order) {
            switch (option) {
                case EXPORT_NAME, GO -> {
                    types.addAll(option == Option.GO ? List.of(NbdProtocol.REP_INFO, NbdProtocol.REP_ACK) : List.of(0));
                    // Whatever follows is not a request, unless it is the one at the end.
                    if (option.equals(order.getLast()) && order.indexOf(option) == order.size() - 1) {
                        types.add(structured ? NbdProtocol.CHUNK_MAGIC : NbdProtocol.SIMPLE_REPLY_MAGIC);
                    }
                    return new Expectation(types);
                }
                case ABORT -> {
                    types.add(NbdProtocol.REP_ACK);
                    return new Expectation(types);
                }
                case LIST -> types.addAll(List.of(NbdProtocol.REP_SERVER, NbdProtocol.REP_ACK));
                case INFO -> types.addAll(List.of(NbdProtocol.REP_INFO, NbdProtocol.REP_ACK));
                case STRUCTURED_REPLY -> {
                    structured = true;
                    types.add(NbdProtocol.REP_ACK);
                }
                case LIST_META_CONTEXT, SET_META_CONTEXT ->
                    types.addAll(
                            structured ? List.of(NbdProtocol.REP_META_CONTEXT, NbdProtocol.REP_ACK) : List.of(REFUSED));
                case STARTTLS, OTHER -> types.add(NbdProtocol.REP_ERR_UNSUP);
            }
        }
        return new Expectation(types);
    }

    private static void send(ClientScript script, Option option) {
        switch (option) {
            case EXPORT_NAME -> script.exportName("data");
            case ABORT -> script.option(NbdProtocol.OPT_ABORT, new byte[0]);
            case LIST -> script.option(NbdProtocol.OPT_LIST, new byte[0]);
            case INFO -> script.info("data");
            case GO -> script.go("data");
            case STRUCTURED_REPLY -> script.option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]);
            case LIST_META_CONTEXT -> script.option(NbdProtocol.OPT_LIST_META_CONTEXT, ClientScript.contexts("data"));
            case SET_META_CONTEXT -> script.setContext("data", NbdProtocol.BASE_ALLOCATION);
            case STARTTLS -> script.option(NbdProtocol.OPT_STARTTLS, new byte[0]);
            case OTHER -> script.option(99, new byte[0]);
        }
    }

    private static List<List<Option>> orders() {
        List<List<Option>> orders = new ArrayList<>();
        List<List<Option>> ends = List.of(List.of());
        for (int length = 1; length <= LONGEST; length++) {
            List<List<Option>> longer = new ArrayList<>();
            for (List<Option> start : ends) {
                for (Option option : Option.values()) {
                    List<Option> order = new ArrayList<>(start);
                    order.add(option);
                    longer.add(List.copyOf(order));
                }
            }
            orders.addAll(longer);
            ends = longer;
        }
        return orders;
    }
}
