/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Engines that are broken on purpose, and the proof that each is noticed.
 *
 * <p>A mutant is the real engine, loaded afresh with single calls in its class files sent elsewhere; the production
 * sources know nothing of it. Bodies that need to see package-private things lie beside what they break, in classes
 * whose names end in {@code Mutants}.
 */
@NullMarked
package dev.gnomon.mutants;

import org.jspecify.annotations.NullMarked;
