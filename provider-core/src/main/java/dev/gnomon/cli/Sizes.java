/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write and read them; K, M, G and T are powers of 1024. */
final class Sizes implements ITypeConverter<Long> {
    private static final Pattern WRITTEN =
            Pattern.compile("([0-9]{1,19})(?:([KMGT])(?:iB)?)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    @Override
    public Long convert(String value) {
        Matcher matcher = WRITTEN.matcher(value);
        if (matcher.matches()) {
            try {
                String unit = matcher.group(2);
                int power = unit == null ? 0 : UNITS.indexOf(unit.toUpperCase(Locale.ROOT)) + 1;
                return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (UNIT_BITS * power));
            } catch (ArithmeticException | NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is more than " + Long.MAX_VALUE + " bytes");
            }
        }
        throw new TypeConversionException(
                "'" + value + "'; allowed is a whole number with K, M, G or T (powers of 1024) or none (bytes)");
    }

    /** Returns a size for people: exact if it is a whole number of some unit, else rounded to one digit. */
    static String human(long bytes) {
        int power = 0;
        while (power < UNITS.length() && bytes >= 1L << (UNIT_BITS * (power + 1))) {
            power++;
        }
        if (power == 0) {
            return bytes + " B";
        }
        String unit = " " + UNITS.charAt(power - 1) + "iB";
        long unitBytes = 1L << (UNIT_BITS * power);
        return bytes % unitBytes == 0
                ? bytes / unitBytes + unit
                : String.format(Locale.ROOT, "%.1f", (double) bytes / unitBytes) + unit;
    }

    /** Returns a time for people, in whole units of the kind that says enough. */
    static String duration(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toDays() > 1) {
            return duration.toDays() + " days";
        }
        if (duration.toHours() > 1) {
            return duration.toHours() + " hours";
        }
        return duration.toMinutes() > 1 ? duration.toMinutes() + " minutes" : duration.toSeconds() + " seconds";
    }
}
