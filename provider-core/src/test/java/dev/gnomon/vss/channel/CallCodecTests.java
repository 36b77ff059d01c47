/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.ProviderCall.PropertyValue;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class CallCodecTests {
    private static final UUID A = UUID.fromString("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef");
    private static final UUID B = UUID.fromString("00000000-0000-0000-0000-000000000000");
    private static final String VOLUME = "\\\\?\\Volume{3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef}\\";

    static Stream<ProviderCall> calls() {
        return Stream.of(
                new ProviderCall.SetContext(-1),
                new ProviderCall.GetSnapshotProperties(A),
                new ProviderCall.Query(B, 1, 3),
                new ProviderCall.DeleteSnapshots(A, 2, true),
                new ProviderCall.BeginPrepareSnapshot(A, B, VOLUME, 0x1D),
                new ProviderCall.BeginPrepareSnapshot(A, B, null, Integer.MIN_VALUE),
                new ProviderCall.IsVolumeSupported(VOLUME),
                new ProviderCall.IsVolumeSnapshotted("\u00fc\ud83d\ude00\u0000\"\\"),
                new ProviderCall.SetSnapshotProperty(A, 7, new PropertyValue(8, "X:", 0)),
                new ProviderCall.SetSnapshotProperty(A, 10, new PropertyValue(3, null, -7)),
                new ProviderCall.SetSnapshotProperty(A, 10, new PropertyValue(0, null, 0)),
                new ProviderCall.RevertToSnapshot(A),
                new ProviderCall.QueryRevertStatus(VOLUME),
                new ProviderCall.RevertProgress(A, ChannelProtocol.MAX_WAIT_MILLIS),
                new ProviderCall.EndPrepareSnapshots(A),
                new ProviderCall.PreCommitSnapshots(A),
                new ProviderCall.CommitSnapshots(A),
                new ProviderCall.PostCommitSnapshots(A, -1, 6_001),
                new ProviderCall.PreFinalCommitSnapshots(A),
                new ProviderCall.PostFinalCommitSnapshots(A),
                new ProviderCall.AbortSnapshots(A),
                new ProviderCall.OnLoad(),
                new ProviderCall.OnUnload(true),
                new ProviderCall.Release(),
                new ProviderCall.Probe());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void callSurvivesTheRoundTrip(ProviderCall call) throws ChannelException {
        ChannelRequest request = new ChannelRequest(7, 2, -1, 600_000, call);

        CallCodec.Decoded decoded = CallCodec.decode(parse(ChannelJson.toBytes(CallCodec.encode(request))));

        assertThat(decoded.request()).isEqualTo(request);
        assertThat(decoded.id()).isEqualTo(7);
    }

    @Test
    void everyCallIsInTheRoundTrip() {
        assertThat(calls().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(
                        Stream.of(ProviderCall.class.getPermittedSubclasses()).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @ValueSource(ints = {ChannelProtocol.MAX_TEXT_UNITS - 1, ChannelProtocol.MAX_TEXT_UNITS})
    void volumeNameUpToTheLimitIsTaken(int units) throws ChannelException {
        ProviderCall call = new ProviderCall.IsVolumeSupported("v".repeat(units));

        assertThat(decode(call).request()).isNotNull();
    }

    @Test
    void longerVolumeNameIsAnInvalidArgument() throws ChannelException {
        CallCodec.Decoded decoded =
                decode(new ProviderCall.IsVolumeSupported("v".repeat(ChannelProtocol.MAX_TEXT_UNITS + 1)));

        assertThat(decoded.request()).isNull();
        assertThat(decoded.hresult()).isEqualTo(Hresult.E_INVALIDARG);
        assertThat(decoded.reason()).contains("32768", "32767");
    }

    @Test
    void longerTextOfAPropertyIsAnInvalidArgument() throws ChannelException {
        PropertyValue value = new PropertyValue(8, "v".repeat(ChannelProtocol.MAX_TEXT_UNITS + 1), 0);

        assertThat(decode(new ProviderCall.SetSnapshotProperty(A, 7, value)).hresult())
                .isEqualTo(Hresult.E_INVALIDARG);
    }

    @Test
    void loneSurrogateBecomesTheReplacementCharacter() throws ChannelException {
        String json = "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"IsVolumeSupported\","
                + "\"withinMillis\":1,\"arguments\":{\"volumeName\":\"a\\ud800b\\udc00\"}}";

        ChannelRequest request = CallCodec.decode(parse(bytes(json))).request();

        assertThat(Objects.requireNonNull(request).call())
                .isEqualTo(new ProviderCall.IsVolumeSupported("a\ufffdb\ufffd"));
    }

    @Test
    void unknownFieldsAreIgnored() throws ChannelException {
        ObjectNode message = CallCodec.encode(new ChannelRequest(1, 1, 0, 1, new ProviderCall.Probe()));
        message.put("novelty", 1).putArray("more").add("x");

        assertThat(CallCodec.decode(message).request()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"reply\",\"id\":1}",
                "{\"type\":\"request\",\"id\":0,\"object\":1,\"context\":0,\"call\":\"Probe\",\"withinMillis\":1,\"arguments\":{}}",
                "{\"type\":\"request\",\"id\":1,\"object\":0,\"context\":0,\"call\":\"Probe\",\"withinMillis\":1,\"arguments\":{}}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":2147483648,\"call\":\"Probe\",\"withinMillis\":1,\"arguments\":{}}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"probe\",\"withinMillis\":1,\"arguments\":{}}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"Probe\",\"withinMillis\":-1,\"arguments\":{}}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"Probe\",\"withinMillis\":1}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"RevertToSnapshot\",\"withinMillis\":1,"
                        + "\"arguments\":{\"snapshotId\":\"3629D4ED-EE09-4E0E-9A5C-6D8BA2872AEF\"}}",
                "{\"type\":\"request\",\"id\":1,\"object\":1,\"context\":0,\"call\":\"IsVolumeSupported\",\"withinMillis\":1,\"arguments\":{}}",
            })
    void whatIsNoRequestIsNamed(String json) throws ChannelException {
        ObjectNode message = parse(bytes(json));

        assertThatThrownBy(() -> CallCodec.decode(message))
                .isInstanceOf(ChannelException.class)
                .hasMessageMatching(".*(allowed is|no such call).*");
    }

    @ParameterizedTest
    @ValueSource(ints = {ChannelProtocol.MAX_NESTING - 1, ChannelProtocol.MAX_NESTING})
    void nestingUpToTheLimitIsRead(int depth) throws ChannelException {
        assertThat(parse(nested(depth))).isNotNull();
    }

    @Test
    void deeperNestingIsNotRead() {
        assertThatThrownBy(() -> parse(nested(ChannelProtocol.MAX_NESTING + 1))).isInstanceOf(ChannelException.class);
    }

    private static byte[] nested(int depth) {
        return bytes("{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1));
    }

    private static CallCodec.Decoded decode(ProviderCall call) throws ChannelException {
        return CallCodec.decode(parse(ChannelJson.toBytes(CallCodec.encode(new ChannelRequest(1, 1, 0, 1, call)))));
    }

    private static ObjectNode parse(byte[] json) throws ChannelException {
        return ChannelJson.parse(json);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
