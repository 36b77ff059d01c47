/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

/** A patch does not fit the code any more: the mutant must be brought up to date. */
final class StaleMutant extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StaleMutant(Patch patch, String reason) {
        super(patch + ": " + reason);
    }
}
