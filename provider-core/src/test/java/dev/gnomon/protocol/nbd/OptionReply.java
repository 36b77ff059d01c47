/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One answer of negotiation, taken apart independently of the server's own code. */
record OptionReply(int option, int type, String text, int payloadBytes) {
    /** Takes as many answers as there are; what follows them stays. */
    static List<OptionReply> takeAll(ByteBuffer in) {
        List<OptionReply> replies = new ArrayList<>();
        while (in.remaining() >= 20 && in.getLong(in.position()) == 0x3e889045565a9L) {
            in.getLong();
            int option = in.getInt();
            int type = in.getInt();
            int length = in.getInt();
            assertThat(length).isBetween(0, in.remaining());
            byte[] payload = new byte[length];
            in.get(payload);
            replies.add(new OptionReply(option, type, new String(payload, StandardCharsets.UTF_8), length));
        }
        return replies;
    }

    boolean refusal() {
        return type < 0;
    }

    @Override
    public String toString() {
        return "option " + option + " type 0x" + Integer.toHexString(type);
    }
}
