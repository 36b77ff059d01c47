/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Inputs that fuzzing starts from, and those that it has found: a folder beside the class of a fuzz test for each target. */
public final class Corpus {
    private Corpus() {}

    /**
     * Has a target take each input, in the order of their names.
     *
     * @param beside a class of the package that the folder {@code folder} belongs to
     * @param atLeast so many inputs there must be, or the folder is not the one that was meant
     */
    public static void replay(Class<?> beside, String folder, int atLeast, Consumer<byte[]> target)
            throws IOException, URISyntaxException {
        URL found = Objects.requireNonNull(beside.getResource(folder), folder);
        List<Path> files;
        try (Stream<Path> listed = Files.list(Path.of(found.toURI()))) {
            files = listed.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(atLeast);
        for (Path file : files) {
            target.accept(Files.readAllBytes(file));
        }
    }
}
