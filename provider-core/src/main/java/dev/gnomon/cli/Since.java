/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a moment in the past: a time in UTC, or how long ago it was. */
final class Since implements ITypeConverter<Instant> {
    private static final Pattern AGO = Pattern.compile("([0-9]{1,9})([smhd])");

    @Override
    public Instant convert(String value) {
        Matcher ago = AGO.matcher(value);
        try {
            if (!ago.matches()) {
                return Instant.parse(value);
            }
            long count = Long.parseLong(ago.group(1));
            return Instant.now()
                    .minus(
                            switch (ago.group(2)) {
                                case "s" -> Duration.ofSeconds(count);
                                case "m" -> Duration.ofMinutes(count);
                                case "h" -> Duration.ofHours(count);
                                default -> Duration.ofDays(count);
                            });
        } catch (DateTimeException e) {
            throw new TypeConversionException(
                    "'" + value
                            + "'; allowed is a time such as 2026-03-01T12:00:00Z, or a number with s, m, h or d for how long ago");
        }
    }
}
