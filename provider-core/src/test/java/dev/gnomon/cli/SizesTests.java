/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SizesTests {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "512,512",
        "1K,1024",
        "1k,1024",
        "10M,10485760",
        "10MiB,10485760",
        "1G,1073741824",
        "64T,70368744177664",
        "8388607T,9223370937343148032",
        "9223372036854775807,9223372036854775807"
    })
    void sizesAreReadExactly(String written, long bytes) {
        assertThat(new Sizes().convert(written)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5G",
                "1GB",
                "1B",
                "G",
                "1 G",
                "1e9",
                "0x10",
                "1P",
                "1Gi",
                "1KK",
                "١",
                "99999999999999999999"
            })
    void otherTextsAreRefusedWithWhatIsAllowed(String written) {
        assertThatThrownBy(() -> new Sizes().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + written + "'; allowed is a whole number with K, M, G or T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608T", "9223372036854775808", "9999999999999999999", "9007199254740992K"})
    void sizesBeyondALongAreRefused(String written) {
        assertThatThrownBy(() -> new Sizes().convert(written)).hasMessageContaining("is more than 9223372036854775807");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "1023,1023 B",
        "1024,1 KiB",
        "1536,1.5 KiB",
        "1048575,1024.0 KiB",
        "1048576,1 MiB",
        "10737418240,10 GiB",
        "70368744177664,64 TiB",
        "9223372036854775807,8388608.0 TiB"
    })
    void sizesAreShownInTheLargestUnitThatFits(long bytes, String shown) {
        assertThat(Sizes.human(bytes)).isEqualTo(shown);
    }
}
