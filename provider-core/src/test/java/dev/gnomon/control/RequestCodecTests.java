/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCodecTests {
    static Stream<Request> everyRequest() {
        return Stream.of(
                new Request.VolumeCreate("data", "", 1 << 20, false),
                new Request.VolumeCreate("data", "/srv/d.raw", 64L << 40, true),
                new Request.VolumeAdd("data", "/dev/vdb"),
                new Request.VolumeList(),
                new Request.VolumeShow("data"),
                new Request.VolumeRemove("data"),
                new Request.VolumeClear("data"),
                new Request.VolumeSet("data", Map.of("when-full", "hold", "hold-seconds", "")),
                new Request.VolumeAcceptChanged("data"),
                new Request.VolumeSet("data", Map.of("write-through", "on")),
                new Request.VolumeResize("data", 2 << 20, false),
                new Request.VolumeResize("data", 64L << 40, true),
                new Request.SetCreate(List.of("a", "b"), "", Map.of()),
                new Request.SetCreate(List.of("a"), "nightly", Map.of("k", "v", "l", "")),
                new Request.SetList(),
                new Request.SetShow("nightly"),
                new Request.SetDelete("nightly"),
                new Request.CopyList(""),
                new Request.CopyList("data"),
                new Request.CopyShow("data@nightly"),
                new Request.CopyDelete("data@nightly"),
                new Request.CopyDiff("data@nightly", "", 0),
                new Request.CopyDiff("data@nightly", "data@later", 64L << 40),
                new Request.CopyVerify("data@nightly", 4096),
                new Request.CopyBookmark("data@nightly"),
                new Request.BookmarkList(""),
                new Request.BookmarkList("data"),
                new Request.CopyHold("data@nightly", ""),
                new Request.CopyHold("data@nightly", "until the audit, 3 May"),
                new Request.CopyRelease("data@nightly"),
                new Request.DiffAreaShow(),
                new Request.Scrub(Request.ScrubStep.START),
                new Request.Scrub(Request.ScrubStep.STATUS),
                new Request.Scrub(Request.ScrubStep.STOP),
                new Request.DiffAreaResize(0),
                new Request.DiffAreaMove("/mnt/large", false),
                new Request.DiffAreaMove("/mnt/large", true),
                new Request.DiffAreaResize(Long.MAX_VALUE),
                new Request.Overlay("data@nightly", Request.OverlayStep.CREATE),
                new Request.Overlay("data@nightly", Request.OverlayStep.SEAL),
                new Request.Overlay("data@nightly", Request.OverlayStep.DROP),
                new Request.CopyRevert("data@nightly", true, false),
                new Request.CopyRevert("data@nightly", false, true),
                new Request.RevertList(),
                new Request.EventList(0, Instant.EPOCH),
                new Request.EventList(17, Instant.parse("2026-01-02T03:04:05.678Z")),
                new Request.FaultAdd("CommitSnapshots", "delay=12s", 1, ""),
                new Request.FaultAdd("any", "fail=0x8000FFFF", 1_000_000, "\\\\?\\Volume{x}\\"),
                new Request.FaultList(),
                new Request.FaultClear(),
                new Request.TraceList(0),
                new Request.TraceList(7),
                new Request.TraceClear(),
                new Request.ServiceStats(),
                new Request.ServiceStatus(),
                new Request.ServiceClients(),
                new Request.ServiceStop(),
                new Request.ServiceStop(true),
                new Request.VolumeCreate("data", "/srv/x", 1 << 20, false, true),
                new Request.VolumeAdd("data", "/srv/x", true));
    }

    @ParameterizedTest
    @MethodSource("everyRequest")
    void requestsComeOutAsTheyWentIn(Request request) throws ControlException {
        byte[] bytes = Json.toBytes(RequestCodec.encode(7, request));

        RequestCodec.Numbered read = RequestCodec.decode(Json.parseObject(bytes));

        assertThat(read).isEqualTo(new RequestCodec.Numbered(7, request));
    }

    @Test
    void everyKindOfRequestIsTestedHere() {
        assertThat(everyRequest().map(Object::getClass).distinct().count()).isEqualTo(kindsOf(Request.class));
    }

    /** Returns how many records there are below a sealed interface. */
    private static long kindsOf(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses())
                        .mapToLong(RequestCodecTests::kindsOf)
                        .sum()
                : 1;
    }

    @ParameterizedTest
    @MethodSource("everyRequest")
    void requestsFollowTheDocumentedSchema(Request request) {
        SchemaChecks.check("request", RequestCodec.encode(7, request));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'name':'a','sizeBytes':'1M'} | parameters.sizeBytes: STRING; allowed is an integer from 1048576 to",
                "{'name':'a','sizeBytes':1048576.0} | parameters.sizeBytes: NUMBER; allowed is an integer",
                "{'name':'a','sizeBytes':1048575} | parameters.sizeBytes: 1048575; allowed is an integer from 1048576",
                "{'name':'a','sizeBytes':1048577} | sizeBytes: 1048577 bytes; allowed are multiples of 512",
                "{'name':'a','sizeBytes':99999999999999999999999} | sizeBytes: 99999999999999999999999; allowed",
                "{'name':'a','sizeBytes':-1} | parameters.sizeBytes: -1; allowed",
                "{'name':'a'} | parameters.sizeBytes: missing; allowed is an integer",
                "{'sizeBytes':1048576} | parameters.name: missing; allowed is a text",
                "{'name':null,'sizeBytes':1048576} | parameters.name: NULL; allowed is a text",
                "{'name':7,'sizeBytes':1048576} | parameters.name: NUMBER; allowed is a text",
                "{'name':'a/b','sizeBytes':1048576} | name: 'a/b'; allowed is 1 to 64",
                "{'name':'a','sizeBytes':1048576,'path':'x'} | path: 'x'; allowed is an absolute path",
                "{'name':'a','sizeBytes':1048576,'sparse':'yes'} | parameters.sparse: STRING; allowed is true or false",
                "{'name':'a','sizeBytes':1048576,'sparce':true} | parameters.'sparce': unknown field"
            })
    void parametersOfTheWrongKindAreRefusedWithFieldActualAndAllowed(String parameters, String message) {
        refused("{'schemaVersion':1,'id':1,'operation':'volume.create','parameters':" + parameters + "}")
                .hasMessageContaining(message)
                .extracting("kind")
                .isEqualTo(ErrorKind.INVALID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{} | schemaVersion: missing",
                "{'schemaVersion':2,'id':1,'operation':'volume.list'} | schemaVersion: 2; allowed is an integer from 1 to 1",
                "{'schemaVersion':'1','id':1,'operation':'volume.list'} | schemaVersion: STRING",
                "{'schemaVersion':1,'operation':'volume.list'} | id: missing",
                "{'schemaVersion':1,'id':-1,'operation':'volume.list'} | id: -1",
                "{'schemaVersion':1,'id':1} | operation: missing",
                "{'schemaVersion':1,'id':1,'operation':'volume.format'} | operation: 'volume.format'; allowed is one of",
                "{'schemaVersion':1,'id':1,'operation':'volume.list','x':1} | 'x': unknown field",
                "{'schemaVersion':1,'id':1,'operation':'volume.list','parameters':[]} | parameters: ARRAY",
                "[] | message: a JSON value of type ARRAY; allowed is an object",
                "1 | message: a JSON value",
                "{'a':1,'a':2} | not JSON",
                "{} {} | not JSON",
                "{'a': | not JSON",
                "nonsense | not JSON",
                "{'a':NaN} | not JSON"
            })
    void messagesThatAreNoneAreProtocolErrors(String message, String reason) {
        refused(message).hasMessageContaining(reason).extracting("kind").isEqualTo(ErrorKind.PROTOCOL);
    }

    /** What a terminal would obey must not come back in a refusal. */
    @Test
    void namesInRefusalsArePrintable() {
        refused("{'schemaVersion':1,'id':1,'operation':'set.create','parameters':"
                        + "{'volumes':['a'],'attributes':{'\\u001b[2J':1}}}")
                .hasMessage("parameters.attributes.'?[2J': NUMBER; allowed is a text")
                .extracting("kind")
                .isEqualTo(ErrorKind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 400, 100_000})
    void deepNestingIsAProtocolError(int depth) {
        refused("{'a':" + "[".repeat(depth) + "]".repeat(depth) + "}")
                .extracting("kind")
                .isEqualTo(ErrorKind.PROTOCOL);
    }

    @Test
    void bytesThatAreNoUtf8AreAProtocolError() {
        byte[] bytes = {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'};

        assertThatThrownBy(() -> Json.parseObject(bytes)).extracting("kind").isEqualTo(ErrorKind.PROTOCOL);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(String message) {
        byte[] bytes = message.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return assertThatThrownBy(() -> RequestCodec.decode(Json.parseObject(bytes)))
                .isInstanceOf(ControlException.class);
    }
}
