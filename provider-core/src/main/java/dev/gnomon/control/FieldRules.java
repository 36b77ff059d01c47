/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What values the fields of a request may have. Checked where a person or program enters them and again where the
 * service receives them; each refusal names the field, the value and what is allowed.
 */
public final class FieldRules {
    /** Longest name of a volume, set or copy, in characters. */
    public static final int MAX_NAME_LENGTH = 64;

    /** Volumes of one snapshot set; VSS has the same bound. */
    public static final int MAX_SET_VOLUMES = 64;

    /** Attributes of one set; 32 of the largest still fit a frame. */
    public static final int MAX_ATTRIBUTES = 32;

    /** Longest value of an attribute, in characters. */
    public static final int MAX_ATTRIBUTE_VALUE_LENGTH = 1_024;

    /** Longest path, as Linux has it. */
    public static final int MAX_PATH_LENGTH = 4_096;

    /** Smallest volume: 1 MiB. */
    public static final long MIN_VOLUME_BYTES = 1L << 20;

    /** Largest volume: 64 TiB. */
    public static final long MAX_VOLUME_BYTES = 64L << 40;

    /** Every size of a volume is a multiple of this. */
    public static final int SECTOR_BYTES = 512;

    private static final String NAME_ALLOWED = "1 to " + MAX_NAME_LENGTH + " of A-Z a-z 0-9 . _ -";

    /** How much of a refused value is shown. */
    private static final int SHOWN_LENGTH = 80;

    private FieldRules() {}

    /** Accepts a name of a volume, set, copy or attribute. */
    public static String name(String field, String value) throws ControlException {
        if (!isName(value)) {
            throw refusal(field, value, NAME_ALLOWED);
        }
        return value;
    }

    /** Accepts a name, or the empty text for none. */
    public static String optionalName(String field, String value) throws ControlException {
        return value.isEmpty() ? value : name(field, value);
    }

    /** Accepts what refers to a set: its name or id. */
    public static String setReference(String field, String value) throws ControlException {
        if (!isName(value)) {
            throw refusal(field, value, "the name or id of a set, " + NAME_ALLOWED);
        }
        return value;
    }

    /** Accepts what refers to a shadow copy: {@code VOLUME@COPY}, COPY being its name or id, or its id alone. */
    public static String copyReference(String field, String value) throws ControlException {
        int at = value.indexOf('@');
        boolean legal = at < 0 ? isName(value) : isName(value.substring(0, at)) && isName(value.substring(at + 1));
        if (!legal) {
            throw refusal(field, value, "VOLUME@COPY, each " + NAME_ALLOWED + ", or the id of a shadow copy");
        }
        return value;
    }

    /** Accepts the size of a volume. */
    public static long volumeSize(String field, long value) throws ControlException {
        if (value < MIN_VOLUME_BYTES || value > MAX_VOLUME_BYTES || value % SECTOR_BYTES != 0) {
            throw ControlException.invalid(field + ": " + value + " bytes; allowed are multiples of " + SECTOR_BYTES
                    + " from " + MIN_VOLUME_BYTES + " (1M) to " + MAX_VOLUME_BYTES + " (64T)");
        }
        return value;
    }

    /** Accepts an absolute path. */
    public static String absolutePath(String field, String value) throws ControlException {
        if (value.length() > MAX_PATH_LENGTH) {
            throw ControlException.invalid(
                    field + ": a path of " + value.length() + " characters; allowed are " + MAX_PATH_LENGTH);
        }
        if (!isAbsolute(value) || hasControlCharacter(value)) {
            throw refusal(field, value, "an absolute path without control characters");
        }
        return value;
    }

    /** The form alone, of a Unix or of Windows; whether this machine knows such paths is found out when one is used. */
    private static boolean isAbsolute(String path) {
        return path.startsWith("/") || path.startsWith("\\\\") || path.matches("[A-Za-z]:[\\\\/].*");
    }

    /** Accepts the volumes of a set: 1 to 64 names, none twice. */
    public static List<String> setVolumes(String field, List<String> values) throws ControlException {
        if (values.isEmpty() || values.size() > MAX_SET_VOLUMES) {
            throw ControlException.invalid(
                    field + ": " + values.size() + " volumes; allowed are 1 to " + MAX_SET_VOLUMES);
        }
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(name(field, value))) {
                throw ControlException.invalid(field + ": '" + value + "' is named twice; allowed is once");
            }
        }
        return List.copyOf(values);
    }

    /** Accepts the attributes of a set. */
    public static Map<String, String> attributes(String field, Map<String, String> values) throws ControlException {
        if (values.size() > MAX_ATTRIBUTES) {
            throw ControlException.invalid(field + ": " + values.size() + " attributes; allowed are " + MAX_ATTRIBUTES);
        }
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String key = name(field + " key", entry.getKey());
            String value = entry.getValue();
            if (value.length() > MAX_ATTRIBUTE_VALUE_LENGTH) {
                throw ControlException.invalid(field + " " + key + ": a value of " + value.length()
                        + " characters; allowed are " + MAX_ATTRIBUTE_VALUE_LENGTH);
            }
            if (hasControlCharacter(value)) {
                throw refusal(field + " " + key, value, "text without control characters");
            }
        }
        return Map.copyOf(values);
    }

    /** Accepts a text that says why, for people; it may be empty. */
    public static String reason(String field, String value) throws ControlException {
        if (value.length() > MAX_ATTRIBUTE_VALUE_LENGTH) {
            throw ControlException.invalid(
                    field + ": a text of " + value.length() + " characters; allowed are " + MAX_ATTRIBUTE_VALUE_LENGTH);
        }
        if (hasControlCharacter(value)) {
            throw refusal(field, value, "text without control characters");
        }
        return value;
    }

    /** Accepts properties of a volume, at least one; which there are and what they may be the engine knows. */
    public static Map<String, String> properties(String field, Map<String, String> values) throws ControlException {
        if (values.isEmpty()) {
            throw ControlException.invalid(field + ": none; allowed are 1 to " + MAX_ATTRIBUTES);
        }
        return attributes(field, values);
    }

    /** Returns a value fit for a message: shortened, without anything that a terminal would obey. */
    public static String shown(String value) {
        String head = value.length() > SHOWN_LENGTH ? value.substring(0, SHOWN_LENGTH) : value;
        String text = "'" + printable(head) + "'";
        return head.length() == value.length()
                ? text
                : text + " and " + (value.length() - head.length()) + " more characters";
    }

    /** Returns a text with a question mark for each character that a terminal would obey. */
    public static String printable(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints().forEach(c -> text.appendCodePoint(isPrintable(c) ? c : '?'));
        return text.toString();
    }

    private static ControlException refusal(String field, String value, String allowed) {
        return ControlException.invalid(field + ": " + shown(value) + "; allowed is " + allowed);
    }

    private static boolean isName(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_NAME_LENGTH
                && value.chars()
                        .allMatch(c -> (c >= 'A' && c <= 'Z')
                                || (c >= 'a' && c <= 'z')
                                || (c >= '0' && c <= '9')
                                || c == '.'
                                || c == '_'
                                || c == '-');
    }

    private static boolean hasControlCharacter(String value) {
        return !value.codePoints().allMatch(FieldRules::isPrintable);
    }

    /** Direction marks and lone surrogates count as unprintable: they make a terminal or a log lie. */
    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
