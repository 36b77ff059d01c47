/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.vss.Hresult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class PlainReplyTests {
    private static final byte[] NO_FAULT = new byte[0];

    private final PlainReply reply = new PlainReply();

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10, 99, 100, 1_000_000_007L, Long.MAX_VALUE})
    void successCarriesItsNumber(long id) throws ChannelException {
        ObjectNode parsed = parse(reply.encode(id, Hresult.S_OK, "", NO_FAULT));

        assertThat(parsed)
                .isEqualTo(ChannelJson.parse(
                        ("{\"type\":\"reply\",\"id\":" + id + ",\"hresult\":\"0x00000000\",\"result\":{}}")
                                .getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void failureTellsItsReasonInOneLine() throws ChannelException {
        ObjectNode parsed = parse(
                reply.encode(7, Hresult.VSS_E_PROVIDER_VETO, "say \"no\" \\ \u00fc\n\ud83d\ude00 \ud800", NO_FAULT));

        assertThat(parsed.path("hresult").stringValue()).isEqualTo("0x80042306");
        assertThat(parsed.path("reason").stringValue()).isEqualTo("say \"no\" \\ \u00fc \ud83d\ude00 \ufffd");
    }

    @Test
    void longestReasonFitsTheBuffer() throws ChannelException {
        byte[] fault = ChannelJson.toBytes(
                FaultAction.parse("delay=1h".replace("1h", "60m")).forShim().orElseThrow());

        ObjectNode parsed = parse(reply.encode(Long.MAX_VALUE, -1, "\u20ac".repeat(5_000), fault));

        assertThat(parsed.path("reason").stringValue()).isEqualTo("\u20ac".repeat(PlainReply.MAX_REASON_UNITS));
        assertThat(parsed.path("fault").path("millis").longValue()).isEqualTo(3_600_000);
    }

    @Test
    void reasonCutInsideAPairEndsWithTheReplacementCharacter() throws ChannelException {
        String text = "x".repeat(PlainReply.MAX_REASON_UNITS - 1) + "\ud83d\ude00";

        assertThat(parse(reply.encode(1, -1, text, NO_FAULT)).path("reason").stringValue())
                .endsWith("x\ufffd")
                .hasSize(PlainReply.MAX_REASON_UNITS);
    }

    private static ObjectNode parse(ByteBuffer frame) throws ChannelException {
        assertThat(frame.getInt()).isEqualTo(frame.remaining());
        byte[] body = new byte[frame.remaining()];
        frame.get(body);
        return ChannelJson.parse(body);
    }
}
