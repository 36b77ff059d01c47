/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_BLOCK_STATUS;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_LIST_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_SET_META_CONTEXT;
import static dev.gnomon.protocol.nbd.NbdProtocol.OPT_STRUCTURED_REPLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Baselines;
import dev.gnomon.export.Changes;
import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.io.IoStatus;
import dev.gnomon.testkit.MemoryExport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata contexts of older shadow copies: their names, their number, and what block status answers with them. */
class MetaContextsTests {
    private static final String DIRTY = "qemu:dirty-bitmap:";
    private static final int SIZE = 1 << 20;

    private final MemoryExport data = new MemoryExport("data", SIZE, false);
    private final MemoryExport other = new MemoryExport("other", SIZE, false);
    private final List<String> copies = new ArrayList<>(List.of("mon", "tue"));
    private IoStatus status = IoStatus.OK;
    private int extents = 2;
    private final InProcess server = new InProcess(exports());

    /** The export "data" has baselines: every second piece changed. */
    private Exports exports() {
        Exports memory = MemoryExport.exports(data, other);
        return new Exports() {
            @Override
            public List<String> names() {
                return memory.names();
            }

            @Override
            public @Nullable Export open(String name) {
                return memory.open(name);
            }

            @Override
            public Baselines baselines(String name) {
                return name.equals("data") ? new OfData() : Baselines.NONE;
            }
        };
    }

    private final class OfData implements Baselines {
        @Override
        public List<String> names() {
            return List.copyOf(copies);
        }

        @Override
        public @Nullable Changes since(String copy) {
            return copies.contains(copy) ? (offset, length, most, sink) -> report(most, sink) : null;
        }
    }

    private IoStatus report(int most, Changes.Sink sink) {
        for (int i = 0; i < Math.min(most, extents); i++) {
            sink.extent(16, i % 2 == 0);
        }
        return status;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<String> list(String export, String... queries) {
        return negotiate(OPT_LIST_META_CONTEXT, export, queries).stream()
                .filter(reply -> reply.type() == NbdProtocol.REP_META_CONTEXT)
                .map(reply -> reply.text().substring(4))
                .toList();
    }

    private List<OptionReply> negotiate(int option, String export, String... queries) {
        List<OptionReply> replies = OptionReply.takeAll(server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .option(option, ClientScript.contexts(export, queries))
                .bytes()));
        return replies.subList(1, replies.size());
    }

    @Test
    void wildcardsListWhatTheyCover() {
        String base = "base:allocation";
        assertThat(list("data")).containsExactly(base, DIRTY + "mon", DIRTY + "tue");
        assertThat(list("data", "qemu:")).containsExactly(DIRTY + "mon", DIRTY + "tue");
        assertThat(list("data", DIRTY)).containsExactly(DIRTY + "mon", DIRTY + "tue");
        assertThat(list("data", DIRTY + "tue", "base:", "qemu:"))
                .as("none twice")
                .containsExactly(DIRTY + "tue", base, DIRTY + "mon");
        assertThat(list("data", DIRTY + "wed", "qemu:dirty", "qemu:x", "QEMU:", "x", ""))
                .isEmpty();
        assertThat(list("other")).containsExactly(base);
        assertThat(list("missing", "qemu:")).isEmpty();
    }

    @Test
    void chosenContextsAreNumberedAndWildcardsChooseNothing() {
        List<OptionReply> replies = negotiate(
                OPT_SET_META_CONTEXT,
                "data",
                DIRTY + "tue",
                "base:",
                "qemu:",
                DIRTY,
                "base:allocation",
                DIRTY + "mon",
                DIRTY + "tue",
                DIRTY + "wed");
        assertThat(replies)
                .extracting(OptionReply::text)
                .containsExactly(
                        "\0\0\0\u0002" + DIRTY + "tue",
                        "\0\0\0\u0001base:allocation",
                        "\0\0\0\u0003" + DIRTY + "mon",
                        "");
    }

    @ParameterizedTest
    @CsvSource({"7, true", "8, true", "9, false"})
    void chosenContextsAreCounted(int count, boolean fits) {
        for (int i = 0; i < count; i++) {
            copies.add("c" + i);
        }
        String[] queries =
                IntStream.range(0, count).mapToObj(i -> DIRTY + "c" + i).toArray(String[]::new);
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .setContext("data", queries)
                .go("data")
                .request(CMD_BLOCK_STATUS, 0, 7, 0, 4096)
                .bytes());
        List<OptionReply> negotiation = OptionReply.takeAll(replies);
        String answer = hex(replies);
        if (fits) {
            assertThat(negotiation.get(1 + count).type()).isEqualTo(NbdProtocol.REP_ACK);
            assertThat(answer.split("668e33ef", -1)).as("chunks").hasSize(count + 1);
        } else {
            assertThat(negotiation.get(1).type()).isEqualTo(NbdProtocol.REP_ERR_TOO_BIG);
            assertThat(answer).as("nothing is chosen").startsWith("668e33ef00018001");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4095, 4096, 4097})
    void namesOfContextsHaveTheLimitOfAllNames(int bytes) {
        String name = ClientScript.name(bytes - DIRTY.length());
        copies.add(name);
        for (int option : new int[] {OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT}) {
            List<OptionReply> replies = negotiate(option, "data", DIRTY + name);
            if (bytes <= 4096) {
                assertThat(replies).hasSize(2);
                assertThat(replies.getFirst().text().substring(4)).isEqualTo(DIRTY + name);
            } else {
                assertThat(replies).extracting(OptionReply::type).containsExactly(NbdProtocol.REP_ERR_TOO_BIG);
            }
        }
    }

    private String blockStatus(int flags, int length, String... queries) {
        ByteBuffer replies = server.replies(ClientScript.modern()
                .option(OPT_STRUCTURED_REPLY, new byte[0])
                .setContext("data", queries)
                .go("data")
                .request(CMD_BLOCK_STATUS, flags, 7, 0, length)
                .bytes());
        OptionReply.takeAll(replies);
        return hex(replies);
    }

    @Test
    void blockStatusHasAChunkForEachContext() {
        data.put(0, new byte[] {1});
        assertThat(blockStatus(0, 32, "base:allocation", DIRTY + "mon"))
                .isEqualTo(("668e33ef 0000 0005 0000000000000007 0000000c 00000001 00000020 00000000"
                                + "668e33ef 0001 0005 0000000000000007 00000014 00000002"
                                + "00000010 00000001 00000010 00000000")
                        .replace(" ", ""));
    }

    @Test
    void oneExtentIsOneForEachContextAndNeverLongerThanAskedFor() {
        assertThat(blockStatus(NbdProtocol.CMD_FLAG_REQ_ONE, 9, DIRTY + "mon", DIRTY + "tue"))
                .isEqualTo(("668e33ef 0000 0005 0000000000000007 0000000c 00000002 00000009 00000001"
                                + "668e33ef 0001 0005 0000000000000007 0000000c 00000003 00000009 00000001")
                        .replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({"4095, 4095", "4096, 4096", "4097, 4096"})
    void extentsOfOneAnswerAreBounded(int reported, int answered) {
        extents = reported;
        String answer = blockStatus(0, SIZE, DIRTY + "mon");
        assertThat(answer)
                .startsWith(
                        "668e33ef000100050000000000000007" + HexFormat.of().toHexDigits(4 + 8 * answered) + "00000002");
        assertThat(answer).hasSize(2 * (24 + 8 * answered));
    }

    /** What was found of one context is not sent if another fails: the answer is one error. */
    @ParameterizedTest
    @CsvSource({"GONE, 0000006c", "IO_ERROR, 00000005", "INVALID, 00000016"})
    void aContextThatFailsFailsTheAnswer(IoStatus outcome, String error) {
        status = outcome;
        String expected = "668e33ef 0001 8001 0000000000000007 00000006".replace(" ", "") + error + "0000";
        assertThat(blockStatus(0, 4096, "base:allocation", DIRTY + "mon")).isEqualTo(expected);
        assertThat(blockStatus(0, 4096, DIRTY + "mon", "base:allocation")).isEqualTo(expected);
    }

    @Test
    void noExtentAtAllIsAnError() {
        extents = 0;
        assertThat(blockStatus(0, 4096, DIRTY + "mon")).startsWith("668e33ef00018001");
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
