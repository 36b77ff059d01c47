/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.util;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Says which Gnomon this is. Two builds of one commit hold the same values.
 *
 * @param version the version of the project, for example {@code 0.1.0-SNAPSHOT}
 * @param commit the full hexadecimal id of the commit, or {@link #UNKNOWN_COMMIT} if the build was not told
 */
public record BuildInfo(String version, String commit) {

    /** Stands for the commit in a build that was not told one: a source archive, or Maven without the launcher. */
    public static final String UNKNOWN_COMMIT = "unknown";

    private static final String RESOURCE = "build.properties";

    /**
     * Returns the values that the build wrote beside this class.
     *
     * @throws IllegalStateException if the build did not write them
     */
    public static BuildInfo current() {
        Properties properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("Resource " + RESOURCE + " is missing beside " + BuildInfo.class);
            }
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read resource " + RESOURCE, e);
        }
        return of(properties);
    }

    /** Returns the line that {@code gnomon --version} prints. */
    public String text() {
        return "gnomon " + version + " (" + commit + ")";
    }

    /**
     * Returns the values of {@code properties}.
     *
     * @throws IllegalStateException if the version is missing
     */
    static BuildInfo of(Properties properties) {
        String version = properties.getProperty("version", "");
        if (!isFilled(version)) {
            throw new IllegalStateException("Resource " + RESOURCE + " holds no version, found '" + version + "'");
        }
        String commit = properties.getProperty("commit", "");
        return new BuildInfo(version, isFilled(commit) ? commit : UNKNOWN_COMMIT);
    }

    /** Tells a value that the build replaced from one that it left empty or as a placeholder. */
    private static boolean isFilled(String value) {
        return !value.isBlank() && !value.startsWith("${");
    }
}
