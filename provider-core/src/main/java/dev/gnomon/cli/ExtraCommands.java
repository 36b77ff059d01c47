/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

/** Brings a command of another module to the command line; found by {@link java.util.ServiceLoader}. */
public interface ExtraCommands {
    /** Returns the command, annotated for picocli. */
    Object command(Session session);
}
