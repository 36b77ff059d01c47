/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldRulesTests {
    private static final long TIB = 1L << 40;

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.z_0-9", ".", "..", "-"})
    void namesOfAllowedCharactersAreAccepted(String name) throws ControlException {
        assertThat(FieldRules.name("name", name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "a@b", "ä", "a\n", "\u0000", "a:b"})
    void otherNamesAreRefusedWithFieldAndAllowed(String name) {
        refused(() -> FieldRules.name("volume", name), "volume: '", "1 to 64 of A-Z a-z 0-9 . _ -");
    }

    @Test
    void namesHaveUpTo64Characters() throws ControlException {
        assertThat(FieldRules.name("name", "n".repeat(63))).hasSize(63);
        assertThat(FieldRules.name("name", "n".repeat(64))).hasSize(64);
        refused(() -> FieldRules.name("name", "n".repeat(65)), "name: '", "1 to 64");
    }

    @Test
    void sizesAreMultiplesOf512From1MibTo64Tib() throws ControlException {
        assertThat(FieldRules.volumeSize("size", 1 << 20)).isEqualTo(1 << 20);
        assertThat(FieldRules.volumeSize("size", (1 << 20) + 512)).isEqualTo((1 << 20) + 512);
        assertThat(FieldRules.volumeSize("size", 64 * TIB - 512)).isEqualTo(64 * TIB - 512);
        assertThat(FieldRules.volumeSize("size", 64 * TIB)).isEqualTo(64 * TIB);
        for (long size : new long[] {
            (1 << 20) - 512,
            (1 << 20) - 1,
            (1 << 20) + 1,
            (1 << 20) + 511,
            64 * TIB + 512,
            0,
            -512,
            Long.MIN_VALUE,
            Long.MAX_VALUE
        }) {
            refused(() -> FieldRules.volumeSize("size", size), "size: " + size + " bytes", "multiples of 512", "64T");
        }
    }

    @Test
    void setsHave1To64DifferentVolumes() throws ControlException {
        assertThat(FieldRules.setVolumes("volumes", volumes(1))).hasSize(1);
        assertThat(FieldRules.setVolumes("volumes", volumes(63))).hasSize(63);
        assertThat(FieldRules.setVolumes("volumes", volumes(64))).hasSize(64);
        refused(() -> FieldRules.setVolumes("volumes", volumes(65)), "volumes: 65 volumes", "1 to 64");
        refused(() -> FieldRules.setVolumes("volumes", List.of()), "volumes: 0 volumes", "1 to 64");
        refused(() -> FieldRules.setVolumes("volumes", List.of("a", "b", "a")), "'a' is named twice");
    }

    @Test
    void setsHaveUpTo32Attributes() throws ControlException {
        assertThat(FieldRules.attributes("attributes", attributes(31))).hasSize(31);
        assertThat(FieldRules.attributes("attributes", attributes(32))).hasSize(32);
        refused(() -> FieldRules.attributes("attributes", attributes(33)), "33 attributes", "allowed are 32");
        assertThat(FieldRules.attributes("attributes", Map.of())).isEmpty();
    }

    @Test
    void attributesHaveNamesAndUpTo1024Characters() throws ControlException {
        for (int length : new int[] {0, 1_023, 1_024}) {
            assertThat(FieldRules.attributes("a", Map.of("k", "v".repeat(length))))
                    .hasSize(1);
        }
        refused(() -> FieldRules.attributes("a", Map.of("k", "v".repeat(1_025))), "a k: a value of 1025", "1024");
        refused(() -> FieldRules.attributes("a", Map.of("k k", "v")), "a key: 'k k'");
        refused(() -> FieldRules.attributes("a", Map.of("", "v")), "a key: ''");
        refused(() -> FieldRules.attributes("a", Map.of("k".repeat(65), "v")), "a key: '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u001b[2J", "a\nb", "\u202eabc", "\ud800", "\u2028"})
    void attributesHoldNothingThatATerminalWouldObey(String value) {
        refused(() -> FieldRules.attributes("a", Map.of("k", value)), "a k: '", "without control characters");
    }

    @Test
    void copiesAreNamedWithTheirVolumeOrById() throws ControlException {
        String longest = "v".repeat(64) + "@" + "c".repeat(64);
        for (String reference : List.of("data@nightly", "00000000-0000-4000-8000-000000000001", longest)) {
            assertThat(FieldRules.copyReference("copy", reference)).isEqualTo(reference);
        }
        for (String reference : List.of("", "@", "a@", "@b", "a@b@c", "a b@c", longest + "c", "v" + longest)) {
            refused(() -> FieldRules.copyReference("copy", reference), "copy: '", "VOLUME@COPY");
        }
    }

    @Test
    void pathsAreAbsoluteAndBounded() throws ControlException {
        assertThat(FieldRules.absolutePath("path", "/srv/ä b.raw")).isEqualTo("/srv/ä b.raw");
        assertThat(FieldRules.absolutePath("path", "/".repeat(4_096))).hasSize(4_096);
        refused(() -> FieldRules.absolutePath("path", "/".repeat(4_097)), "path: a path of 4097", "4096");
        refused(() -> FieldRules.absolutePath("path", "srv"), "path: 'srv'", "absolute");
        refused(() -> FieldRules.absolutePath("path", ""), "path: ''", "absolute");
        refused(() -> FieldRules.absolutePath("path", "/a\u0000b"), "path: '/a?b'", "control characters");
    }

    @Test
    void refusedValuesAreShownShortenedAndHarmless() {
        assertThat(FieldRules.shown("\u001b[31m" + "x".repeat(1_000)))
                .startsWith("'?[31mx")
                .endsWith("x' and 925 more characters");
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ControlException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .message()
                .contains(parts);
    }

    private static List<String> volumes(int count) {
        return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
    }

    private static Map<String, String> attributes(int count) {
        return Collections.unmodifiableMap(
                IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v")));
    }
}
