/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What was seen, for whoever reads the report. Nothing that names a person or a machine leaves it: names that are known are replaced,
 * identifiers of accounts that are not Windows' own, addresses, and what stands where a password may.
 */
final class Evidence {
    private static final int MAX_CHARS = 64 << 10;

    private static final Pattern ACCOUNT = Pattern.compile("S-1-5-21-[0-9-]+");
    private static final Pattern ADDRESS = Pattern.compile("\\b(?!127\\.)(?:[0-9]{1,3}\\.){3}[0-9]{1,3}\\b");
    private static final Pattern SECRET =
            Pattern.compile("(?i)(pass(?:word|wd)?|secret|token|api[-_ ]?key)(\\s*[=:]\\s*)\\S+");

    private final List<Pattern> names = new ArrayList<>();
    private final Map<String, String> seen = new LinkedHashMap<>();

    /** Makes one that keeps names out: of the machine, its domain, the user. Short ones would hit half of every text. */
    Evidence(List<String> secretNames) {
        for (String name : secretNames) {
            if (name.length() > 2 && !name.equalsIgnoreCase("SYSTEM")) {
                names.add(Pattern.compile("(?i)(?<![A-Za-z0-9])" + Pattern.quote(name) + "(?![A-Za-z0-9])"));
            }
        }
    }

    /** Keeps a text. */
    void keep(String name, String text) {
        String clean = clean(text);
        seen.put(name, clean.length() > MAX_CHARS ? clean.substring(0, MAX_CHARS) + "\n(cut off)" : clean);
    }

    /** Returns what was kept, in its order. */
    Map<String, String> all() {
        return new LinkedHashMap<>(seen);
    }

    /** Returns a text without names. */
    String clean(String text) {
        String clean = text;
        for (Pattern name : names) {
            clean = name.matcher(clean).replaceAll("(name)");
        }
        clean = ACCOUNT.matcher(clean).replaceAll("S-1-5-21-(account)");
        clean = SECRET.matcher(clean).replaceAll("$1$2(secret)");
        return ADDRESS.matcher(clean).replaceAll("(address)");
    }
}
