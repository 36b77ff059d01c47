/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/** Texts of others, made fit for the channel, a log and a terminal. */
public final class Texts {
    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /** Returns the text with U+FFFD in place of each lone surrogate, which UTF-8 cannot carry. */
    public static String wellFormed(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (mended == null) {
                mended = new StringBuilder(text);
            }
            mended.setCharAt(i, REPLACEMENT);
        }
        return mended == null ? text : mended.toString();
    }

    /** Returns the beginning of a text in one line, without anything that a terminal or a log would obey. */
    public static String oneLine(String text, int maxUnits) {
        StringBuilder line =
                new StringBuilder(wellFormed(text.length() <= maxUnits ? text : text.substring(0, maxUnits)));
        for (int i = 0; i < line.length(); i++) {
            char unit = line.charAt(i);
            if (Character.isISOControl(unit) || unit == '\u2028' || unit == '\u2029') {
                line.setCharAt(i, ' ');
            }
        }
        return line.toString();
    }
}
